#include "plant/internal/column_coding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "core/check.h"

namespace mw::plant {
namespace {

// Below 8: number of decimals, differences in a run column; from 8: the same in packed groups.
enum ValueMode : uint8_t { kPackedDecimals = 8, kXor = 16 };
constexpr std::size_t kGroup = 64;
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

/// First differences, for values that decimals_of() found to be decimals.
std::vector<int64_t> unit_steps(std::span<const double> values, int decimals) {
  std::vector<int64_t> steps;
  steps.reserve(values.size());
  int64_t last_units = 0;
  for (const double value : values) {
    int64_t units = 0;
    MW_CHECK(scaled(value, decimals, units));
    steps.push_back(wrapping_sub(units, last_units));
    last_units = units;
  }
  return steps;
}

}  // namespace

void put_packed(ByteWriter& out, std::span<const int64_t> values) {
  while (!values.empty()) {
    const auto group = values.first(std::min(values.size(), kGroup));
    values = values.subspan(group.size());
    const int64_t least = *std::min_element(group.begin(), group.end());
    uint64_t widest = 0;
    for (const int64_t value : group) {
      widest |= static_cast<uint64_t>(wrapping_sub(value, least));
    }
    const int width = 64 - std::countl_zero(widest);
    out.byte(static_cast<uint8_t>(width));
    out.signed_varint(least);
    uint64_t waiting = 0;
    int bits = 0;  // of `waiting`, below 8 between two values
    for (const int64_t value : group) {
      uint64_t rest = static_cast<uint64_t>(wrapping_sub(value, least));
      for (int left = width; left > 0;) {
        const int now = std::min(left, 32);
        waiting |= (rest & ((uint64_t{1} << now) - 1)) << bits;
        bits += now;
        rest >>= now;
        left -= now;
        for (; bits >= 8; bits -= 8, waiting >>= 8) out.byte(static_cast<uint8_t>(waiting));
      }
    }
    if (bits > 0) out.byte(static_cast<uint8_t>(waiting));
  }
}

bool get_packed(ByteReader& in, std::span<int64_t> values) {
  while (!values.empty()) {
    const auto group = values.first(std::min(values.size(), kGroup));
    values = values.subspan(group.size());
    const int width = in.byte();
    const int64_t least = in.signed_varint();
    if (!in.ok() || width > 64) return false;
    uint64_t waiting = 0;
    int bits = 0;
    for (int64_t& value : group) {
      uint64_t distance = 0;
      for (int got = 0; got < width;) {
        const int now = std::min(width - got, 32);
        for (; bits < now; bits += 8) waiting |= static_cast<uint64_t>(in.byte()) << bits;
        distance |= (waiting & ((uint64_t{1} << now) - 1)) << got;
        waiting >>= now;
        bits -= now;
        got += now;
      }
      value = wrapping_add(least, static_cast<int64_t>(distance));
    }
    if (waiting != 0) return false;  // what fills up the last byte is 0
  }
  return in.ok();
}

void put_doubles(ByteWriter& out, std::span<const double> values) {
  const int mode = decimals_of(values);
  if (mode == kXor) {
    out.byte(kXor);
    uint64_t last_bits = 0;
    for (const double value : values) {
      const uint64_t bits = std::bit_cast<uint64_t>(value);
      put_xor(out, bits ^ last_bits);
      last_bits = bits;
    }
    return;
  }
  const std::vector<int64_t> steps = unit_steps(values, mode);
  ByteWriter in_runs, in_groups;
  RunWriter runs(in_runs);
  for (const int64_t step : steps) runs.put(step);
  runs.flush();
  put_packed(in_groups, steps);
  const bool grouped = in_groups.bytes().size() < in_runs.bytes().size();
  out.byte(static_cast<uint8_t>(grouped ? mode | kPackedDecimals : mode));
  out.append(grouped ? in_groups.bytes() : in_runs.bytes());
}

bool get_doubles(ByteReader& in, std::span<double> values) {
  const uint8_t mode = in.byte();
  if (!in.ok()) return false;
  if (mode == kXor) {
    uint64_t bits = 0;
    for (double& value : values) {
      bits ^= get_xor(in);
      value = std::bit_cast<double>(bits);
    }
    return in.ok();
  }
  const bool grouped = (mode & kPackedDecimals) != 0;
  const int decimals = mode & ~kPackedDecimals;
  if (decimals > kMostDecimals) return false;
  const double power = kPower10[static_cast<std::size_t>(decimals)];
  int64_t units = 0;
  if (grouped) {
    std::vector<int64_t> steps(values.size());
    if (!get_packed(in, steps)) return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      units = wrapping_add(units, steps[i]);
      values[i] = static_cast<double>(units) / power;
    }
    return true;
  }
  RunReader runs(in);
  for (double& value : values) {
    units = wrapping_add(units, runs.get());
    value = static_cast<double>(units) / power;
  }
  return in.ok() && runs.finished();
}

}  // namespace mw::plant
