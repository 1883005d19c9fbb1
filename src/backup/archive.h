#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace mw::backup {

/// What guessing a passphrase costs (Argon2id, one lane).
struct ArchiveCost {
  uint32_t memory_kib = 64 * 1024;
  uint32_t passes = 3;
};

struct ArchiveEntry {
  std::string path;  // "audit/head": relative, '/' between parts, none of them "." or ".."
  uint64_t size = 0;
};

/// Whether `path` may stand in an archive and be written below a folder.
bool is_entry_path(std::string_view path);

/// One encrypted file of many, written in one go (docs/formats/backup.md).
class ArchiveWriter {
 public:
  /// `about` stands at its beginning, encrypted as all the rest.
  static Result<ArchiveWriter> create(const std::filesystem::path& path,
                                      std::string_view passphrase, const Json& about,
                                      const ArchiveCost& cost = {});
  ArchiveWriter(ArchiveWriter&&) noexcept;
  ArchiveWriter& operator=(ArchiveWriter&&) noexcept;
  ~ArchiveWriter();

  /// The next file; as many bytes must be written as it says.
  Result<void> begin(const ArchiveEntry& entry);
  Result<void> write(std::string_view bytes);
  /// The file appears under its name.
  Result<void> commit();

 private:
  class Impl;
  explicit ArchiveWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Where an archive's bytes come from: up to as many as fit, 0 at the end.
using ByteSource = std::function<Result<std::size_t>(std::span<char> into)>;

/// Reads what ArchiveWriter wrote and believes none of it: each byte is authenticated before it is
/// handed out, and the end must be the end.
///
/// Errors  kUnauthenticated: another passphrase, or the header was changed; kCorrupt: cut, changed
///         or followed by something; kUnsupported: of a newer version.
class ArchiveReader {
 public:
  static Result<ArchiveReader> open(ByteSource source, std::string_view passphrase);
  static Result<ArchiveReader> open(const std::filesystem::path& path, std::string_view passphrase);
  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) noexcept;
  ~ArchiveReader();

  const Json& about() const;
  /// The next file; what was not read of the last is passed over. Nothing: all were there.
  Result<std::optional<ArchiveEntry>> next();
  /// Bytes of the file; 0 at its end.
  Result<std::size_t> read(std::span<char> into);

 private:
  class Impl;
  explicit ArchiveReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mw::backup
