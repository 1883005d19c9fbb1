#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backup/archive.h"
#include "security/aead.h"

namespace mw::backup {

inline constexpr std::size_t kSealedChunkBytes = 1 << 20;  // of text; each has a tag after it
inline constexpr std::size_t kTagBytes = security::kAeadTagBytes;

/// The first line of an archive: what is needed to make its key, and nothing of what is in it.
struct SealHeader {
  ArchiveCost cost;
  std::string salt;  // 16 bytes, new for each archive

  std::string line() const;  // with its '\n'
  /// Errors: kCorrupt (no such line), kUnsupported (a newer version).
  static Result<SealHeader> parse(std::string_view line);
};

/// AES-256-GCM over chunks, with a key that only this archive has: the nonce is the chunk's number
/// and whether it is the last, so that none can be swapped, left out or cut off (STREAM: Hoang,
/// Reyhanitabar, Rogaway, Vizar 2015).
class ChunkCipher {
 public:
  /// `line` is what `header` was read from or will be written as: each chunk is bound to its bytes.
  /// Takes the time that `header.cost` is made to take.
  static Result<ChunkCipher> create(const SealHeader& header, std::string_view line,
                                    std::string_view passphrase);

  /// Text to bytes with a tag.
  Result<std::string> seal(std::string_view chunk, bool last);
  /// The reverse; nothing where they are not what was sealed.
  std::optional<std::string> open(std::string_view sealed, bool last);

 private:
  explicit ChunkCipher(std::string header) : header_(std::move(header)) {}
  security::AeadNonce next_nonce(bool last);

  std::string header_;  // bound to each chunk
  security::AeadKey key_{};
  uint64_t count_ = 0;
};

}  // namespace mw::backup
