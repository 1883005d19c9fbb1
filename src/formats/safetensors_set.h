#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/safetensors.h"

namespace mw::formats {

/// The weights of a folder: `model.safetensors`, or the files that `model.safetensors.index.json`
/// lists, each name in the file where the index says it is.
///
/// Errors   kNotFound where the folder has neither; kCorrupt naming the index's entry where a file
///          is no plain name, is not there, or lacks a tensor; those of SafetensorsFile.
/// Threads  const members from any thread.
class SafetensorsSet {
 public:
  static Result<SafetensorsSet> open(const std::filesystem::path& folder);

  /// nullptr when there is none of that name.
  const SafetensorsTensor* tensor(std::string_view name) const;
  /// All tensors, file after file.
  std::vector<const SafetensorsTensor*> tensors() const;
  /// Names of the files, in order.
  const std::vector<std::string>& files() const { return names_; }
  uint64_t file_bytes() const;

 private:
  std::vector<std::string> names_;
  std::vector<SafetensorsFile> files_;
};

}  // namespace mw::formats
