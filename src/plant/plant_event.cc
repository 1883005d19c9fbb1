#include "plant/plant_event.h"

#include <algorithm>

#include "core/json.h"
#include "plant/internal/told_json.h"

namespace mw::plant {
namespace {

constexpr int kMostDepth = 4;
constexpr std::string_view kToldBy = "told by ";

}  // namespace

Result<ToldEvent> decode_told_event(std::string_view body) {
  MW_ASSIGN(const ToldJson told,
            ToldJson::parse(body, {"event", "事件"},
                            {"asset", "line", "kind", "text", "id", "start", "end"}));
  ToldEvent event;
  MW_ASSIGN(event.asset, told.line_of_text("asset"));
  MW_ASSIGN(event.line, told.line_of_text("line"));
  MW_ASSIGN(event.id, told.line_of_text("id"));
  MW_ASSIGN(event.kind, told.line_of_text("kind"));
  MW_ASSIGN(event.text, told.text("text", kMostEventBytes));
  MW_ASSIGN(event.start_ns, told.time("start"));
  MW_ASSIGN(event.end_ns, told.time("end"));
  event.open = told.is_null("end");
  if (event.asset.empty() == event.line.empty()) {
    return told.wrong("asset", "expected either 'asset' or 'line'", "应给出“asset”或“line”之一");
  }
  if (event.text.find_first_not_of(" \n\t") == std::string::npos &&
      (event.id.empty() || !event.text.empty())) {
    return told.wrong("text", "expected what happened, in words", "应写明发生了什么");
  }
  if (event.start_ns && event.end_ns && *event.end_ns < *event.start_ns) {
    return told.wrong("end", "expected a time that is not before 'start'", "不应早于“start”");
  }
  return event;
}

std::string told_by_source(const std::string& teller) { return std::string(kToldBy) + teller; }

std::string teller_of(const Evidence& fact) {
  return fact.source.starts_with(kToldBy) ? fact.source.substr(kToldBy.size()) : std::string();
}

PlantRecord record_of(const PlantEvent& event) {
  PlantRecord record;
  record.kind = std::string(kEventRecords);
  record.place = event.asset.empty() ? line_place(event.line) : asset_place(event.asset);
  record.start_ns = event.start_ns;
  record.name = event.id;
  record.end_ns = event.open ? PlantRecord::kOpen : event.end_ns;
  Json body = {
      {"text", event.text}, {"told_by", event.told_by}, {"told_ms", event.told_ns / kNsPerMs}};
  if (!event.kind.empty()) body["kind"] = event.kind;
  record.body = to_text(body);
  return record;
}

PlantEvent event_of(const PlantRecord& record, TimeNs now_ns) {
  PlantEvent event;
  event.id = record.name;
  event.start_ns = record.start_ns;
  event.open = record.end_ns == PlantRecord::kOpen;
  event.end_ns = event.open ? std::max(now_ns, record.start_ns) : record.end_ns;
  if (const Result<Json> body = parse_json(record.body, kMostDepth); body && body->is_object()) {
    event.kind = json_string(*body, "kind").value_or({});
    event.text = json_string(*body, "text").value_or({});
    event.told_by = json_string(*body, "told_by").value_or({});
    event.told_ns = json_integer(*body, "told_ms", 0).value_or(0) * kNsPerMs;
  }
  return event;
}

}  // namespace mw::plant
