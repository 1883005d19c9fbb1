#include "core/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/atomic_file.h"

namespace mw {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return errno_error("open", path.string(), errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno_error("stat", path.string(), errno);
  if (!S_ISREG(status.st_mode)) {
    return Error::make(Code::kInvalidArgument, path.string() + " is not a regular file");
  }
  MappedFile file;
  file.size_ = static_cast<std::size_t>(status.st_size);
  if (file.size_ == 0) return file;
  void* data = ::mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return errno_error("mmap", path.string(), errno);
  file.data_ = static_cast<const std::byte*>(data);
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

Result<std::string> read_file(const std::filesystem::path& path, uint64_t max_bytes) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return errno_error("open", path.string(), errno);
  std::string content;
  char buffer[65536];
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno_error("read", path.string(), errno);
    }
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > max_bytes) {
      return Error::make(Code::kTooLarge, path.string() + " is larger than the " +
                                              std::to_string(max_bytes) + " bytes allowed here");
    }
    content.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  return write_file_atomically(path, std::span(&content, 1));
}

Result<void> write_file_atomically(const std::filesystem::path& path,
                                   std::span<const std::string_view> parts) {
  MW_ASSIGN(AtomicFile file, AtomicFile::create(path));
  for (const std::string_view part : parts) MW_TRY(file.write(part));
  return file.commit();
}

Result<void> make_private_folder(const std::filesystem::path& path) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) return {};
  std::filesystem::create_directories(path, problem);
  if (problem) return errno_error("create folder", path.string(), problem.value());
  ::chmod(path.c_str(), 0700);
  return {};
}

}  // namespace mw
