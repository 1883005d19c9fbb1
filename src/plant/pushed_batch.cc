#include "plant/pushed_batch.h"

#include <algorithm>

#include "plant/internal/told_json.h"

namespace mw::plant {
Result<PushedBatch> decode_pushed_batch(std::string_view body) {
  MW_ASSIGN(const ToldJson told,
            ToldJson::parse(body, {"batch", "批次"},
                            {"asset", "line", "batch", "product", "start", "end"}));
  PushedBatch batch;
  MW_ASSIGN(batch.asset, told.line_of_text("asset"));
  MW_ASSIGN(batch.line, told.line_of_text("line"));
  MW_ASSIGN(batch.number, told.line_of_text("batch"));
  if (told.has("product") && !told.is_null("product")) {
    MW_ASSIGN(batch.product, told.line_of_text("product"));
  }
  MW_ASSIGN(batch.start_ns, told.time("start"));
  MW_ASSIGN(batch.end_ns, told.time("end"));
  if (batch.asset.empty() == batch.line.empty()) {
    return told.wrong("asset", "expected either 'asset' or 'line'", "应给出“asset”或“line”之一");
  }
  if (batch.number.empty()) return told.wrong("batch", "must not be empty", "不能为空");
  if (batch.start_ns && batch.end_ns && *batch.end_ns <= *batch.start_ns) {
    return told.wrong("end", "expected a time after 'start'", "应晚于“start”");
  }
  return batch;
}

PlantRecord record_of(const Batch& batch) {
  PlantRecord record;
  record.kind = std::string(kBatchRecords);
  record.place = batch.asset.empty() ? line_place(batch.line) : asset_place(batch.asset);
  record.start_ns = batch.start_ns;
  record.name = batch.number;
  record.end_ns = batch.running ? PlantRecord::kOpen : batch.end_ns;
  record.body = to_text(Json{{"product", batch.product}, {"told_by", batch.told_by}});
  return record;
}

Batch batch_of(const PlantRecord& record, TimeNs now_ns) {
  Batch batch;
  batch.number = record.name;
  batch.start_ns = record.start_ns;
  batch.running = record.end_ns > now_ns;
  batch.end_ns = std::min(record.end_ns, now_ns);
  if (const Result<Json> body = parse_json(record.body, 4); body && body->is_object()) {
    batch.product = json_string(*body, "product").value_or({});
    batch.told_by = json_string(*body, "told_by").value_or({});
  }
  return batch;
}

std::vector<Batch> batches_of(const std::vector<PlantRecord>& records, TimeNs now_ns) {
  std::vector<Batch> batches;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    Batch batch = batch_of(*record, now_ns);
    if (!batches.empty() && record->start_ns > batches.back().start_ns) {
      Batch& before = batches.back();
      const bool open =
          std::next(records.rbegin(), static_cast<std::ptrdiff_t>(batches.size()) - 1)->end_ns ==
          PlantRecord::kOpen;
      if (open) {
        before.running = false;
        before.end_ns = batch.start_ns;
        before.add(BatchDoubt::kNoEnd);
      }
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace mw::plant
