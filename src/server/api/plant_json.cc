#include "server/api/plant_json.h"

#include <cmath>
#include <unordered_map>

namespace mw::server {
namespace {

Json number_or_null(std::optional<double> value) {
  return value.has_value() && std::isfinite(*value) ? Json(*value) : Json();
}

std::string_view kind_name(plant::TagKind kind) {
  switch (kind) {
    case plant::TagKind::kNumber:
      return "number";
    case plant::TagKind::kState:
      return "state";
    case plant::TagKind::kCounter:
      return "counter";
    case plant::TagKind::kText:
      return "text";
  }
  return "number";
}

Json abnormal_json(const std::vector<plant::Abnormal>& list) {
  Json out = Json::array();
  for (const plant::Abnormal& item : list) {
    out.push_back({{"tag", item.tag}, {"reason", to_json(item.reason)}});
  }
  return out;
}

Json enterprise_json(const plant::Catalogue& catalogue) {
  if (catalogue.enterprise().empty()) return {};
  return {{"id", catalogue.enterprise()}, {"name", to_json(catalogue.enterprise_name())}};
}

Json areas_json(const plant::Catalogue& catalogue) {
  Json out = Json::array();
  for (const plant::Area& area : catalogue.areas()) {
    out.push_back({{"id", area.id}, {"name", to_json(area.name)}});
  }
  return out;
}

Json lines_json(const plant::Catalogue& catalogue) {
  Json out = Json::array();
  for (const plant::Line& line : catalogue.lines()) {
    out.push_back({{"id", line.id}, {"name", to_json(line.name)}, {"area", line.area}});
  }
  return out;
}

Json cells_json(const plant::Catalogue& catalogue) {
  Json out = Json::array();
  for (const plant::Cell& cell : catalogue.cells()) {
    out.push_back({{"id", cell.id}, {"name", to_json(cell.name)}, {"line", cell.line}});
  }
  return out;
}

Json shifts_json(const plant::Catalogue& catalogue) {
  Json out = Json::array();
  for (const plant::Shift& shift : catalogue.shifts()) {
    out.push_back({{"id", shift.id}, {"name", to_json(shift.name)}, {"lines", shift.lines}});
  }
  return out;
}

Json tag_json(const plant::Tag& tag, const plant::TagValue* latest) {
  Json value = latest == nullptr ? value_json({}) : value_json(*latest);
  value.erase("tag");
  Json out = {{"id", tag.id},
              {"name", to_json(tag.name)},
              {"unit", tag.unit},
              {"low", number_or_null(tag.normal_low)},
              {"high", number_or_null(tag.normal_high)},
              {"key", tag.key},
              {"kind", kind_name(tag.kind)},
              {"component", tag.component},
              {"decimals", tag.decimals},
              {"latest", std::move(value)}};
  if (tag.earlier.empty()) return out;
  out["earlier"] = Json::array();
  for (const plant::EarlierName& each : tag.earlier) {
    out["earlier"].push_back({{"id", each.id}, {"unit", each.unit}});
  }
  return out;
}

}  // namespace

int64_t to_ms(TimeNs ts_ns) { return ts_ns / kNsPerMs; }
Json time_or_null(TimeNs ts_ns) { return ts_ns == 0 ? Json() : Json(to_ms(ts_ns)); }

Json to_json(const Text& text) { return {{"en", text.en}, {"zh", text.in(Language::kZh)}}; }

Json to_json(const plant::BrokerStatus& broker) {
  Json out = {{"configured", broker.configured},
              {"connected", broker.connected},
              {"since_ms", to_ms(broker.since_ns)},
              {"problem", nullptr}};
  if (!broker.connected && !broker.problem.en.empty()) out["problem"] = to_json(broker.problem);
  return out;
}

Json to_json(const plant::ConnectorStatus& connector) {
  return {
      {"name", connector.name},
      {"kind", connector.kind},
      {"address", connector.address},
      {"state", plant::connector_state_name(connector.state)},
      {"since_ms", to_ms(connector.since_ns)},
      {"problem", connector.problem_ns == 0 ? Json() : to_json(connector.problem)},
      {"problem_ms", time_or_null(connector.problem_ns)},
      {"tags", connector.tags},
      {"samples", connector.samples},
      {"refused", connector.refused},
      {"samples_s", connector.samples_per_s},
      {"last_sample_ms", time_or_null(connector.last_sample_ns)},
      {"gaps", connector.gaps},
      {"gap_start_ms", time_or_null(connector.gap_start_ns)},
      {"gap_end_ms", time_or_null(connector.gap_end_ns)},
      {"backlog", connector.backlog ? Json(*connector.backlog) : Json()},
      {"waiting_since_ms", time_or_null(connector.waiting_since_ns)},
      {"skew_ms", connector.skew_ns ? Json(to_ms(*connector.skew_ns)) : Json()},
      {"certificate_expires_ms",
       connector.certificate_expires_ns ? Json(to_ms(*connector.certificate_expires_ns)) : Json()}};
}

Json connectors_json(const plant::Snapshot& snapshot) {
  Json out = Json::array();
  for (const plant::ConnectorStatus& each : snapshot.connectors) out.push_back(to_json(each));
  return out;
}

Json goes_on_as_json(const plant::Tag& tag) {
  return tag.goes_on_as.empty() ? Json() : Json(tag.goes_on_as);
}

Json value_json(const plant::TagValue& value) {
  Json out = {{"tag", value.tag},
              {"value", number_or_null(value.value)},
              {"text", value.text},
              {"ts_ms", to_ms(value.ts_ns)},
              {"quality", plant::quality_name(value.quality)},
              {"reason", nullptr}};
  if (value.quality != Quality::kGood) out["reason"] = to_json(plant::describe(value.reason));
  if (value.since_ns != 0) out["since_ms"] = to_ms(value.since_ns);
  return out;
}

Json state_json(const plant::AssetStatus& status, const plant::Catalogue& catalogue) {
  const plant::Asset* asset = catalogue.asset(status.asset);
  const Text name = asset == nullptr || status.state.empty()
                        ? Text{}
                        : catalogue.state_name(*asset, status.state);
  return {{"asset", status.asset},
          {"state", status.state},
          {"since_ms", to_ms(status.state_since_ns)},
          {"state_name", to_json(name)},
          {"abnormal", abnormal_json(status.abnormal)}};
}

Json plant_json(const plant::Snapshot& snapshot, const plant::Catalogue& catalogue) {
  std::unordered_map<std::string_view, const plant::TagValue*> latest;
  for (const plant::TagValue& value : snapshot.values) latest[value.tag] = &value;
  std::unordered_map<std::string_view, const plant::Line*> lines;
  for (const plant::Line& line : catalogue.lines()) lines[line.id] = &line;
  const auto component_list = [](const plant::Asset& asset) {
    Json out = Json::array();
    for (const plant::Component& each : asset.components) {
      out.push_back({{"id", each.id}, {"name", to_json(each.name)}});
    }
    return out;
  };
  Json assets = Json::array();
  for (const plant::AssetStatus& status : snapshot.assets) {
    const plant::Asset* asset = catalogue.asset(status.asset);
    if (asset == nullptr) continue;
    Json state = state_json(status, catalogue);
    Json states = Json::array();
    for (const plant::AssetState& each : asset->states) {
      states.push_back({{"id", each.id}, {"name", to_json(each.name)}});
    }
    Json tags = Json::array();
    for (const plant::Tag* tag : catalogue.tags_of(asset->id)) {
      const auto found = latest.find(tag->id);
      tags.push_back(tag_json(*tag, found == latest.end() ? nullptr : found->second));
    }
    const auto line = lines.find(asset->line);
    assets.push_back({{"id", asset->id},
                      {"name", to_json(asset->name)},
                      {"kind", asset->kind},
                      {"kind_name", to_json(asset->kind_name)},
                      {"path", catalogue.path_of(*asset)},
                      {"line", asset->line},
                      {"cell", asset->cell},
                      {"components", component_list(*asset)},
                      {"line_name", line == lines.end() ? Json() : to_json(line->second->name)},
                      {"state", state["state"]},
                      {"state_name", state["state_name"]},
                      {"state_since_ms", state["since_ms"]},
                      {"states", std::move(states)},
                      {"abnormal", state["abnormal"]},
                      {"tags", std::move(tags)}});
  }
  return {{"simulated", snapshot.simulated},
          {"site", snapshot.site},
          {"site_name", to_json(catalogue.site_name())},
          {"enterprise", enterprise_json(catalogue)},
          {"areas", areas_json(catalogue)},
          {"lines", lines_json(catalogue)},
          {"cells", cells_json(catalogue)},
          {"shifts", shifts_json(catalogue)},
          {"now_ms", to_ms(snapshot.now_ns)},
          {"broker", to_json(snapshot.broker)},
          {"connectors", connectors_json(snapshot)},
          {"assets", std::move(assets)}};
}

Json points_json(const std::vector<plant::Bucket>& points) {
  Json out = Json::array();
  for (const plant::Bucket& point : points) {
    out.push_back(Json::array({to_ms(point.ts_ns), number_or_null(point.mean),
                               number_or_null(point.min), number_or_null(point.max)}));
  }
  return out;
}

}  // namespace mw::server
