#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "core/result.h"

namespace mw {

/// An exclusive lock between processes on a file of its own (flock): released when this object or
/// its process ends, however it ends. Threads of one process exclude each other too.
class FileLock {
 public:
  /// Waits as long as another holds it, calling `while_waiting` every 100 ms; kCancelled when
  /// `stop` asks for it.
  static Result<FileLock> acquire(const std::filesystem::path& path, std::stop_token stop = {},
                                  const std::function<void()>& while_waiting = {});
  /// Nothing when another holds it now.
  static Result<std::optional<FileLock>> try_acquire(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace mw
