#include "plant/internal/rollup_rows.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "plant/internal/rollup_fold.h"

namespace mw::plant {
namespace {

TimeNs row_of(TimeNs start_ns, int64_t width_ns) {
  return stretch_of(start_ns, width_ns * kRollupsPerRow);
}

/// Rows that may hold a stretch which starts in the window.
TimeWindow rows_of(TimeWindow starts, int64_t width_ns) {
  const int64_t span_ns = width_ns * kRollupsPerRow;
  const bool from_ever = starts.start_ns < INT64_MIN + span_ns;
  return {from_ever ? INT64_MIN : row_of(starts.start_ns, width_ns), starts.end_ns};
}

}  // namespace

std::vector<Rollup> RollupRows::decode(uint32_t tag, Bytes body, RollupParts parts) const {
  Result<std::vector<Rollup>> rollups = decode_rollups(body, parts);
  if (rollups) return std::move(rollups).value();
  log_(LogLevel::kError, "plant",
       "aggregates of tag " + std::to_string(tag) +
           " are passed over: " + rollups.error().message.en);
  return {};
}

Result<std::vector<Rollup>> RollupRows::read(uint32_t tag, int64_t width_ns, TimeWindow starts,
                                             RollupParts parts) const {
  std::vector<Rollup> all;
  MW_TRY(each(tag, width_ns, starts, parts, [&](const Rollup& rollup) -> Result<bool> {
    all.push_back(rollup);
    return true;
  }));
  return all;
}

Result<void> RollupRows::each(uint32_t tag, int64_t width_ns, TimeWindow starts, RollupParts parts,
                              const Visitor& visit) const {
  if (starts.start_ns >= starts.end_ns) return {};
  Result<void> outcome;
  MW_TRY(tables_.each_rollup_row(tag, width_ns, rows_of(starts, width_ns), [&](TimeNs, Bytes body) {
    for (const Rollup& rollup : decode(tag, body, parts)) {
      if (rollup.width_ns != width_ns || rollup.start_ns < starts.start_ns ||
          rollup.start_ns >= starts.end_ns) {
        continue;
      }
      const Result<bool> wanted = visit(rollup);
      if (!wanted) outcome = wanted.error();
      if (!wanted || !*wanted) return false;
    }
    return true;
  }));
  return outcome;
}

Result<std::optional<Rollup>> RollupRows::last_before(uint32_t tag, int64_t width_ns,
                                                      TimeNs ts_ns) const {
  TimeNs before_ns = ts_ns;
  while (true) {
    MW_ASSIGN(const std::optional<std::string> body,
              tables_.rollup_row_before(tag, width_ns, before_ns));
    if (!body) return std::optional<Rollup>();
    const std::vector<Rollup> rollups =
        decode(tag, std::as_bytes(std::span(*body)), RollupParts::kChart);
    const auto found = std::find_if(rollups.rbegin(), rollups.rend(), [&](const Rollup& r) {
      return r.last_ns < ts_ns || (r.count > 0 && r.last.ts_ns < ts_ns);
    });
    if (found != rollups.rend()) return std::optional<Rollup>(*found);
    if (rollups.empty()) return std::optional<Rollup>();
    before_ns = row_of(rollups.front().start_ns, width_ns);
  }
}

Result<void> RollupRows::put(uint32_t tag, std::span<const Rollup> rollups) {
  while (!rollups.empty()) {
    const int64_t width_ns = rollups.front().width_ns;
    const TimeNs row_ns = row_of(rollups.front().start_ns, width_ns);
    const auto end = std::find_if(rollups.begin(), rollups.end(), [&](const Rollup& r) {
      return row_of(r.start_ns, width_ns) != row_ns;
    });
    const auto count = static_cast<std::size_t>(end - rollups.begin());
    MW_ASSIGN(const std::vector<Rollup> old,
              read(tag, width_ns, {row_ns, row_ns + width_ns * kRollupsPerRow}, RollupParts::kAll));
    std::vector<Rollup> merged(rollups.begin(), end);
    const auto is_new = [&](const Rollup& r) {
      return std::any_of(rollups.begin(), end,
                         [&](const Rollup& fresh) { return fresh.start_ns == r.start_ns; });
    };
    std::copy_if(old.begin(), old.end(), std::back_inserter(merged),
                 [&](const Rollup& r) { return !is_new(r); });
    std::sort(merged.begin(), merged.end(),
              [](const Rollup& a, const Rollup& b) { return a.start_ns < b.start_ns; });
    MW_TRY(write(tag, width_ns, row_ns, merged));
    rollups = rollups.subspan(count);
  }
  return {};
}

Result<void> RollupRows::erase(uint32_t tag, int64_t width_ns, std::span<const TimeNs> starts) {
  while (!starts.empty()) {
    const TimeNs row_ns = row_of(starts.front(), width_ns);
    const auto end = std::find_if(starts.begin(), starts.end(), [&](TimeNs start_ns) {
      return row_of(start_ns, width_ns) != row_ns;
    });
    MW_ASSIGN(std::vector<Rollup> rollups,
              read(tag, width_ns, {row_ns, row_ns + width_ns * kRollupsPerRow}, RollupParts::kAll));
    const std::size_t gone = std::erase_if(rollups, [&](const Rollup& r) {
      return std::find(starts.begin(), end, r.start_ns) != end;
    });
    if (gone > 0) MW_TRY(write(tag, width_ns, row_ns, rollups));
    starts = starts.subspan(static_cast<std::size_t>(end - starts.begin()));
  }
  return {};
}

Result<bool> RollupRows::drop_before(uint32_t tag, int64_t width_ns, TimeNs ts_ns, int most_rows) {
  MW_ASSIGN(std::vector<TimeNs> rows,
            tables_.rollup_rows_before(tag, width_ns, ts_ns, int64_t{most_rows} + 1));
  const bool all = static_cast<int>(rows.size()) <= most_rows;
  if (!all) rows.pop_back();
  for (const TimeNs row_ns : rows) {
    MW_ASSIGN(const std::vector<Rollup> kept,
              read(tag, width_ns, {ts_ns, row_ns + width_ns * kRollupsPerRow}, RollupParts::kAll));
    MW_TRY(write(tag, width_ns, row_ns, kept));
  }
  return all;
}

Result<void> RollupRows::drop_from(uint32_t tag, int64_t width_ns, TimeNs ts_ns) {
  const TimeNs row_ns = rows_of({ts_ns, INT64_MAX}, width_ns).start_ns;
  MW_ASSIGN(const std::vector<Rollup> kept,
            read(tag, width_ns, {row_ns, ts_ns}, RollupParts::kAll));
  MW_TRY(tables_.delete_rollup_rows_from(tag, width_ns, row_ns));
  return kept.empty() ? Result<void>() : write(tag, width_ns, row_ns, kept);
}

Result<void> RollupRows::write(uint32_t tag, int64_t width_ns, TimeNs row_ns,
                               std::span<const Rollup> rollups) {
  if (rollups.empty()) return tables_.delete_rollup_row(tag, width_ns, row_ns);
  const std::string body = encode_rollups(rollups);
  return tables_.put_rollup_row(tag, width_ns, row_ns, std::as_bytes(std::span(body)));
}

}  // namespace mw::plant
