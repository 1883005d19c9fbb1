#include "plant/internal/column_coding.h"

#include <array>
#include <bit>
#include <cmath>

#include "core/check.h"

namespace mw::plant {
namespace {

enum ValueMode : uint8_t { kXor = 16 };  // below: number of decimals
constexpr int kMostDecimals = 6;
// 10^d for d <= 6 is exact in a double, so integer / 10^d is the correctly rounded decimal: the
// same double that a JSON parser makes of the text.
constexpr std::array<double, 7> kPower10 = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

/// value as an integer count of 10^-decimals, if that gives back the same bits.
bool scaled(double value, int decimals, int64_t& units) {
  const double product = value * kPower10[static_cast<std::size_t>(decimals)];
  if (!(std::fabs(product) < 4e15)) return false;  // also NaN; below 2^52 llround is exact
  units = std::llround(product);
  const double back = static_cast<double>(units) / kPower10[static_cast<std::size_t>(decimals)];
  return std::bit_cast<uint64_t>(back) == std::bit_cast<uint64_t>(value);
}

int decimals_of(std::span<const double> values) {
  int decimals = 0;
  int64_t units = 0;
  for (const double value : values) {
    while (decimals <= kMostDecimals && !scaled(value, decimals, units)) ++decimals;
    if (decimals > kMostDecimals) return kXor;
  }
  // More decimals than an early value needed may not reproduce it: check all once more.
  for (const double value : values) {
    if (!scaled(value, decimals, units)) return kXor;
  }
  return decimals;
}

void put_xor(ByteWriter& out, uint64_t difference) {
  if (difference == 0) {
    out.byte(0);
    return;
  }
  const int leading = std::countl_zero(difference) / 8;   // 0..7
  const int trailing = std::countr_zero(difference) / 8;  // 0..7
  out.byte(static_cast<uint8_t>(0x80 | (leading << 3) | trailing));
  for (int i = trailing; i < 8 - leading; ++i)
    out.byte(static_cast<uint8_t>(difference >> (8 * i)));
}

uint64_t get_xor(ByteReader& in) {
  const uint8_t control = in.byte();
  if (control == 0) return 0;
  const int leading = (control >> 3) & 7, trailing = control & 7;
  if ((control & 0xC0) != 0x80 || leading + trailing > 7) in.fail();
  uint64_t difference = 0;
  for (int i = trailing; i < 8 - leading; ++i) {
    difference |= static_cast<uint64_t>(in.byte()) << (8 * i);
  }
  return difference;
}

}  // namespace

void put_doubles(ByteWriter& out, std::span<const double> values) {
  const int mode = decimals_of(values);
  out.byte(static_cast<uint8_t>(mode));
  if (mode == kXor) {
    uint64_t last_bits = 0;
    for (const double value : values) {
      const uint64_t bits = std::bit_cast<uint64_t>(value);
      put_xor(out, bits ^ last_bits);
      last_bits = bits;
    }
    return;
  }
  RunWriter runs(out);
  int64_t last_units = 0;
  for (const double value : values) {
    int64_t units = 0;
    MW_CHECK(scaled(value, mode, units));
    runs.put(wrapping_sub(units, last_units));
    last_units = units;
  }
  runs.flush();
}

bool get_doubles(ByteReader& in, std::span<double> values) {
  const uint8_t mode = in.byte();
  if (!in.ok() || (mode != kXor && mode > kMostDecimals)) return false;
  if (mode == kXor) {
    uint64_t bits = 0;
    for (double& value : values) {
      bits ^= get_xor(in);
      value = std::bit_cast<double>(bits);
    }
    return in.ok();
  }
  RunReader runs(in);
  int64_t units = 0;
  for (double& value : values) {
    units = wrapping_add(units, runs.get());
    value = static_cast<double>(units) / kPower10[mode];
  }
  return in.ok() && runs.finished();
}

}  // namespace mw::plant
