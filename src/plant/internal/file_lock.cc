#include "plant/internal/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace mw::plant {

Result<FileLock> FileLock::take(const std::string& path) {
  FileLock lock;
  lock.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.fd_ < 0) return errno_error("open", path, errno);
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return errno_error("lock", path, errno);
  return Error::make(
      Code::kConflict,
      "another Millwright uses this data folder (" + path +
          " is held): stop it, or give another --data folder",
      "另一个 Millwright 正在使用该数据目录（" + path + "）；请先停止它，或用 --data 指定其他目录");
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace mw::plant
