#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "core/file.h"
#include "core/result.h"

namespace mw::backup {

/// A new folder, for its owner only, removed with all in it unless it was taken.
class ScratchFolder {
 public:
  /// Beside `path`, under a name that nothing had.
  static Result<ScratchFolder> beside(const std::filesystem::path& path) {
    std::string pattern = path.string() + ".XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) return errno_error("create", pattern, errno);
    return ScratchFolder(pattern);
  }
  /// The same under a name that it always has; what is there is thrown away.
  static Result<ScratchFolder> at(const std::filesystem::path& path) {
    std::error_code problem;
    std::filesystem::remove_all(path, problem);
    if (problem) return errno_error("remove", path.string(), problem.value());
    MW_TRY(make_private_folder(path));
    return ScratchFolder(path);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace mw::backup
