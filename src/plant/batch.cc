#include "plant/batch.h"

#include <algorithm>
#include <map>

#include "plant/internal/rollup_fold.h"
#include "plant/query.h"

namespace mw::plant {
namespace {

constexpr int kDaysAround = 31;  // looked at before and after a window for a start and an end

struct DoubtRow {
  BatchDoubt doubt;
  std::string_view name;
  const char* en;
  const char* zh;
};
constexpr DoubtRow kDoubts[] = {
    {BatchDoubt::kSignalLost, "signal_lost",
     "for part of its time it was not known which batch ran", "其间有一段时间批次未知"},
    {BatchDoubt::kNumberAgain, "number_again", "the same number ran more than once",
     "同一批次号出现多次"},
    {BatchDoubt::kNoStart, "no_start",
     "its start was not seen: it ran already when the signal came",
     "未看到开始：信号到来时该批次已在运行"},
    {BatchDoubt::kNoEnd, "no_end", "its end was not seen", "未看到结束"},
    {BatchDoubt::kNoProduct, "no_product", "which product ran is not known", "产品未知"},
    {BatchDoubt::kProducts, "products",
     "more than one product ran; the one that ran longest is named",
     "其间有多种产品，显示的是时间最长的产品"},
    {BatchDoubt::kCountersMissing, "counters_missing",
     "a counter of parts has good samples for too little of its time", "计数器的有效样本太少"}};

const DoubtRow& row_of(BatchDoubt doubt) {
  return *std::find_if(std::begin(kDoubts), std::end(kDoubts),
                       [&](const DoubtRow& row) { return row.doubt == doubt; });
}

/// Follows a text tag sample by sample.
class BatchWalker {
 public:
  explicit BatchWalker(int64_t hold_ns) : hold_ns_(hold_ns) {}

  void take(const Sample& sample) {
    if (sample.quality == Quality::kBad) {
      lose(std::min(sample.ts_ns, stale_ns_));
      return;
    }
    if (began_ && sample.ts_ns > stale_ns_) lose(stale_ns_);
    if (current_ && current_->number != sample.text) end(sample.ts_ns);
    if (current_ && lost_ns_) current_->add(BatchDoubt::kSignalLost);
    if (!current_ && !sample.text.empty()) start(sample);
    lost_ns_.reset();
    began_ = true;
    stale_ns_ = stale_at(sample.ts_ns, hold_ns_);
  }

  /// Whether one runs that began before a time.
  bool runs_since_before(TimeNs ts_ns) const { return current_ && current_->start_ns < ts_ns; }

  std::vector<Batch> finish(TimeNs until_ns, bool is_now) {
    if (began_ && until_ns > stale_ns_) lose(stale_ns_);
    if (current_ && !lost_ns_ && is_now) {
      current_->running = true;
      current_->end_ns = until_ns;
      found_.push_back(std::move(*current_));
      current_.reset();
    }
    if (current_) {
      if (!lost_ns_) lost_ns_ = until_ns;  // it runs on beyond what was looked at
      end(until_ns);
    }
    return std::move(found_);
  }

 private:
  void lose(TimeNs at_ns) {
    if (!lost_ns_) lost_ns_ = at_ns;
  }
  void start(const Sample& sample) {
    current_ = Batch();
    current_->number = sample.text;
    current_->start_ns = sample.ts_ns;
    if (!began_ || lost_ns_) current_->add(BatchDoubt::kNoStart);
  }
  void end(TimeNs at_ns) {
    current_->end_ns = lost_ns_.value_or(at_ns);
    if (lost_ns_) current_->add(BatchDoubt::kNoEnd);
    found_.push_back(std::move(*current_));
    current_.reset();
  }

  const int64_t hold_ns_;
  std::vector<Batch> found_;
  std::optional<Batch> current_;
  bool began_ = false;             // a usable sample came
  TimeNs stale_ns_ = INT64_MIN;    // until when the last one holds
  std::optional<TimeNs> lost_ns_;  // since when nothing is known
};

/// The start of what runs at a time lies after this: whole days back while one text fills them.
Result<TimeNs> look_back(const SampleStore& store, TagIndex tag, int64_t hold_ns, TimeNs from_ns) {
  for (int day = 0; day < kDaysAround; ++day) {
    const TimeNs end_ns = from_ns;
    from_ns -= kNsPerDay;
    std::optional<std::string> only;
    bool changes = false;
    MW_TRY(store.scan(tag, {from_ns, end_ns}, [&](const Sample& sample) {
      if (sample.quality == Quality::kBad) return true;
      changes = only && *only != sample.text;
      only = sample.text;
      return !changes;
    }));
    if (changes || (only && only->empty())) break;
    if (only) continue;
    MW_ASSIGN(const std::optional<Sample> before, store.last_before(tag, from_ns));
    if (!before || stale_at(before->ts_ns, hold_ns) <= from_ns) break;
  }
  return from_ns;
}

}  // namespace

std::string_view batch_doubt_name(BatchDoubt doubt) { return row_of(doubt).name; }
Text describe(BatchDoubt doubt) { return {row_of(doubt).en, row_of(doubt).zh}; }

std::optional<Text> describe_batch_doubt(std::string_view name) {
  for (const DoubtRow& row : kDoubts) {
    if (row.name == name) return Text{row.en, row.zh};
  }
  return std::nullopt;
}

bool Batch::has(BatchDoubt doubt) const {
  return std::find(doubts.begin(), doubts.end(), doubt) != doubts.end();
}

void Batch::add(BatchDoubt doubt) {
  if (!has(doubt)) doubts.push_back(doubt);
}

Result<std::vector<Batch>> find_batches(const SampleStore& store, TagIndex tag, int64_t hold_ns,
                                        TimeWindow window, TimeNs now_ns) {
  MW_ASSIGN(const TimeNs from_ns, look_back(store, tag, hold_ns, window.start_ns));
  const TimeNs until_ns = std::min(now_ns, window.end_ns + kDaysAround * kNsPerDay);
  BatchWalker walker(hold_ns);
  bool ended = false;
  MW_TRY(store.scan(tag, {from_ns, until_ns}, [&](const Sample& sample) {
    walker.take(sample);
    ended = sample.ts_ns >= window.end_ns && !walker.runs_since_before(window.end_ns);
    return !ended;
  }));
  std::vector<Batch> batches = walker.finish(until_ns, until_ns == now_ns);
  std::map<std::string, int> runs;
  for (const Batch& batch : batches) ++runs[batch.number];
  for (Batch& batch : batches) {
    if (runs[batch.number] > 1) batch.add(BatchDoubt::kNumberAgain);
  }
  std::erase_if(batches, [&](const Batch& batch) {
    return batch.end_ns <= window.start_ns || batch.start_ns >= window.end_ns;
  });
  return batches;
}

Result<void> find_products(const SampleStore& store, const Tag& tag, std::vector<Batch>& batches) {
  for (Batch& batch : batches) {
    if (!batch.product.empty() || batch.start_ns >= batch.end_ns) continue;
    MW_ASSIGN(const StateHistory history,
              state_history(store, tag.index, {batch.start_ns, batch.end_ns}, hold_of(tag)));
    const int64_t half_ns = (batch.end_ns - batch.start_ns) / 2;
    if (history.totals.empty() || history.totals.front().duration_ns < half_ns) {
      batch.add(BatchDoubt::kNoProduct);
      continue;
    }
    batch.product = history.totals.front().state;  // the longest
    // Two tags do not change at the same moment.
    if (history.totals.size() > 1 && history.totals[1].duration_ns > hold_of(tag)) {
      batch.add(BatchDoubt::kProducts);
    }
  }
  return {};
}

}  // namespace mw::plant
