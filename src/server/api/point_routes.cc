// GET /api/plant/value: what a tag's value was at one time; GET /api/plant/statistics: what a
// window of it amounts to, both along lines or in steps (ADR 0131); GET /api/plant/earlier: what
// lies under the earlier names of a machine's tags (ADR 0145).
#include <cmath>

#include "server/api/plant_json.h"
#include "server/api/plant_route.h"
#include "server/api/query_integer.h"
#include "server/api/query_interpolation.h"
#include "server/api/query_parameter.h"
#include "server/api/query_tag.h"
#include "server/api/query_window.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultNs = kNsPerHour;

Json number_or_null(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json();
}

Json at_json(const std::optional<plant::ValueAt>& at) {
  if (!at) return {};
  return {{"value", number_or_null(at->value)}, {"ts_ms", to_ms(at->ts_ns)}};
}

Result<Json> value_of(const HttpRequest& request, const plant::Plant& plant) {
  const auto catalogue = plant.catalogue(request.who);
  MW_ASSIGN(const plant::Tag* tag, query_tag(request, *catalogue));
  MW_ASSIGN(const auto at_ms, query_integer(request, "at_ms", 0, INT64_MAX / kNsPerMs));
  if (!at_ms) {
    return Error::make(Code::kInvalidArgument, "'at_ms' is missing: milliseconds since 1970 UTC",
                       "缺少“at_ms”：自 1970 年（UTC）起的毫秒数", "at_ms");
  }
  MW_ASSIGN(const auto asked, query_interpolation(request));
  MW_ASSIGN(const plant::PointValue at,
            plant.value_at(request.who, tag->id, *at_ms * kNsPerMs, asked));
  const auto ms_or_null = [](const std::optional<TimeNs>& ts_ns) {
    return ts_ns ? Json(to_ms(*ts_ns)) : Json();
  };
  return Json{
      {"tag", tag->id},
      {"goes_on_as", goes_on_as_json(*tag)},
      {"unit", tag->unit},
      {"name", to_json(tag->name)},
      {"simulated", plant.simulated()},
      {"ts_ms", *at_ms},
      {"value", number_or_null(at.value)},
      {"text", at.text},
      {"how", plant::how_name(at.how)},
      {"quality", plant::quality_name(at.quality)},
      {"reason", at.quality == Quality::kGood ? Json() : to_json(plant::describe(at.reason))},
      {"before_ms", ms_or_null(at.before_ns)},
      {"after_ms", ms_or_null(at.after_ns)}};
}

Result<Json> statistics_of(const HttpRequest& request, const plant::Plant& plant) {
  const auto catalogue = plant.catalogue(request.who);
  MW_ASSIGN(const plant::Tag* tag, query_tag(request, *catalogue));
  MW_ASSIGN(const TimeWindow window, query_window(request, plant.now_ns(), kDefaultNs));
  MW_ASSIGN(const auto asked, query_interpolation(request));
  if (plant::is_text(tag->kind)) {
    return Error::make(Code::kInvalidArgument,
                       "'tag': '" + tag->id + "' is a state or a text, not a number",
                       "“tag”：“" + tag->id + "”是状态或文本，不是数值", "tag");
  }
  MW_ASSIGN(const plant::Aggregate sum, plant.aggregate(request.who, tag->id, window, asked));
  return Json{{"tag", tag->id},
              {"goes_on_as", goes_on_as_json(*tag)},
              {"unit", tag->unit},
              {"name", to_json(tag->name)},
              {"simulated", plant.simulated()},
              {"from_ms", to_ms(sum.basis.window.start_ns)},
              {"to_ms", to_ms(sum.basis.window.end_ns)},
              {"count", sum.count},
              {"bad_count", sum.bad_count},
              {"mean", number_or_null(sum.mean)},
              {"stddev", number_or_null(sum.stddev)},
              {"min", at_json(sum.min)},
              {"max", at_json(sum.max)},
              {"first", at_json(sum.first)},
              {"last", at_json(sum.last)},
              {"slope_per_minute", number_or_null(sum.slope_per_minute)},
              {"quality", plant::quality_name(sum.quality())},
              {"good_share", sum.good_share},
              {"usable_share", sum.usable_share},
              {"resolution_ms", sum.basis.resolution_ns / kNsPerMs},
              {"interpolation", plant::interpolation_name(sum.basis.interpolation)},
              {"stepped_instead", sum.basis.stepped_instead}};
}

Result<Json> earlier_of(const HttpRequest& request, const plant::Plant& plant) {
  const std::string asset(request.query_value("asset"));
  if (asset.empty()) {
    return Error::make(Code::kInvalidArgument, "'asset' is missing: see GET /api/plant",
                       "缺少“asset”：可用设备见 GET /api/plant", "asset");
  }
  MW_ASSIGN(const std::vector<plant::EarlierHistory> found, plant.earlier(request.who, asset));
  const auto ms_or_null = [](const std::optional<TimeNs>& ts_ns) {
    return ts_ns ? Json(to_ms(*ts_ns)) : Json();
  };
  Json histories = Json::array();
  for (const plant::EarlierHistory& each : found) {
    histories.push_back({{"tag", each.tag},
                         {"id", each.name.id},
                         {"unit", each.name.unit},
                         {"from_ms", ms_or_null(each.first_ns)},
                         {"to_ms", ms_or_null(each.last_ns)}});
  }
  return Json{
      {"asset", asset}, {"simulated", plant.simulated()}, {"histories", std::move(histories)}};
}

using Answer = Result<Json> (*)(const HttpRequest& request, const plant::Plant& plant);

void add(Router& router, const std::shared_ptr<ApiState>& state, Route route, Answer answer) {
  route.method = Method::kGet;
  route.runs_on = RunsOn::kWorker;
  add_plant_route(router, state, std::move(route),
                  [answer](const ApiState& asked, const HttpRequest& request) {
                    return answer(request, *asked.parts.plant);
                  });
}

}  // namespace

void add_point_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route value;
  value.pattern = "/api/plant/value";
  value.doc = {.operation = "getValueAt",
               .summary = "What the value of a tag was at one time, and what that rests on",
               .request_schema = {},
               .response_schema = "ValueAt"};
  value.doc.parameters = {
      query_parameter("tag", "string", "Identifier from GET /api/plant", true),
      query_parameter("at_ms", "integer", "Ms since 1970 UTC, not after now", true),
      interpolation_parameter()};
  add(router, state, std::move(value), &value_of);

  Route earlier;
  earlier.pattern = "/api/plant/earlier";
  earlier.doc = {.operation = "getEarlierHistories",
                 .summary = "What is stored of a machine's tags from before their unit changed",
                 .request_schema = {},
                 .response_schema = "EarlierHistories"};
  earlier.doc.parameters = {
      query_parameter("asset", "string", "Identifier from GET /api/plant", true)};
  add(router, state, std::move(earlier), &earlier_of);

  Route statistics;
  statistics.pattern = "/api/plant/statistics";
  statistics.doc = {
      .operation = "getStatistics",
      .summary = "Mean, extremes and trend of a tag over a window, weighted by time and quality",
      .request_schema = {},
      .response_schema = "Statistics"};
  statistics.doc.parameters = {
      query_parameter("tag", "string", "Identifier from GET /api/plant", true),
      query_parameter("from_ms", "integer",
                      "Start, ms since 1970 UTC; default an hour before to_ms", false),
      query_parameter("to_ms", "integer", "End, exclusive; default now", false),
      interpolation_parameter()};
  add(router, state, std::move(statistics), &statistics_of);
}

}  // namespace mw::server
