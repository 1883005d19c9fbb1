// /api/connectors/{name}/history: how a way in or out of the plant did, minute by minute.
#include "server/api/plant_json.h"
#include "server/api/plant_route.h"
#include "server/api/query_integer.h"
#include "server/api/query_parameter.h"
#include "server/api/query_window.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultNs = kNsPerDay;
constexpr int64_t kDefaultPoints = 300;
constexpr int64_t kMostPoints = 2000;

Json point_json(const plant::ConnectorMinute& point) {
  return {{"t_ms", to_ms(point.start_ns)},
          {"state", plant::connector_state_name(point.state)},
          {"samples", point.samples},
          {"refused", point.refused},
          {"gaps", point.gaps},
          {"backlog", point.backlog ? Json(*point.backlog) : Json()},
          {"skew_ms", point.skew_ns ? Json(*point.skew_ns / kNsPerMs) : Json()}};
}

Result<Json> history(const ApiState& state, const HttpRequest& request) {
  const plant::Plant& plant = *state.parts.plant;
  MW_ASSIGN(const TimeWindow window, query_window(request, plant.now_ns(), kDefaultNs));
  MW_ASSIGN(const auto points, query_integer(request, "max_points", 2, kMostPoints));
  const std::string_view name = request.path_value("name");
  MW_ASSIGN(const plant::ConnectorHistory found,
            plant.connector_history(request.who, name, window,
                                    static_cast<int>(points.value_or(kDefaultPoints))));
  Json list = Json::array();
  for (const plant::ConnectorMinute& each : found.points) list.push_back(point_json(each));
  return Json{{"name", std::string(name)},
              {"from_ms", to_ms(window.start_ns)},
              {"to_ms", to_ms(window.end_ns)},
              {"step_ms", found.step_ns / kNsPerMs},
              {"points", std::move(list)}};
}

}  // namespace

void add_connector_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route;
  route.method = Method::kGet;
  route.pattern = "/api/connectors/{name}/history";
  route.doc = {
      .operation = "getConnectorHistory",
      .summary = "How a way in or out of the plant did: state, samples, what waited, clock",
      .request_schema = {},
      .response_schema = "ConnectorHistory",
      .parameters = {query_parameter("from_ms", "integer",
                                     "Start, ms since 1970 UTC; default a day before to_ms"),
                     query_parameter("to_ms", "integer", "End, exclusive; default now"),
                     query_parameter("max_points", "integer",
                                     "2 to 2000, default 300: minutes are put together to fit")}};
  route.runs_on = RunsOn::kBlocking;  // reads the store
  add_plant_route(router, state, std::move(route), &history);
}

}  // namespace mw::server
