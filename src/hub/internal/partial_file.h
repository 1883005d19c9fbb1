#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"
#include "core/sha256.h"

namespace mw::hub {

/// A file that is arriving: appended to, hashed on the way, and kept when we are stopped, so that
/// the next try goes on where this one ended.
class PartialFile {
 public:
  /// Opens or creates it; what is there already is hashed.
  static Result<PartialFile> open(const std::filesystem::path& path);
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  ~PartialFile();

  /// kIo when the disk is full, and says so; the file keeps what fitted.
  Result<void> append(std::string_view bytes);
  /// Starts again from nothing.
  Result<void> clear();
  /// Removes the file: what came is not what was asked for.
  void discard();

  uint64_t bytes() const { return bytes_; }
  std::string sha256() const { return hash_.hex(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  PartialFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_ = -1;
  uint64_t bytes_ = 0;
  Sha256 hash_;
};

/// kIo when `folder` has less than `bytes` free, with both numbers.
Result<void> check_free_space(const std::filesystem::path& folder, uint64_t bytes);

/// Whether a file starts as a GGUF file does; kUnsupported when not. The reader checks the rest.
Result<void> check_is_gguf(const std::filesystem::path& path);

}  // namespace mw::hub
