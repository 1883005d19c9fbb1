#include "plant/internal/wal_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/clock.h"

namespace mw::plant {

WalSync::WalSync(std::string database_path, int interval_ms)
    : path_(database_path + "-wal"), interval_ns_(int64_t{interval_ms} * kNsPerMs) {}

WalSync::~WalSync() {
  if (fd_ >= 0) ::close(fd_);
}

void WalSync::committed() {
  if (due_ns_ == 0) due_ns_ = steady_ns() + interval_ns_;
}

Result<void> WalSync::sync() {
  if (due_ns_ == 0) return {};
  due_ns_ = steady_ns() + kNsPerSecond;  // when this one fails
  if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return errno_error("open", path_, errno);
  if (::fdatasync(fd_) != 0) return errno_error("fdatasync", path_, errno);
  due_ns_ = 0;
  return {};
}

}  // namespace mw::plant
