#include "plant/internal/block_codec.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/check.h"
#include "plant/internal/byte_coding.h"
#include "plant/internal/column_coding.h"

namespace mw::plant {
namespace {

constexpr uint8_t kVersion = 2;  // 1 had no packed groups
enum DelayPacking : uint8_t { kRuns = 0, kGroups = 1 };
constexpr std::array<int64_t, 3> kTimeUnits = {1'000'000, 1'000, 1};

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
  std::vector<int64_t> ticks;
  ticks.reserve(samples.size());
  for (const StoredSample& sample : samples) ticks.push_back(delay(sample) / unit);
  ByteWriter in_runs, in_groups;
  RunWriter runs(in_runs);
  int64_t last = 0;
  for (const int64_t each : ticks) {
    runs.put(wrapping_sub(each, last));
    last = each;
  }
  runs.flush();
  put_packed(in_groups, ticks);
  const bool grouped = in_groups.bytes().size() < in_runs.bytes().size();
  out.byte(grouped ? kGroups : kRuns);
  out.append(grouped ? in_groups.bytes() : in_runs.bytes());
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

void put_values(ByteWriter& out, std::span<const StoredSample> samples) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const StoredSample& sample : samples) {
    if (has_value(sample)) values.push_back(sample.value);
  }
  put_doubles(out, values);
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

Result<void> get_delays(ByteReader& in, uint8_t version, std::vector<StoredSample>& samples) {
  const uint64_t unit = in.varint();
  if (!known_unit(unit)) return damaged("unknown delay unit");
  const uint8_t packing = version == 1 ? uint8_t{kRuns} : in.byte();
  std::vector<int64_t> ticks(samples.size());
  if (packing == kGroups) {
    if (!get_packed(in, ticks)) return damaged("delays end early");
  } else if (packing == kRuns) {
    RunReader runs(in);
    int64_t last = 0;
    for (int64_t& each : ticks) {
      last = wrapping_add(last, runs.get());
      each = last;
    }
    if (!in.ok() || !runs.finished()) return damaged("delays end early");
  } else {
    return damaged("unknown packing of delays");
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    int64_t delay = 0;
    if (__builtin_mul_overflow(ticks[i], static_cast<int64_t>(unit), &delay)) {
      return damaged("delay out of range");
    }
    samples[i].server_ts_ns = wrapping_add(samples[i].ts_ns, delay);
  }
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
  const auto count =
      static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), has_value));
  std::vector<double> values(count);
  if (!get_doubles(in, values)) return damaged("unknown packing of values, or they end early");
  std::size_t next = 0;
  for (StoredSample& sample : samples) {
    if (has_value(sample)) sample.value = values[next++];
  }
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
  const uint8_t version = in.byte();
  if (version != 1 && version != kVersion) return damaged("unknown version");
  const uint64_t count = in.varint();
  if (!in.ok() || count == 0 || count > kBlockSamples) return damaged("bad count of samples");
  std::vector<StoredSample> samples(count);
  MW_TRY(get_times(in, samples));
  MW_TRY(get_delays(in, version, samples));
  MW_TRY(get_statuses(in, samples));
  MW_TRY(get_values(in, samples));
  if (in.left() != 0) return damaged("bytes after the end");
  return samples;
}

}  // namespace mw::plant
