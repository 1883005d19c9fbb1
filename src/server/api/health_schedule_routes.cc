// When a machine is trained anew by itself (ADR 0141).
#include <algorithm>
#include <climits>

#include "security/rights.h"
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::RetrainSchedule;

Json schedule_json(const RetrainSchedule& one) {
  return {{"every_days", one.every_days},
          {"at", maintenance::time_of_day(one.minute)},
          {"history_days", one.history_days},
          {"most_false", one.contract.most_false},
          {"days", one.contract.days},
          {"promote", one.promote},
          {"by", one.by},
          {"set_ms", to_ms(one.set_ns)},
          {"next_ms", to_ms(one.next_ns)},
          {"last",
           {{"result", retrain_result_name(one.last.result)},
            {"version", one.last.version},
            {"at_ms", time_or_null(one.last.at_ns)},
            {"why", to_json(one.last.why)}}}};
}

Result<Json> told(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  const maintenance::HealthMonitor& health = *state.parts.health;
  MW_ASSIGN(const std::optional<RetrainSchedule> one, health.schedule(request.who, asset));
  const auto catalogue = state.parts.plant->catalogue(request.who);
  const plant::Asset* machine = catalogue->asset(asset);
  return Json{{"asset", asset},
              {"zone", health.zone().name()},
              {"may_set", machine != nullptr && request.who.may(Role::kEngineer, machine->line)},
              {"schedule", one ? schedule_json(*one) : Json()}};
}

Result<int> days_of(const Json& body, const char* name, int fallback) {
  MW_ASSIGN(const int64_t value, json_integer(body, name, fallback));
  return static_cast<int>(std::clamp<int64_t>(value, INT_MIN, INT_MAX));
}

Result<Json> set(const ApiState& state, const HttpRequest& request) {
  RetrainSchedule one;
  one.asset = std::string(request.path_value("asset"));
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  MW_ASSIGN(one.every_days, days_of(body, "every_days", one.every_days));
  MW_ASSIGN(one.history_days, days_of(body, "history_days", one.history_days));
  MW_ASSIGN(one.contract.most_false, json_number(body, "most_false", one.contract.most_false));
  MW_ASSIGN(one.contract.days, json_number(body, "days", one.contract.days));
  MW_ASSIGN(one.promote, json_bool(body, "promote", false));
  MW_ASSIGN(const std::string at, json_string(body, "at"));
  if (!at.empty()) {
    MW_ASSIGN(one.minute, maintenance::minute_of_day(at));
  }
  MW_TRY(state.parts.health->set_schedule(request.who, one));
  return told(state, request);
}

Result<Json> remove(const ApiState& state, const HttpRequest& request) {
  MW_TRY(
      state.parts.health->remove_schedule(request.who, std::string(request.path_value("asset"))));
  return told(state, request);
}

}  // namespace

void add_health_schedule_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  const char* path = "/api/maintenance/models/{asset}/schedule";
  add_machine_route(router, state, Method::kGet, path,
                    {.operation = "tellHealthSchedule",
                     .summary = "When a machine is trained anew by itself, and what came of it",
                     .request_schema = {},
                     .response_schema = "HealthSchedule"},
                    told);
  add_machine_route(router, state, Method::kPut, path,
                    {.operation = "setHealthSchedule",
                     .summary = "Trains a machine anew every so many days, in the name of whoever "
                                "sets it; its version runs in shadow and is replayed",
                     .request_schema = "HealthScheduleOrder",
                     .response_schema = "HealthSchedule"},
                    set, security::Role::kEngineer);
  add_machine_route(router, state, Method::kDelete, path,
                    {.operation = "removeHealthSchedule",
                     .summary = "The machine is trained by people alone again",
                     .request_schema = {},
                     .response_schema = "HealthSchedule"},
                    remove, security::Role::kEngineer);
}

}  // namespace mw::server
