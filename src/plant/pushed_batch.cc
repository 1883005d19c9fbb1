#include "plant/pushed_batch.h"

#include <algorithm>

#include "plant/internal/reading_json.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;
constexpr int kMostDepth = 4;

Error wrong(const std::string& where, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, "batch: '" + where + "': " + en,
                     "批次：“" + where + "”" + zh, where);
}

Result<std::string> read_line_of_text(const Json& json, const char* key) {
  MW_ASSIGN(const std::string text, json_string(json, key));
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.size() > kMostTextBytes || std::any_of(text.begin(), text.end(), is_control)) {
    return wrong(key, "expected at most 200 bytes without control characters",
                 "应不超过 200 字节且不含控制字符");
  }
  return text;
}

Result<std::optional<TimeNs>> read_time(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::optional<TimeNs>();
  const Result<TimeNs> ts_ns = read_json_time(*found);
  if (ts_ns) return std::optional<TimeNs>(*ts_ns);
  return wrong(key,
               "expected milliseconds since 1970 or an RFC 3339 time such as "
               "\"2026-01-31T08:15:30Z\"",
               "应为 1970 年以来的毫秒数或 RFC 3339 时间");
}

}  // namespace

Result<PushedBatch> decode_pushed_batch(std::string_view body) {
  if (body.size() > kMostBytes) {
    return Error::make(Code::kTooLarge, "batch: expected at most 64 KiB", "批次：最多 64 KiB",
                       "body");
  }
  MW_ASSIGN(const Json json, parse_json(body, kMostDepth));
  if (!json.is_object()) {
    return wrong("body", "expected an object with 'asset' or 'line', and 'batch'",
                 "应为含“asset”或“line”以及“batch”的对象");
  }
  constexpr std::string_view kKnown[] = {"asset", "line", "batch", "product", "start", "end"};
  for (const auto& [key, value] : json.items()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown)) {
      return wrong(key.substr(0, 60), "expected asset, line, batch, product, start or end",
                   "未知成员：应为 asset、line、batch、product、start 或 end");
    }
  }
  PushedBatch batch;
  MW_ASSIGN(batch.asset, read_line_of_text(json, "asset"));
  MW_ASSIGN(batch.line, read_line_of_text(json, "line"));
  MW_ASSIGN(batch.number, read_line_of_text(json, "batch"));
  if (json.contains("product") && !json["product"].is_null()) {
    MW_ASSIGN(batch.product, read_line_of_text(json, "product"));
  }
  MW_ASSIGN(batch.start_ns, read_time(json, "start"));
  MW_ASSIGN(batch.end_ns, read_time(json, "end"));
  if (batch.asset.empty() == batch.line.empty()) {
    return wrong("asset", "expected either 'asset' or 'line'", "应给出“asset”或“line”之一");
  }
  if (batch.number.empty()) return wrong("batch", "must not be empty", "不能为空");
  if (batch.start_ns && batch.end_ns && *batch.end_ns <= *batch.start_ns) {
    return wrong("end", "expected a time after 'start'", "应晚于“start”");
  }
  return batch;
}

std::string asset_place(const std::string& asset) { return "asset/" + asset; }
std::string line_place(const std::string& line) { return "line/" + line; }

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
  if (const Result<Json> body = parse_json(record.body, kMostDepth); body && body->is_object()) {
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
