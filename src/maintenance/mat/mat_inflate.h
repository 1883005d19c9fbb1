#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"

namespace mw::maintenance {

/// What a zlib stream holds (ADR 0125). Grows with what comes out; never over `most_bytes`.
/// Errors   corrupt: not a whole zlib stream; too_large: more than `most_bytes` in it.
Result<std::vector<std::byte>> inflate_bytes(std::span<const std::byte> packed,
                                             uint64_t most_bytes);

}  // namespace mw::maintenance
