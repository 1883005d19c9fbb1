#include "models/internal/trusted_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"

namespace mw::models {

TrustedFile::TrustedFile(const std::filesystem::path& path)
    : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}

TrustedFile::~TrustedFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<uint64_t> TrustedFile::size() const {
  struct stat status {};
  if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
    if (errno == ENOENT) return Error::make(Code::kNotFound, "there is no " + path_.string());
    return errno_error("open", path_.string(), errno);
  }
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() ||
      (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error::make(Code::kPermissionDenied,
                       "it is not a file of this user that nobody else may write",
                       "该文件不属于当前用户，或可被他人写入");
  }
  return static_cast<uint64_t>(status.st_size);
}

Result<void> TrustedFile::read(uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", path_.string(), errno);
    if (got == 0) return Error::make(Code::kCorrupt, "the file became shorter");
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
  return {};
}

}  // namespace mw::models
