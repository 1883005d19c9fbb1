#include "core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

namespace mw {

Result<std::optional<FileLock>> FileLock::try_acquire(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return errno_error("open", path.string(), errno);
  FileLock lock(fd);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    return errno_error("lock", path.string(), errno);
  }
  return std::optional<FileLock>(std::move(lock));
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path, std::stop_token stop,
                                   const std::function<void()>& while_waiting) {
  while (true) {
    MW_ASSIGN(std::optional<FileLock> lock, try_acquire(path));
    if (lock) return std::move(*lock);
    if (stop.stop_requested()) {
      return Error::make(Code::kCancelled, "cancelled while another process held " + path.string(),
                         "等待另一进程释放锁时被取消");
    }
    if (while_waiting) while_waiting();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
// The file stays: removing it would let a third process lock another inode of the same name.
FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace mw
