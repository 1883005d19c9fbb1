// What Plant tells of batches, and takes of them.
#include <algorithm>

#include "plant/internal/plant_impl.h"
#include "plant/internal/rollup_fold.h"
#include "plant/internal/told_json.h"
#include "plant/pushed_batch.h"

namespace mw::plant {
namespace {

constexpr int64_t kLongestNs = 100 * kNsPerDay;
constexpr std::size_t kMostRecords = 10'000;

/// What the machine's tags say and what was pushed of the same batch is one.
void merge_pushed(std::vector<Batch> pushed, std::vector<Batch>& batches) {
  for (Batch& batch : pushed) {
    const auto same = std::find_if(batches.begin(), batches.end(), [&](const Batch& each) {
      return each.number == batch.number && each.start_ns < batch.end_ns &&
             batch.start_ns < each.end_ns;
    });
    if (same == batches.end()) {
      batches.push_back(std::move(batch));
    } else if (same->product.empty()) {
      same->product = std::move(batch.product);
    }
  }
}

}  // namespace

Result<std::vector<Batch>> PlantImpl::pushed_batches(const std::string& place,
                                                     TimeWindow window) const {
  // The next one, which ends one that was not told to end, may have begun after the window.
  MW_ASSIGN(const std::vector<PlantRecord> records,
            store_->records(kBatchRecords, place, {window.start_ns, window.end_ns + 31 * kNsPerDay},
                            kMostRecords));
  std::vector<Batch> batches = batches_of(records, clock_.now_ns());
  std::erase_if(batches, [&](const Batch& batch) {
    return batch.end_ns <= window.start_ns || batch.start_ns >= window.end_ns;
  });
  return batches;
}

Result<void> PlantImpl::add_batches_of(const Asset& asset, TimeWindow window,
                                       std::vector<Batch>& all) const {
  std::vector<Batch> batches;
  const TimeNs now_ns = clock_.now_ns();
  if (!asset.production.batch.empty()) {
    const Tag& tag = *catalogue_->tag(asset.production.batch);
    MW_ASSIGN(batches, find_batches(*store_, tag.index, hold_of(tag), window, now_ns));
  }
  MW_ASSIGN(std::vector<Batch> pushed, pushed_batches(asset_place(asset.id), window));
  merge_pushed(std::move(pushed), batches);
  if (!asset.production.product.empty()) {
    MW_TRY(find_products(*store_, *catalogue_->tag(asset.production.product), batches));
  }
  for (Batch& batch : batches) {
    batch.asset = asset.id;
    batch.line = asset.line;
    all.push_back(std::move(batch));
  }
  return {};
}

Result<BatchList> PlantImpl::batches(const Identity& who, std::string_view asset,
                                     std::string_view line, TimeWindow window) const {
  MW_ASSIGN(window, checked(window));
  if (window.end_ns - window.start_ns > kLongestNs) {
    return Error::make(Code::kInvalidArgument, "batches are told of at most 100 days",
                       "批次最多按 100 天查询", "window");
  }
  BatchList list;
  if (!asset.empty()) {
    MW_ASSIGN(const Asset* found, visible_asset(who, asset));
    MW_TRY(add_batches_of(*found, window, list.batches));
  } else {
    MW_ASSIGN(const Line* found, visible_line(who, line));
    MW_ASSIGN(list.batches, pushed_batches(line_place(found->id), window));
    for (Batch& batch : list.batches) batch.line = found->id;
    for (const Asset& each : catalogue_->assets()) {
      if (each.line == found->id) MW_TRY(add_batches_of(each, window, list.batches));
    }
  }
  std::stable_sort(list.batches.begin(), list.batches.end(),
                   [](const Batch& a, const Batch& b) { return a.start_ns < b.start_ns; });
  if (list.batches.size() > kMostBatches) {
    list.cut = true;
    list.batches.erase(list.batches.begin(), list.batches.end() - kMostBatches);
  }
  for (Batch& batch : list.batches) {
    MW_TRY(count_batch(batch));
    batch.told_by = shown_teller(batch.told_by);
  }
  return list;
}

Result<void> PlantImpl::count_batch(Batch& batch) const {
  const TimeNs end_ns = std::min(batch.end_ns, clock_.now_ns());
  const int64_t length_ns = end_ns - batch.start_ns;
  if (batch.asset.empty() || length_ns <= 0 || length_ns > kLongestNs) return {};
  // All parts of a batch are its own, whatever shift made them.
  MW_ASSIGN(batch.report,
            oee_over(*catalogue_->asset(batch.asset), {batch.start_ns, end_ns}, std::nullopt));
  if (batch.report->inputs.counters_missing) batch.add(BatchDoubt::kCountersMissing);
  return {};
}

Result<Batch> PlantImpl::push_batch(const Identity& who, const PushedBatch& pushed,
                                    const BatchRecord& note) {
  MW_ASSIGN(const ToldPlace place, told_place(who, pushed.asset, pushed.line));
  const TimeNs now_ns = told_now_ns();
  MW_TRY(check_told_time({"batch", "批次"}, "start", pushed.start_ns, now_ns));
  MW_TRY(check_told_time({"batch", "批次"}, "end", pushed.end_ns, now_ns));
  Batch batch;
  batch.asset = place.asset;
  batch.line = place.line;
  batch.number = pushed.number;
  MW_ASSIGN(batch.told_by, kept_teller(who));
  batch.start_ns = pushed.start_ns.value_or(now_ns);
  MW_ASSIGN(const std::optional<PlantRecord> known,
            known_record(kBatchRecords, place, batch.number, pushed.start_ns));
  if (known) {
    batch.start_ns = known->start_ns;
    batch.product = batch_of(*known, now_ns).product;
  }
  if (pushed.product) batch.product = *pushed.product;
  batch.running = !pushed.end_ns;
  batch.end_ns = pushed.end_ns.value_or(now_ns);
  if (pushed.end_ns && batch.end_ns <= batch.start_ns) {
    return Error::make(Code::kInvalidArgument, "batch: 'end' lies before its start",
                       "批次：“end”早于开始时间", "end");
  }
  if (note) MW_TRY(note(batch));
  const PlantRecord record = record_of(batch);
  MW_TRY(store_->put_records({&record, 1}));
  batch.told_by = shown_teller(batch.told_by);
  return batch;
}

}  // namespace mw::plant
