// The samples around a case's alarm: for a chart, and as the file that import takes.
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr std::size_t kMostPoints = 450;  // of a tag: what a chart can show

Result<Json> recording(const ApiState& state, const HttpRequest& request) {
  const int64_t number = case_number(request);
  maintenance::HealthMonitor& health = *state.parts.health;
  MW_ASSIGN(const maintenance::HealthCase one, health.find_case(request.who, number));
  MW_ASSIGN(const maintenance::CaseRecording kept, health.recording(request.who, number));
  MW_ASSIGN(const auto readings, health.recorded(request.who, kept));
  const auto catalogue = state.parts.plant->catalogue(request.who);
  Json tags = Json::array();
  for (const plant::Tag* tag : catalogue->tags_of(one.asset)) {
    if (tag->kind != plant::TagKind::kNumber) continue;
    tags.push_back({{"tag", tag->id},
                    {"unit", tag->unit},
                    {"points", points_json(maintenance::recorded_points(
                                   readings, tag->id, kept.window, kMostPoints))}});
  }
  return Json{{"number", number},
              {"asset", one.asset},
              {"from_ms", to_ms(kept.window.start_ns)},
              {"to_ms", to_ms(kept.window.end_ns)},
              {"opened_ms", to_ms(one.opened_ns)},
              {"simulated", one.simulated},
              {"thinned", kept.thinned},
              {"tags", std::move(tags)}};
}

Result<HttpResponse> recording_file(const ApiState& state, const HttpRequest& request) {
  const int64_t number = case_number(request);
  MW_ASSIGN(maintenance::CaseRecording kept, state.parts.health->recording(request.who, number));
  HttpResponse response;
  response.content_type = "text/csv; charset=utf-8";
  response.headers = {
      {"Content-Disposition", "attachment; filename=\"case_" + std::to_string(number) + ".csv\""},
      {"Cache-Control", "no-store"}};
  response.body = std::move(kept.csv);
  return response;
}

}  // namespace

void add_case_recording_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_machine_route(router, state, Method::kGet, "/api/maintenance/cases/{case}/recording",
                    {.operation = "getCaseRecording",
                     .summary = "The samples from 10 minutes before a case's alarm to 5 after it, "
                                "for a chart; 404 until they are there",
                     .request_schema = {},
                     .response_schema = "CaseRecording"},
                    recording);
  Route route = machine_route(Method::kGet, "/api/maintenance/cases/{case}/recording/csv",
                              {.operation = "exportCaseRecording",
                               .summary = "The same samples as CSV, as they came",
                               .request_schema = {},
                               .response_schema = "CsvFile",
                               .response_type = "text/csv"});
  route.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (const auto none = why_unwatched(*state)) {
      exchange->respond(error_response(*none));
      return;
    }
    Result<HttpResponse> done = recording_file(*state, exchange->request());
    exchange->respond(done ? *std::move(done) : error_response(done.error()));
  };
  router.add(std::move(route));
}

}  // namespace mw::server
