#pragma once

#include <string>

#include "core/result.h"

namespace mw::plant {

/// Holds a file for this process alone (flock); the system lets go of it when the process dies,
/// however it dies.
class FileLock {
 public:
  static Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  FileLock() = default;
  int fd_ = -1;
};

}  // namespace mw::plant
