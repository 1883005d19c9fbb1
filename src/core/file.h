#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw {

/// A whole file mapped read-only. Pages may fault if the file shrinks behind our back: map only
/// files of the model store or ones the user named, never a socket's spool.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  MappedFile() = default;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Reads a whole file of at most `max_bytes`.
Result<std::string> read_file(const std::filesystem::path& path, uint64_t max_bytes);

/// Replaces `path` so that a crash leaves the old content or the new, never a mixture: write to a
/// sibling, fsync, rename, fsync the folder.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);
/// The same for content in parts, which are written one after the other.
Result<void> write_file_atomically(const std::filesystem::path& path,
                                   std::span<const std::string_view> parts);

/// Creates a folder and its parents, readable by its owner only where it is new.
Result<void> make_private_folder(const std::filesystem::path& path);

}  // namespace mw
