// What Plant tells of batches, and takes of them.
#include <algorithm>

#include "plant/internal/plant_impl.h"
#include "plant/internal/reading_check.h"
#include "plant/internal/rollup_fold.h"
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
  for (Batch& batch : list.batches) MW_TRY(count_batch(batch));
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

Result<const Line*> PlantImpl::visible_line(const Identity& who, std::string_view line) const {
  const Line* found = catalogue_->line(line);
  if (found != nullptr && who.may_see_line(found->id)) return found;
  const std::string id(line.substr(0, 130));
  return Error::make(Code::kNotFound, "there is no line '" + id + "'", "没有产线“" + id + "”",
                     "line");
}

Result<Batch> PlantImpl::push_batch(const Identity& who, const PushedBatch& pushed,
                                    const BatchRecord& note) {
  MW_TRY(check_may_store(who));
  Batch batch;
  if (!pushed.asset.empty()) {
    MW_ASSIGN(const Asset* asset, visible_asset(who, pushed.asset));
    batch.asset = asset->id;
    batch.line = asset->line;
  } else {
    MW_ASSIGN(const Line* line, visible_line(who, pushed.line));
    batch.line = line->id;
  }
  if (!may_store_on(who, batch.line)) {
    return Error::make(
        Code::kPermissionDenied,
        "telling of batches of line '" + batch.line + "' takes the role operator there",
        "上报产线“" + batch.line + "”的批次需要在该产线具有 operator 角色");
  }
  const TimeNs now_ns = clock_.now_ns();
  batch.number = pushed.number;
  batch.told_by = who.name;
  batch.start_ns = pushed.start_ns.value_or(now_ns);
  const auto implausible = [&](const char* key) {
    return Error::make(Code::kInvalidArgument,
                       std::string("batch: '") + key + "' lies in the future or before 2000",
                       std::string("批次：“") + key + "”在将来或早于 2000 年", key);
  };
  if (pushed.start_ns && !plausible_time(*pushed.start_ns, now_ns)) return implausible("start");
  if (pushed.end_ns && !plausible_time(*pushed.end_ns, now_ns)) return implausible("end");
  MW_TRY(take_up_known(pushed, batch));
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
  return batch;
}

Result<void> PlantImpl::take_up_known(const PushedBatch& pushed, Batch& batch) const {
  const std::string place = batch.asset.empty() ? line_place(batch.line) : asset_place(batch.asset);
  const TimeNs now_ns = clock_.now_ns();
  const TimeWindow window = pushed.start_ns
                                ? TimeWindow{*pushed.start_ns, *pushed.start_ns + 1}
                                : TimeWindow{now_ns - kLongestNs, now_ns + kSkewToleranceNs + 1};
  MW_ASSIGN(const std::vector<PlantRecord> records,
            store_->records(kBatchRecords, place, window, kMostBatches));
  for (const PlantRecord& record : records) {
    const bool meant =
        pushed.start_ns ? record.start_ns == *pushed.start_ns : record.end_ns == PlantRecord::kOpen;
    if (record.name != batch.number || !meant) continue;
    batch.start_ns = record.start_ns;
    batch.product = batch_of(record, now_ns).product;
    return {};
  }
  return {};
}

}  // namespace mw::plant
