#include "plant/tools/internal/plant_tool.h"

#include <algorithm>
#include <limits>

#include "plant/evidence_source.h"

namespace mw::plant {
namespace {

constexpr int kTrendPoints = 120;

Error missing(const std::string& name, const std::string& expected) {
  return Error::make(Code::kInvalidArgument, "'" + name + "': expected " + expected,
                     "参数“" + name + "”缺失或无效：应为 " + expected, name);
}

Error unknown(const std::string& name, const std::string& id, const char* what,
              const char* what_zh) {
  const std::string shown_id = id.substr(0, 130);
  return Error::make(Code::kNotFound, std::string("there is no ") + what + " '" + shown_id + "'",
                     std::string("没有") + what_zh + "“" + shown_id + "”", name);
}

}  // namespace

PlantTool::PlantTool(Plant& plant, std::string name, Text description, Json properties,
                     std::vector<std::string> required)
    : plant_(plant), name_(std::move(name)), description_(std::move(description)) {
  schema_["type"] = "object";
  schema_["properties"] = std::move(properties);
  schema_["required"] = std::move(required);
  schema_["additionalProperties"] = false;
}

Result<std::vector<Evidence>> PlantTool::run(const Identity& who, const Json& arguments) {
  if (!arguments.is_object()) return missing("arguments", "an object");
  for (const auto& [key, value] : arguments.items()) {
    if (!schema_["properties"].contains(key)) {
      return Error::make(Code::kInvalidArgument, name_ + " has no argument '" + key + "'",
                         name_ + " 没有参数“" + key + "”", key);
    }
  }
  return answer(ToolCall{who, arguments, plant_.catalogue(who), plant_.now_ns()});
}

Evidence PlantTool::about(const ToolCall& call, const Asset& asset, std::string fact) const {
  Evidence evidence;
  evidence.fact = std::move(fact);
  evidence.asset = asset.id;
  evidence.source = sample_source(asset.id);
  evidence.simulated = call.view->simulated();
  evidence.rights_label = asset.line;
  return evidence;
}

Evidence PlantTool::about(const ToolCall& call, const Tag& tag, std::string fact) const {
  Evidence evidence = about(call, *call.view->asset(tag.asset), std::move(fact));
  evidence.tag = tag.id;
  evidence.unit = tag.unit;
  evidence.source = sample_source(tag.id);
  return evidence;
}

Result<std::vector<EarlierHistory>> PlantTool::earlier_in(const ToolCall& call, const Tag& tag,
                                                          TimeWindow window) const {
  std::vector<EarlierHistory> met;
  if (tag.earlier.empty()) return met;
  MW_ASSIGN(const std::vector<EarlierHistory> all, plant_.earlier(call.who, tag.asset));
  for (const EarlierHistory& each : all) {
    const bool meets = each.tag == tag.id && each.first_ns && *each.first_ns < window.end_ns &&
                       *each.last_ns >= window.start_ns;
    if (meets) met.push_back(each);
  }
  return met;
}

std::vector<Evidence> PlantTool::about_earlier(const ToolCall& call,
                                               const std::vector<EarlierHistory>& histories) const {
  std::vector<Evidence> facts;
  for (const EarlierHistory& each : histories) {
    Evidence evidence = about(call, *call.view->stored_tag(each.name.id), "earlier");
    evidence.text = each.name.id;
    evidence.ts_ns = each.last_ns;
    evidence.window = TimeWindow{*each.first_ns, *each.last_ns + 1};
    facts.push_back(std::move(evidence));
  }
  return facts;
}

Result<std::vector<SeriesPoint>> PlantTool::trend(const ToolCall& call, const Tag& tag,
                                                  TimeWindow window) const {
  std::vector<SeriesPoint> points;
  if (is_text(tag.kind)) return points;
  MW_ASSIGN(const Series series, plant_.series(call.who, tag.id, window, kTrendPoints));
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();  // a gap
  for (const Bucket& bucket : series.points) {
    points.push_back({bucket.ts_ns, bucket.mean.value_or(kNone), bucket.min.value_or(kNone),
                      bucket.max.value_or(kNone)});
  }
  return points;
}

Json text_schema(const char* description) {
  Json schema;
  schema["type"] = "string";
  schema["description"] = description;
  return schema;
}
Json tag_schema() { return text_schema("exact identifier, such as cnc-2/spindle_temperature"); }
Json asset_schema() { return text_schema("exact identifier, such as cnc-2"); }

Json choice_schema(const std::vector<std::string>& choices) {
  Json schema;
  schema["type"] = "string";
  schema["enum"] = choices;
  return schema;
}

Json window_schema() {
  Json milliseconds;
  milliseconds["type"] = "integer";
  milliseconds["description"] = "milliseconds since 1970, UTC";
  Json schema;
  schema["type"] = "object";
  schema["properties"]["start_ms"] = milliseconds;
  schema["properties"]["end_ms"] = milliseconds;
  schema["required"] = {"start_ms", "end_ms"};
  schema["additionalProperties"] = false;
  return schema;
}

Result<std::string> text_argument(const ToolCall& call, const char* name) {
  return json_string(call.arguments, name);
}

Result<const Tag*> find_visible_tag(const ToolCall& call, const std::string& id,
                                    const std::string& name) {
  const Tag* tag = call.view->tag(id);
  if (tag == nullptr) return unknown(name, id, "tag", "测点");
  return tag;
}

Result<const Tag*> tag_argument(const ToolCall& call, const char* name) {
  MW_ASSIGN(const std::string id, text_argument(call, name));
  if (id.empty()) return missing(name, "a tag's identifier");
  return find_visible_tag(call, id, name);
}

Result<const Asset*> asset_argument(const ToolCall& call, const char* name) {
  MW_ASSIGN(const std::string id, text_argument(call, name));
  if (id.empty()) return missing(name, "an asset's identifier");
  const Asset* asset = call.view->asset(id);
  if (asset == nullptr) return unknown(name, id, "asset", "设备");
  return asset;
}

Result<TimeWindow> window_argument(const ToolCall& call, const char* name) {
  constexpr int64_t kMostMs = INT64_MAX / kNsPerMs;
  const auto found = call.arguments.find(name);
  if (found == call.arguments.end() || !found->is_object()) {
    return missing(name, "{\"start_ms\": ..., \"end_ms\": ...}");
  }
  const Result<int64_t> start_ms = json_integer(*found, "start_ms", -1);
  const Result<int64_t> end_ms = json_integer(*found, "end_ms", -1);
  const auto valid = [](const Result<int64_t>& ms) { return ms && *ms >= 0 && *ms <= kMostMs; };
  if (!valid(start_ms)) return missing(std::string(name) + ".start_ms", "milliseconds since 1970");
  if (!valid(end_ms)) return missing(std::string(name) + ".end_ms", "milliseconds since 1970");
  TimeWindow window{*start_ms * kNsPerMs, *end_ms * kNsPerMs};
  if (window.start_ns >= window.end_ns) {
    return Error::make(Code::kInvalidArgument, "'" + std::string(name) + "' ends before it starts",
                       "时间段“" + std::string(name) + "”的终点早于起点", name);
  }
  if (window.start_ns >= call.now_ns) {
    return Error::make(Code::kInvalidArgument, "'" + std::string(name) + "' lies in the future",
                       "时间段“" + std::string(name) + "”在将来，还没有数据", name);
  }
  window.end_ns = std::min(window.end_ns, call.now_ns);
  return window;
}

bool mentions(const std::vector<std::string>& names, const std::string& text) {
  const auto lower = [](std::string value) {
    for (char& c : value) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return value;
  };
  const std::string wanted = lower(text);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return lower(name).find(wanted) != std::string::npos;
  });
}

}  // namespace mw::plant
