#include "plant/internal/block_codec.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/check.h"
#include "plant/internal/byte_coding.h"

namespace mw::plant {
namespace {

constexpr uint8_t kVersion = 1;
enum ValueMode : uint8_t { kXor = 16 };  // below: number of decimals
constexpr int kMostDecimals = 6;
// 10^d for d <= 6 is exact in a double, so integer / 10^d is the correctly rounded decimal: the
// same double that a JSON parser makes of the text.
constexpr std::array<double, 7> kPower10 = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
constexpr std::array<int64_t, 3> kTimeUnits = {1'000'000, 1'000, 1};

/// Integers as (zero, run length) or the value itself: regular sampling costs a few bytes a block.
class RunWriter {
 public:
  explicit RunWriter(ByteWriter& out) : out_(out) {}
  void put(int64_t value) {
    if (value == 0) {
      ++zeros_;
      return;
    }
    flush();
    out_.signed_varint(value);
  }
  void flush() {
    if (zeros_ == 0) return;
    out_.varint(0);
    out_.varint(zeros_);
    zeros_ = 0;
  }

 private:
  ByteWriter& out_;
  uint64_t zeros_ = 0;
};

class RunReader {
 public:
  explicit RunReader(ByteReader& in) : in_(in) {}
  int64_t get() {
    if (zeros_ == 0) {
      const int64_t value = in_.signed_varint();
      if (value != 0) return value;
      zeros_ = in_.varint();
      if (zeros_ == 0) in_.fail();
    }
    if (!in_.ok()) return 0;
    --zeros_;
    return 0;
  }
  bool finished() const { return zeros_ == 0; }

 private:
  ByteReader& in_;
  uint64_t zeros_ = 0;
};

template <class Time>
int64_t common_unit(std::span<const StoredSample> samples, const Time& time) {
  for (const int64_t unit : kTimeUnits) {
    bool fits = true;
    for (const StoredSample& sample : samples) fits = fits && time(sample) % unit == 0;
    if (fits) return unit;
  }
  return 1;
}

void put_times(ByteWriter& out, std::span<const StoredSample> samples) {
  const int64_t unit = common_unit(samples, [](const StoredSample& s) { return s.ts_ns; });
  out.varint(static_cast<uint64_t>(unit));
  RunWriter runs(out);
  int64_t last = 0, last_delta = 0;
  for (const StoredSample& sample : samples) {
    const int64_t ticks = sample.ts_ns / unit;
    const int64_t delta = wrapping_sub(ticks, last);
    runs.put(wrapping_sub(delta, last_delta));
    last = ticks;
    last_delta = delta;
  }
  runs.flush();
}

void put_delays(ByteWriter& out, std::span<const StoredSample> samples) {
  const auto delay = [](const StoredSample& s) { return wrapping_sub(s.server_ts_ns, s.ts_ns); };
  const int64_t unit = common_unit(samples, delay);
  out.varint(static_cast<uint64_t>(unit));
  RunWriter runs(out);
  int64_t last = 0;
  for (const StoredSample& sample : samples) {
    const int64_t ticks = delay(sample) / unit;
    runs.put(wrapping_sub(ticks, last));
    last = ticks;
  }
  runs.flush();
}

void put_statuses(ByteWriter& out, std::span<const StoredSample> samples) {
  for (std::size_t i = 0; i < samples.size();) {
    std::size_t end = i;
    while (end < samples.size() && samples[end].status == samples[i].status) ++end;
    out.byte(samples[i].status);
    out.varint(end - i);
    i = end;
  }
}

bool has_value(const StoredSample& sample) { return (sample.status & kStatusNoValue) == 0; }

/// value as an integer count of 10^-decimals, if that gives back the same bits.
bool scaled(double value, int decimals, int64_t& units) {
  const double product = value * kPower10[static_cast<std::size_t>(decimals)];
  if (!(std::fabs(product) < 4e15)) return false;  // also NaN; below 2^52 llround is exact
  units = std::llround(product);
  const double back = static_cast<double>(units) / kPower10[static_cast<std::size_t>(decimals)];
  return std::bit_cast<uint64_t>(back) == std::bit_cast<uint64_t>(value);
}

int decimals_of(std::span<const StoredSample> samples) {
  int decimals = 0;
  for (const StoredSample& sample : samples) {
    if (!has_value(sample)) continue;
    int64_t units = 0;
    while (decimals <= kMostDecimals && !scaled(sample.value, decimals, units)) ++decimals;
    if (decimals > kMostDecimals) return kXor;
  }
  // More decimals than an early value needed may not reproduce it: check all once more.
  for (const StoredSample& sample : samples) {
    int64_t units = 0;
    if (has_value(sample) && !scaled(sample.value, decimals, units)) return kXor;
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

void put_values(ByteWriter& out, std::span<const StoredSample> samples) {
  const int mode = decimals_of(samples);
  out.byte(static_cast<uint8_t>(mode));
  RunWriter runs(out);
  int64_t last_units = 0;
  uint64_t last_bits = 0;
  for (const StoredSample& sample : samples) {
    if (!has_value(sample)) continue;
    if (mode == kXor) {
      const uint64_t bits = std::bit_cast<uint64_t>(sample.value);
      put_xor(out, bits ^ last_bits);
      last_bits = bits;
    } else {
      int64_t units = 0;
      MW_CHECK(scaled(sample.value, mode, units));
      runs.put(wrapping_sub(units, last_units));
      last_units = units;
    }
  }
  runs.flush();
}

Error damaged(const char* what) {
  return Error::make(Code::kCorrupt, std::string("sample block: ") + what,
                     std::string("数据块已损坏：") + what);
}

bool known_unit(uint64_t unit) { return unit == 1 || unit == 1'000 || unit == 1'000'000; }

Result<void> get_times(ByteReader& in, std::vector<StoredSample>& samples) {
  const uint64_t unit = in.varint();
  if (!known_unit(unit)) return damaged("unknown time unit");
  RunReader runs(in);
  int64_t ticks = 0, delta = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    delta = wrapping_add(delta, runs.get());
    ticks = wrapping_add(ticks, delta);
    if (__builtin_mul_overflow(ticks, static_cast<int64_t>(unit), &samples[i].ts_ns)) {
      return damaged("time out of range");
    }
    if (!in.ok()) return damaged("times end early");
    if (i > 0 && samples[i].ts_ns <= samples[i - 1].ts_ns) return damaged("times do not ascend");
  }
  if (!runs.finished()) return damaged("more times than samples");
  return {};
}

Result<void> get_delays(ByteReader& in, std::vector<StoredSample>& samples) {
  const uint64_t unit = in.varint();
  if (!known_unit(unit)) return damaged("unknown delay unit");
  RunReader runs(in);
  int64_t ticks = 0, delay = 0;
  for (StoredSample& sample : samples) {
    ticks = wrapping_add(ticks, runs.get());
    if (__builtin_mul_overflow(ticks, static_cast<int64_t>(unit), &delay)) {
      return damaged("delay out of range");
    }
    sample.server_ts_ns = wrapping_add(sample.ts_ns, delay);
  }
  if (!in.ok() || !runs.finished()) return damaged("delays end early");
  return {};
}

Result<void> get_statuses(ByteReader& in, std::vector<StoredSample>& samples) {
  for (std::size_t i = 0; i < samples.size();) {
    const uint8_t status = in.byte();
    const uint64_t run = in.varint();
    if (!in.ok() || run == 0 || run > samples.size() - i) return damaged("bad run of statuses");
    for (uint64_t k = 0; k < run; ++k) samples[i++].status = status;
  }
  return {};
}

Result<void> get_values(ByteReader& in, std::vector<StoredSample>& samples) {
  const uint8_t mode = in.byte();
  if (mode != kXor && mode > kMostDecimals) return damaged("unknown packing of values");
  RunReader runs(in);
  int64_t units = 0;
  uint64_t bits = 0;
  for (StoredSample& sample : samples) {
    if (!has_value(sample)) continue;
    if (mode == kXor) {
      bits ^= get_xor(in);
      sample.value = std::bit_cast<double>(bits);
    } else {
      units = wrapping_add(units, runs.get());
      sample.value = static_cast<double>(units) / kPower10[mode];
    }
  }
  if (!in.ok() || !runs.finished()) return damaged("values end early");
  return {};
}

}  // namespace

std::string encode_block(std::span<const StoredSample> samples) {
  MW_CHECK(!samples.empty() && samples.size() <= kBlockSamples);
  ByteWriter out;
  out.byte(kVersion);
  out.varint(samples.size());
  put_times(out, samples);
  put_delays(out, samples);
  put_statuses(out, samples);
  put_values(out, samples);
  out.word32(crc32(std::as_bytes(std::span(out.bytes()))));
  return out.take();
}

Result<std::vector<StoredSample>> decode_block(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return damaged("too short");
  const std::span<const std::byte> body = bytes.first(bytes.size() - 4);
  ByteReader trailer(bytes.last(4));
  if (trailer.word32() != crc32(body)) return damaged("checksum differs");
  ByteReader in(body);
  if (in.byte() != kVersion) return damaged("unknown version");
  const uint64_t count = in.varint();
  if (!in.ok() || count == 0 || count > kBlockSamples) return damaged("bad count of samples");
  std::vector<StoredSample> samples(count);
  MW_TRY(get_times(in, samples));
  MW_TRY(get_delays(in, samples));
  MW_TRY(get_statuses(in, samples));
  MW_TRY(get_values(in, samples));
  if (in.left() != 0) return damaged("bytes after the end");
  return samples;
}

}  // namespace mw::plant
