#include "maintenance/live_life/life_source.h"

#include "maintenance/data/json_lists.h"

namespace mw::maintenance {
namespace {
constexpr const char* kFormat = "millwright-life-following-1";
constexpr std::size_t kMostColumns = 1000;
}  // namespace

Json to_json(const LifeFollowing& following) {
  Json columns = Json::object();
  for (const auto& [column, tag] : following.source.columns) columns[column] = tag;
  return {{"format", kFormat},
          {"asset", following.source.asset},
          {"model", following.model},
          {"columns", std::move(columns)},
          {"states", following.source.states},
          {"row_s", following.source.row_s},
          {"unit_s", following.unit_s},
          {"since_ns", following.since_ns},
          {"begins", following.begins},
          {"set_by", following.set_by},
          {"set_ns", following.set_ns}};
}

Result<LifeFollowing> following_from_json(const Json& json) {
  MW_ASSIGN(const std::string format, json_string(json, "format"));
  if (format != kFormat) return damaged_model("it is no following of this version");
  LifeFollowing out;
  MW_ASSIGN(out.source.asset, json_string(json, "asset"));
  MW_ASSIGN(out.model, json_string(json, "model"));
  MW_ASSIGN(const Json* columns, json_member(json, "columns"));
  for (const auto& [column, tag] : columns->items()) {
    if (!tag.is_string()) return damaged_model("'columns' holds something else than tags");
    out.source.columns.emplace_back(column, tag.get<std::string>());
  }
  MW_ASSIGN(out.source.states, json_strings(json, "states", kMostColumns));
  MW_ASSIGN(out.source.row_s, json_number(json, "row_s", 0));
  MW_ASSIGN(out.unit_s, json_number(json, "unit_s", 0));
  MW_ASSIGN(out.since_ns, json_integer(json, "since_ns", 0));
  MW_ASSIGN(out.begins, json_string(json, "begins"));
  MW_ASSIGN(out.set_by, json_string(json, "set_by"));
  MW_ASSIGN(out.set_ns, json_integer(json, "set_ns", 0));
  if (!(out.source.row_s > 0) || !(out.unit_s > 0) || out.source.columns.empty()) {
    return damaged_model("its times are not above zero, or it has no columns");
  }
  return out;
}

}  // namespace mw::maintenance
