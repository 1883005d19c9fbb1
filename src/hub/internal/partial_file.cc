#include "hub/internal/partial_file.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <utility>
#include <vector>

namespace mw::hub {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;

std::string megabytes(uint64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000); }

Error disk_full(const std::filesystem::path& path, const std::string& detail_en,
                const std::string& detail_zh) {
  return Error::make(Code::kIo,
                     "the disk of " + path.string() + " is full" + detail_en +
                         ": free space and run the same command again, it goes on from here",
                     path.string() + " 所在磁盘空间不足" + detail_zh +
                         "：请释放空间后重新执行同一命令，将从断点继续");
}

}  // namespace

Result<PartialFile> PartialFile::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return errno_error("open", path.string(), errno);
  PartialFile file(path, fd);
  std::vector<char> buffer(kReadBytes);
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", path.string(), errno);
    if (got == 0) return file;
    file.hash_.update({buffer.data(), static_cast<std::size_t>(got)});
    file.bytes_ += static_cast<uint64_t>(got);
  }
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      bytes_(other.bytes_),
      hash_(std::move(other.hash_)) {}

PartialFile::~PartialFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> PartialFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == ENOSPC || errno == EDQUOT) return disk_full(path_, "", "");
      return errno_error("write", path_.string(), errno);
    }
    // Hashed only once it is on the file, so that both always cover the same bytes.
    hash_.update(bytes.substr(0, static_cast<std::size_t>(written)));
    bytes_ += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> PartialFile::clear() {
  if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) {
    return errno_error("truncate", path_.string(), errno);
  }
  bytes_ = 0;
  hash_ = Sha256();
  return {};
}

void PartialFile::discard() { ::unlink(path_.c_str()); }

Result<void> check_free_space(const std::filesystem::path& folder, uint64_t bytes) {
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0) return {};  // not known: the write will tell
  const uint64_t free_bytes = uint64_t{space.f_bavail} * space.f_frsize;
  if (free_bytes >= bytes) return {};
  return disk_full(folder,
                   " (" + megabytes(bytes) + " MB needed, " + megabytes(free_bytes) + " MB free)",
                   "（需要 " + megabytes(bytes) + " MB，剩余 " + megabytes(free_bytes) + " MB）");
}

Result<void> check_is_gguf(const std::filesystem::path& path) {
  char magic[4] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  if (std::string_view(magic, sizeof magic) == "GGUF") return {};
  return Error::make(Code::kUnsupported,
                     "not a GGUF model file (it does not start with 'GGUF'); Millwright reads GGUF",
                     "不是 GGUF 模型文件（开头不是“GGUF”）；Millwright 读取 GGUF 文件");
}

}  // namespace mw::hub
