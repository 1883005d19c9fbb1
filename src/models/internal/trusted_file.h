#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/result.h"

namespace mw::models {

/// A file that this program wrote for itself and reads back: believed only when nobody but this
/// user can have written it. `path` must outlive it.
class TrustedFile {
 public:
  explicit TrustedFile(const std::filesystem::path& path);
  TrustedFile(const TrustedFile&) = delete;
  TrustedFile& operator=(const TrustedFile&) = delete;
  ~TrustedFile();

  /// Its size. Errors: kNotFound, kPermissionDenied (another's file, a link, or writable by
  /// others).
  Result<uint64_t> size() const;
  /// Fills `into` from `offset` on; kCorrupt when the file ends before.
  Result<void> read(uint64_t offset, std::span<std::byte> into) const;

 private:
  const std::filesystem::path& path_;
  const int fd_;
};

}  // namespace mw::models
