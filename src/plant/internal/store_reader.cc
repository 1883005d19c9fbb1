#include "plant/internal/store_reader.h"

#include <algorithm>
#include <limits>

#include "plant/internal/block_codec.h"
#include "plant/internal/rollup_fold.h"
#include "plant/internal/rollup_rows.h"

namespace mw::plant {
namespace {

constexpr std::size_t kIdleConnections = 8;

bool any_in(const std::vector<StoredSample>& samples, TimeNs start_ns, TimeNs end_ns) {
  const auto at = first_at_or_after(samples, start_ns);
  return at != samples.end() && at->ts_ns < end_ns;
}

/// The last sample before a time that a rollup knows of: its value, or a mark that nothing usable
/// was there. Before its last one a rollup knows of the last usable one only.
StoredSample last_of(const Rollup& rollup, TimeNs ts_ns) {
  if (rollup.last_ns >= ts_ns) {
    const bool all_good = rollup.good_ns == rollup.usable_ns;
    return {rollup.last.ts_ns, rollup.last.ts_ns, rollup.last.value,
            make_status(all_good ? Quality::kGood : Quality::kUncertain, QualityReason::kNone)};
  }
  StoredSample sample{rollup.last_ns, rollup.last_ns, 0, 0};
  if (rollup.last_usable) {
    sample.value = rollup.last.value;
    sample.status =
        make_status(rollup.last_good ? Quality::kGood : Quality::kUncertain, QualityReason::kNone);
  } else {
    sample.status = make_status(Quality::kBad, QualityReason::kNone) | kStatusNoValue;
  }
  return sample;
}

}  // namespace

/// A connection and a state of the database that stays the same until it is given back. A
/// connection that failed is not used again.
class StoreReader::Loan {
 public:
  Loan(const StoreReader& reader, std::unique_ptr<StoreTables> tables)
      : reader_(reader), tables_(std::move(tables)) {}
  Loan(Loan&&) = default;
  Loan& operator=(Loan&&) = delete;
  ~Loan() {
    if (tables_ == nullptr || !tables_->commit()) return;
    const std::lock_guard lock(reader_.mutex_);
    if (reader_.idle_.size() < kIdleConnections) reader_.idle_.push_back(std::move(tables_));
  }
  StoreTables& operator*() const { return *tables_; }

 private:
  const StoreReader& reader_;
  std::unique_ptr<StoreTables> tables_;
};

Result<StoreReader::Loan> StoreReader::borrow() const {
  std::unique_ptr<StoreTables> tables;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      tables = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  // A kept connection may have been lost meanwhile: then a new one is made.
  if (tables != nullptr && !tables->begin(SqlSession::Access::kRead)) tables.reset();
  if (tables == nullptr) {
    MW_ASSIGN(std::unique_ptr<SqlSession> session, database_.connect(SqlSession::Access::kRead));
    tables = std::make_unique<StoreTables>(std::move(session));
    MW_TRY(tables->begin(SqlSession::Access::kRead));
  }
  return Loan(*this, std::move(tables));
}

std::optional<std::vector<StoredSample>> StoreReader::decode(uint32_t tag, TimeNs start_ns,
                                                             Bytes body) const {
  Result<std::vector<StoredSample>> samples = decode_block(body);
  if (samples) return std::move(samples).value();
  ++damaged_;
  log_(LogLevel::kError, "plant",
       "block of tag " + std::to_string(tag) + " at " + std::to_string(start_ns) +
           " ns is passed over: " + samples.error().message.en);
  return std::nullopt;
}

Result<bool> StoreReader::scan_on(StoreTables& tables, uint32_t tag, TimeWindow window,
                                  const std::vector<StoredSample>& tail,
                                  const Visitor& visit) const {
  if (window.start_ns >= window.end_ns) return true;
  auto next = first_at_or_after(tail, window.start_ns);
  const auto tail_end = first_at_or_after(tail, window.end_ns);
  bool wanted = true;
  MW_TRY(tables.each_block(tag, window, [&](TimeNs start_ns, Bytes body) {
    const auto samples = decode(tag, start_ns, body);
    if (!samples) return true;
    for (auto at = first_at_or_after(*samples, window.start_ns); at != samples->end(); ++at) {
      if (at->ts_ns >= window.end_ns) return false;
      while (wanted && next != tail_end && next->ts_ns < at->ts_ns) wanted = visit(*next++);
      if (next != tail_end && next->ts_ns == at->ts_ns) ++next;
      wanted = wanted && visit(*at);
      if (!wanted) return false;
    }
    return true;
  }));
  while (wanted && next != tail_end) wanted = visit(*next++);
  return wanted;
}

Result<void> StoreReader::scan(uint32_t tag, TimeWindow window,
                               const std::vector<StoredSample>& tail, const Visitor& visit) const {
  MW_ASSIGN(const Loan loan, borrow());
  MW_ASSIGN([[maybe_unused]] const bool wanted, scan_on(*loan, tag, window, tail, visit));
  return {};
}

Result<void> StoreReader::pieces(uint32_t tag, TimeWindow window, int64_t widest_ns,
                                 RollupParts parts, const std::vector<StoredSample>& tail,
                                 const Visitor& on_sample, const RollupVisitor& on_rollup) const {
  MW_ASSIGN(const Loan loan, borrow());
  StoreTables& tables = *loan;
  const RollupRows rows(tables, log_);
  MW_ASSIGN(const Thinned thinned, tables.thinned(tag));
  const KeptFrom& from = thinned.from;
  TimeNs cursor_ns = window.start_ns;
  bool wanted = true;

  // What lies between two rollups of hours: minutes where samples were removed, else samples.
  const auto fill = [&](TimeNs end_ns) -> Result<void> {
    const TimeNs minutes_end_ns = std::min(end_ns, from.raw_from_ns);
    if (wanted && cursor_ns < minutes_end_ns) {
      const TimeNs minute_ns = std::max(
          from.minute_from_ns,
          cursor_ns < INT64_MIN + kMinuteNs ? INT64_MIN : stretch_of(cursor_ns, kMinuteNs));
      auto next = first_at_or_after(tail, cursor_ns);
      const auto until = [&](TimeNs ts_ns) {
        for (; wanted && next != tail.end() && next->ts_ns < ts_ns; ++next) {
          wanted = on_sample(*next);
        }
      };
      MW_TRY(rows.each(tag, kMinuteNs, {minute_ns, minutes_end_ns}, parts,
                       [&](const Rollup& minute) -> Result<bool> {
                         until(minute.start_ns);
                         if (wanted) wanted = on_rollup(minute);
                         // A late sample in it is told once the writer has added it.
                         next = std::max(next, first_at_or_after(tail, minute.end_ns()));
                         return wanted;
                       }));
      until(minutes_end_ns);
      cursor_ns = minutes_end_ns;
    }
    if (wanted && cursor_ns < end_ns) {
      MW_ASSIGN(wanted, scan_on(tables, tag, {cursor_ns, end_ns}, tail, on_sample));
      cursor_ns = end_ns;
    }
    return {};
  };

  const bool coarse = window.start_ns < from.minute_from_ns;
  if (coarse || widest_ns >= kHourNs) {
    const TimeNs first_ns =
        window.start_ns < INT64_MIN + kHourNs ? INT64_MIN : stretch_of(window.start_ns, kHourNs);
    const auto take = [&](const Rollup& hour) -> Result<bool> {
      if (hour.start_ns >= from.minute_from_ns) {
        const bool whole = hour.start_ns >= window.start_ns && hour.end_ns() <= window.end_ns;
        if (widest_ns < kHourNs || !whole || any_in(tail, hour.start_ns, hour.end_ns())) {
          return true;
        }
      }
      if (hour.start_ns > cursor_ns) MW_TRY(fill(hour.start_ns));
      if (wanted) wanted = on_rollup(hour);
      cursor_ns = std::max(cursor_ns, hour.end_ns());
      return wanted;
    };
    // Finer pieces do not need the hours from where minutes are kept.
    const TimeNs hours_end_ns =
        widest_ns >= kHourNs ? window.end_ns : std::min(window.end_ns, from.minute_from_ns);
    MW_TRY(rows.each(tag, kHourNs, {first_ns, hours_end_ns}, parts, take));
  }
  if (wanted && cursor_ns < window.end_ns) MW_TRY(fill(window.end_ns));
  return {};
}

Result<std::vector<PlantRecord>> StoreReader::records(std::string_view kind, std::string_view place,
                                                      TimeWindow window, std::size_t most) const {
  MW_ASSIGN(const Loan loan, borrow());
  return (*loan).records(kind, place, window, most);
}

Result<std::optional<StoredSample>> StoreReader::last_before(uint32_t tag, TimeNs ts_ns) const {
  MW_ASSIGN(const Loan loan, borrow());
  StoreTables& tables = *loan;
  std::optional<StoredSample> last;
  MW_TRY(tables.each_block_before(tag, ts_ns, [&](TimeNs start_ns, Bytes body) {
    const auto samples = decode(tag, start_ns, body);
    if (!samples) return true;
    const auto at = first_at_or_after(*samples, ts_ns);
    if (at != samples->begin()) last = *std::prev(at);
    return !last.has_value();
  }));
  if (last) return last;
  MW_ASSIGN(const Thinned thinned, tables.thinned(tag));
  if (thinned.from.raw_from_ns == INT64_MIN) return last;
  const RollupRows rows(tables, log_);
  for (const int64_t width_ns : {kMinuteNs, kHourNs}) {
    MW_ASSIGN(const std::optional<Rollup> rollup, rows.last_before(tag, width_ns, ts_ns));
    if (rollup) return std::optional<StoredSample>(last_of(*rollup, ts_ns));
  }
  return last;
}

}  // namespace mw::plant
