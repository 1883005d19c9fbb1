#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sha256.h"

namespace mw::security {

/// HMAC-SHA-256 under a key that lies beside the database in a file of its own (mode 600): what the
/// database keeps of keys, sessions and codes is of no use without it.
class KeyedHash {
 public:
  explicit KeyedHash(std::string key) : key_(std::move(key)) {}
  /// Reads the file, or makes it where `may_create`. Errors: kConflict when it is missing,
  /// kPermissionDenied when others may read it, kCorrupt.
  static Result<KeyedHash> open(const std::filesystem::path& path, bool may_create);

  /// `purpose` keeps hashes of one thing from being those of another.
  Sha256Digest of(std::string_view purpose, std::string_view secret) const;

 private:
  std::string key_;
};

}  // namespace mw::security
