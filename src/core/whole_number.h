#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace mw {

/// From here on (2^53) doubles are no longer whole numbers one by one.
inline constexpr double kFirstInexactWhole = 9007199254740992.0;

/// The whole number that a double is; nothing for fractions, for what is no number, and where the
/// next whole number would be the same double.
inline std::optional<int64_t> whole_number(double value) {
  if (!(std::abs(value) < kFirstInexactWhole) || std::floor(value) != value) return std::nullopt;
  return static_cast<int64_t>(value);
}

}  // namespace mw
