#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/log.h"
#include "security/secrets.h"

namespace mw::app {

/// Passwords of devices that were typed in the console, each under a random name ("secret-..."):
/// sealed in people.db (ADR 0130). Earlier versions wrote each into a file of a folder; these are
/// read until they are sealed.
///
/// Threads  safe from any.
class KeptPasswords {
 public:
  KeptPasswords(std::shared_ptr<security::Secrets> sealed, std::filesystem::path folder)
      : sealed_(std::move(sealed)), folder_(std::move(folder)) {}

  /// The name that it is kept under. Errors: kUnavailable where the key is lost, with what to do.
  Result<std::string> keep(const std::string& password) const;
  /// Errors: why it cannot be had, for whoever has to type it again.
  Result<std::string> read(const std::string& name) const;
  Result<std::vector<std::string>> names() const;
  void forget(const std::string& name) const;
  /// Seals what earlier versions left in files. One that cannot be sealed stays, and is told.
  void seal_files(const LogSink& log) const;

 private:
  std::vector<std::string> file_names() const;

  std::shared_ptr<security::Secrets> sealed_;
  std::filesystem::path folder_;
};

}  // namespace mw::app
