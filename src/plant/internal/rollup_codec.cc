#include "plant/internal/rollup_codec.h"

#include "core/check.h"
#include "plant/internal/column_coding.h"

namespace mw::plant {
namespace {

constexpr uint8_t kVersion = 1;
enum Flags : uint8_t { kLastUsable = 1, kLastGood = 2 };

Error damaged(const char* what) {
  return Error::make(Code::kCorrupt, std::string("aggregates: ") + what,
                     std::string("聚合数据已损坏：") + what);
}

/// The differences of an integer member from rollup to rollup.
template <class Rollups, class Get>
void put_integers(ByteWriter& out, const Rollups& rollups, const Get& get) {
  RunWriter runs(out);
  int64_t last = 0;
  for (const Rollup& rollup : rollups) {
    const int64_t value = get(rollup);
    runs.put(wrapping_sub(value, last));
    last = value;
  }
  runs.flush();
}

template <class Set>
bool get_integers(ByteReader& in, std::vector<Rollup>& rollups, const Set& set) {
  RunReader runs(in);
  int64_t value = 0;
  for (Rollup& rollup : rollups) {
    value = wrapping_add(value, runs.get());
    set(rollup, value);
  }
  return in.ok() && runs.finished();
}

template <class Get>
void put_values(ByteWriter& out, std::span<const Rollup> rollups, const Get& get) {
  std::vector<double> values;
  values.reserve(rollups.size());
  for (const Rollup& rollup : rollups) values.push_back(get(rollup));
  put_doubles(out, values);
}

template <class Set>
bool get_values(ByteReader& in, std::vector<Rollup>& rollups, const Set& set) {
  std::vector<double> values(rollups.size());
  if (!get_doubles(in, values)) return false;
  for (std::size_t i = 0; i < rollups.size(); ++i) set(rollups[i], values[i]);
  return true;
}

// Times are kept as distances from the stretch's start; those of values that are not there as 0.
int64_t offset(const Rollup& rollup, TimeNs ts_ns) {
  return rollup.count > 0 ? ts_ns - rollup.start_ns : 0;
}

std::string chart_part(std::span<const Rollup> rollups) {
  ByteWriter out;
  put_integers(out, rollups, [](const Rollup& r) { return r.start_ns / r.width_ns; });
  put_integers(out, rollups, [](const Rollup& r) { return static_cast<int64_t>(r.count); });
  put_integers(out, rollups, [](const Rollup& r) { return static_cast<int64_t>(r.bad_count); });
  put_integers(out, rollups, [](const Rollup& r) {
    return int64_t{r.last_usable ? kLastUsable : 0} | int64_t{r.last_good ? kLastGood : 0};
  });
  put_integers(out, rollups, [](const Rollup& r) { return r.first_ns - r.start_ns; });
  put_integers(out, rollups, [](const Rollup& r) { return r.last_ns - r.start_ns; });
  put_integers(out, rollups, [](const Rollup& r) { return offset(r, r.first.ts_ns); });
  put_integers(out, rollups, [](const Rollup& r) { return offset(r, r.last.ts_ns); });
  put_integers(out, rollups, [](const Rollup& r) { return r.good_ns; });
  put_integers(out, rollups, [](const Rollup& r) { return r.usable_ns; });
  put_values(out, rollups, [](const Rollup& r) { return r.sum; });
  put_values(out, rollups, [](const Rollup& r) { return r.mean; });
  put_values(out, rollups, [](const Rollup& r) { return r.min.value; });
  put_values(out, rollups, [](const Rollup& r) { return r.max.value; });
  put_values(out, rollups, [](const Rollup& r) { return r.last.value; });
  return out.take();
}

std::string rest_part(std::span<const Rollup> rollups) {
  ByteWriter out;
  put_integers(out, rollups, [](const Rollup& r) { return offset(r, r.min.ts_ns); });
  put_integers(out, rollups, [](const Rollup& r) { return offset(r, r.max.ts_ns); });
  put_integers(out, rollups, [](const Rollup& r) { return static_cast<int64_t>(r.resets); });
  put_values(out, rollups, [](const Rollup& r) { return r.first.value; });
  put_values(out, rollups, [](const Rollup& r) { return r.spread; });
  put_values(out, rollups, [](const Rollup& r) { return r.mean_minutes; });
  put_values(out, rollups, [](const Rollup& r) { return r.times; });
  put_values(out, rollups, [](const Rollup& r) { return r.times_values; });
  put_values(out, rollups, [](const Rollup& r) { return r.increase; });
  return out.take();
}

bool get_chart_part(ByteReader& in, std::vector<Rollup>& rollups) {
  bool valid = true;
  bool fits = get_integers(in, rollups, [](Rollup& r, int64_t v) {
    if (__builtin_mul_overflow(v, r.width_ns, &r.start_ns)) r.start_ns = INT64_MAX;
  });
  const auto within = [&valid](const Rollup& r, int64_t distance) {
    if (distance < 0 || distance >= r.width_ns) valid = false;
    return wrapping_add(r.start_ns, distance);
  };
  const auto counted = [&valid](int64_t v) {
    if (v < 0) valid = false;
    return static_cast<uint64_t>(v);
  };
  const auto held = [&valid](const Rollup& r, int64_t v) {
    if (v < 0 || v > r.width_ns) valid = false;
    return v;
  };
  fits = fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.count = counted(v); });
  fits = fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.bad_count = counted(v); });
  fits = fits && get_integers(in, rollups, [](Rollup& r, int64_t v) {
           r.last_usable = (v & kLastUsable) != 0;
           r.last_good = (v & kLastGood) != 0;
         });
  fits =
      fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.first_ns = within(r, v); });
  fits = fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.last_ns = within(r, v); });
  fits = fits &&
         get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.first.ts_ns = within(r, v); });
  fits =
      fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.last.ts_ns = within(r, v); });
  fits = fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.good_ns = held(r, v); });
  fits = fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.usable_ns = held(r, v); });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.sum = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.mean = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.min.value = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.max.value = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.last.value = v; });
  return fits && valid && in.left() == 0;
}

bool get_rest_part(ByteReader& in, std::vector<Rollup>& rollups) {
  bool valid = true;
  const auto within = [&valid](const Rollup& r, int64_t distance) {
    if (distance < 0 || distance >= r.width_ns) valid = false;
    return wrapping_add(r.start_ns, distance);
  };
  bool fits = get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.min.ts_ns = within(r, v); });
  fits =
      fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) { r.max.ts_ns = within(r, v); });
  fits = fits && get_integers(in, rollups, [&](Rollup& r, int64_t v) {
           if (v < 0) valid = false;
           r.resets = static_cast<uint64_t>(v);
         });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.first.value = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.spread = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.mean_minutes = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.times = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.times_values = v; });
  fits = fits && get_values(in, rollups, [](Rollup& r, double v) { r.increase = v; });
  return fits && valid && in.left() == 0;
}

/// Rollups in order, none empty, none beyond the ends of time.
bool in_order(const std::vector<Rollup>& rollups) {
  for (std::size_t i = 0; i < rollups.size(); ++i) {
    TimeNs end_ns = 0;
    const Rollup& rollup = rollups[i];
    if (__builtin_add_overflow(rollup.start_ns, rollup.width_ns, &end_ns)) return false;
    if (i > 0 && rollups[i - 1].start_ns >= rollup.start_ns) return false;
    if (rollup.count == 0 && rollup.bad_count == 0) return false;
    if (rollup.good_ns > rollup.usable_ns || rollup.first_ns > rollup.last_ns) return false;
  }
  return true;
}

}  // namespace

std::string encode_rollups(std::span<const Rollup> rollups) {
  MW_CHECK(!rollups.empty() && rollups.size() <= static_cast<std::size_t>(kRollupsPerRow));
  const std::string chart = chart_part(rollups);
  const std::string rest = rest_part(rollups);
  ByteWriter out;
  out.byte(kVersion);
  out.varint(rollups.size());
  out.varint(static_cast<uint64_t>(rollups.front().width_ns));
  out.varint(chart.size());
  out.append(chart);
  out.word32(crc32(std::as_bytes(std::span(out.bytes()))));
  out.append(rest);
  out.word32(crc32(std::as_bytes(std::span(rest))));
  return out.take();
}

Result<std::vector<Rollup>> decode_rollups(std::span<const std::byte> bytes, RollupParts parts) {
  ByteReader in(bytes);
  if (in.byte() != kVersion) return damaged("unknown version");
  const uint64_t count = in.varint();
  const uint64_t width_ns = in.varint();
  const uint64_t chart_size = in.varint();
  if (!in.ok() || count == 0 || count > static_cast<uint64_t>(kRollupsPerRow)) {
    return damaged("bad count");
  }
  if (width_ns == 0 || width_ns > static_cast<uint64_t>(kNsPerDay)) return damaged("bad width");
  if (chart_size > in.left() || in.left() - chart_size < 8) return damaged("too short");
  const std::size_t chart_at = bytes.size() - in.left();
  const std::size_t chart_end = chart_at + chart_size;
  ByteReader chart_sum(bytes.subspan(chart_end, 4));
  if (chart_sum.word32() != crc32(bytes.first(chart_end))) return damaged("checksum differs");
  std::vector<Rollup> rollups(count);
  for (Rollup& rollup : rollups) rollup.width_ns = static_cast<int64_t>(width_ns);
  ByteReader chart(bytes.subspan(chart_at, chart_size));
  if (!get_chart_part(chart, rollups)) return damaged("columns do not fit");
  if (parts == RollupParts::kAll) {
    const std::span<const std::byte> rest = bytes.subspan(chart_end + 4);
    ByteReader rest_sum(rest.last(4));
    if (rest_sum.word32() != crc32(rest.first(rest.size() - 4))) return damaged("checksum differs");
    ByteReader columns(rest.first(rest.size() - 4));
    if (!get_rest_part(columns, rollups)) return damaged("columns do not fit");
  }
  if (!in_order(rollups)) return damaged("stretches do not ascend");
  return rollups;
}

}  // namespace mw::plant
