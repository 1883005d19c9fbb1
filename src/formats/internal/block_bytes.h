#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "core/half.h"

namespace mw::formats {

/// Writes the nearest f16; false where it is not finite.
inline bool put_half(float value, std::byte* out) {
  const uint16_t bits = f32_to_f16(value);
  out[0] = static_cast<std::byte>(bits & 0xffU);
  out[1] = static_cast<std::byte>(bits >> 8);
  return std::isfinite(f16_to_f32(bits));
}

inline std::byte as_byte(uint32_t value) { return static_cast<std::byte>(value & 0xffU); }

}  // namespace mw::formats
