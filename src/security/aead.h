#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::security {

/// AES-256-GCM, the one place where we encrypt (records of people.db, chunks of a backup).
using AeadKey = std::array<uint8_t, 32>;
/// Never twice with one key: counted, or random where a key seals few things.
using AeadNonce = std::array<uint8_t, 12>;
inline constexpr std::size_t kAeadTagBytes = 16;

/// Encrypted `text` with its tag; `bound` is not in it, and has to be the same when it is opened.
Result<std::string> aead_seal(const AeadKey& key, const AeadNonce& nonce, std::string_view bound,
                              std::string_view text);
/// The reverse; nothing where any of it is not what was sealed.
std::optional<std::string> aead_open(const AeadKey& key, const AeadNonce& nonce,
                                     std::string_view bound, std::string_view sealed);

}  // namespace mw::security
