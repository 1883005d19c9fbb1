#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::security {

/// Secrets of others than people that have to be read again (passwords of devices), by name. They
/// lie sealed in people.db, each bound to its name, under the key of second factors (ADR 0130).
///
/// Threads  safe from any; other processes may change the same file.
class Secrets {
 public:
  virtual ~Secrets() = default;
  /// On disk when it returns, in place of one of this name. Errors: kUnavailable with param
  /// "key_file" and what to do, and those of the database.
  virtual Result<void> keep(std::string_view name, std::string_view text) = 0;
  /// In memory only. Errors: kNotFound; kUnavailable with param "key_file" where the key is missing
  /// or another; kCorrupt where it was sealed for another name or changed.
  virtual Result<std::string> read(std::string_view name) = 0;
  /// One that is not there is no error.
  virtual Result<void> forget(std::string_view name) = 0;
  virtual Result<std::vector<std::string>> names() = 0;
};

}  // namespace mw::security
