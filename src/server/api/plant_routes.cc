#include "server/api/api_state.h"
#include "server/api/plant_json.h"
#include "server/api/query_integer.h"
#include "server/api/query_interpolation.h"
#include "server/api/query_parameter.h"
#include "server/api/query_tag.h"
#include "server/api/query_window.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr int kDefaultPoints = 300;
constexpr int kMaxPoints = 2000;
constexpr int64_t kDefaultNs = 10 * kNsPerMinute;

Result<Json> series_of(const HttpRequest& request, plant::Plant& plant) {
  const auto catalogue = plant.catalogue(request.who);
  MW_ASSIGN(const plant::Tag* tag, query_tag(request, *catalogue));
  MW_ASSIGN(const TimeWindow window, query_window(request, plant.now_ns(), kDefaultNs));
  MW_ASSIGN(const auto points, query_integer(request, "points", 2, kMaxPoints));
  Json out = {{"tag", tag->id},
              {"goes_on_as", goes_on_as_json(*tag)},
              {"unit", tag->unit},
              {"name", to_json(tag->name)},
              {"simulated", plant.simulated()},
              {"from_ms", to_ms(window.start_ns)},
              {"to_ms", to_ms(window.end_ns)},
              {"points", Json::array()},
              {"spans", Json::array()},
              {"good_share", 0},
              {"bucket_ms", 0},
              {"resolution_ms", 0},
              {"interpolation", "stepped"},
              {"stepped_instead", false}};
  MW_ASSIGN(const auto asked, query_interpolation(request));
  if (plant::is_text(tag->kind) && asked != plant::Interpolation::kLinear) {
    MW_ASSIGN(const plant::StateHistory history, plant.state_history(request.who, tag->id, window));
    for (const plant::StateSpan& span : history.spans) {
      out["spans"].push_back(Json::array({to_ms(span.start_ns), to_ms(span.end_ns), span.state}));
    }
    out["good_share"] = history.good_share;
    return out;
  }
  MW_ASSIGN(const plant::Series series,
            plant.series(request.who, tag->id, window,
                         static_cast<int>(points.value_or(kDefaultPoints)), asked));
  out["points"] = points_json(series.points);
  out["good_share"] = series.good_share;
  out["bucket_ms"] = series.bucket_ns / kNsPerMs;
  out["resolution_ms"] = series.basis.resolution_ns / kNsPerMs;
  out["interpolation"] = plant::interpolation_name(series.basis.interpolation);
  out["stepped_instead"] = series.basis.stepped_instead;
  return out;
}

}  // namespace

void add_plant_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route plant;
  plant.method = Method::kGet;
  plant.pattern = "/api/plant";
  plant.doc = {.operation = "getPlant",
               .summary = "The asset tree with the newest value of each tag",
               .request_schema = {},
               .response_schema = "Plant"};
  plant.runs_on = RunsOn::kWorker;
  plant.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    const Identity& who = exchange->request().who;
    const auto catalogue = state->parts.plant->catalogue(who);
    exchange->respond(json_response(plant_json(state->parts.plant->snapshot(who), *catalogue)));
  };
  router.add(std::move(plant));

  Route series;
  series.method = Method::kGet;
  series.pattern = "/api/plant/series";
  series.doc = {.operation = "getSeries",
                .summary = "The samples of a tag over a window, thinned to a number of points",
                .request_schema = {},
                .response_schema = "Series"};
  series.doc.parameters = {
      query_parameter("tag", "string", "Identifier from GET /api/plant", true),
      query_parameter("from_ms", "integer",
                      "Start, ms since 1970 UTC; default ten minutes before to_ms", false),
      query_parameter("to_ms", "integer", "End, exclusive; default now", false),
      query_parameter("points", "integer", "At most so many points, 2 to 2000; default 300", false),
      interpolation_parameter()};
  series.runs_on = RunsOn::kWorker;
  series.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    const Result<Json> answer = series_of(exchange->request(), *state->parts.plant);
    exchange->respond(answer ? json_response(*answer) : error_response(answer.error()));
  };
  router.add(std::move(series));
}

}  // namespace mw::server
