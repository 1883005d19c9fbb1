// The health of machines, the cases that were opened for them, and what people do about both.
#include "core/json.h"
#include "maintenance/health_monitor.h"
#include "security/rights.h"
#include "server/api/api_state.h"
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::HealthCase;
using maintenance::HealthView;

constexpr int64_t kLatestTrainingMs = INT64_MAX / kNsPerMs;
constexpr int64_t kMostCases = 200;

Json known_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Text name_of_state(const plant::Catalogue& catalogue, const std::string& asset,
                   const std::string& state) {
  const plant::Asset* found = catalogue.asset(asset);
  if (found == nullptr || state.empty() || found->state_tag.empty()) return {};
  return catalogue.state_name(*found, state);
}

Json shadow_json(const maintenance::ShadowView& shadow) {
  return {{"version", shadow.version},
          {"verdict", verdict_name(shadow.point.verdict)},
          {"index", known_or_null(shadow.point.index)},
          {"since_ms", to_ms(shadow.since_ns)},
          {"would_alarms", shadow.would_alarms}};
}

Json view_json(const HealthView& view, const Identity& who, const plant::Catalogue& catalogue) {
  Json contributions = Json::array();
  for (std::size_t j = 0; j < view.point.contributions.size(); ++j) {
    contributions.push_back({{"tag", view.tags[j]}, {"share", view.point.contributions[j]}});
  }
  const auto& point = view.point;
  return {{"asset", view.asset},
          {"line", view.line},
          {"verdict", view.card ? std::string(verdict_name(point.verdict)) : "not_trained"},
          {"state", point.state},
          {"state_name", to_json(name_of_state(catalogue, view.asset, point.state))},
          {"index", known_or_null(point.index)},
          {"score", known_or_null(point.score)},
          {"contributions", std::move(contributions)},
          {"sensor", point.sensor},
          {"sensor_fault", to_json(point.fault == maintenance::SensorFault::kNone
                                       ? Text{}
                                       : maintenance::fault_text(point.fault))},
          {"at_ms", time_or_null(view.ts_ns)},
          {"open_case", view.open_case},
          {"budget",
           {{"most_false", view.budget.most_false},
            {"spent", view.budget.spent},
            {"open", view.budget.open},
            {"exceeded", view.budget.exceeded}}},
          {"shadow", view.shadow ? shadow_json(*view.shadow) : Json()},
          {"may_train", who.may(Role::kEngineer, view.line)},
          {"card", view.card ? card_json(*view.card) : Json()}};
}

Json additions_json(const HealthCase& one) {
  Json out = Json::array();
  for (const maintenance::CaseAddition& each : one.also) {
    Json line = maintenance::to_json(each.evidence);
    line["since_ms"] = to_ms(each.since_ns);
    out.push_back(std::move(line));
  }
  return out;
}

Json short_case_json(const HealthCase& one, const plant::Catalogue& catalogue) {
  return {{"number", one.number},
          {"asset", one.asset},
          {"line", one.line},
          {"opened_ms", to_ms(one.opened_ns)},
          {"window", window_json(one.window)},
          {"state", one.state},
          {"state_name", to_json(name_of_state(catalogue, one.asset, one.state))},
          {"model_version", one.model_version},
          {"score", one.score},
          {"threshold", one.threshold},
          {"simulated", one.simulated},
          {"kind", kind_name(one.kind)},
          {"evidence", evidence_json(one)},
          {"also", additions_json(one)},
          {"outcome", outcome_name(one.outcome)},
          {"note", one.note},
          {"decided_by", one.decided_by},
          {"decided_ms", time_or_null(one.decided_ns)}};
}

Json case_json(const ApiState& state, const Identity& who, const HealthCase& one) {
  Json out = short_case_json(one, *state.parts.plant->catalogue(who));
  const auto nearest = state.parts.health->nearest(who, one);
  out["nearest"] = Json();
  if (nearest) {
    if (const auto past = state.parts.health->find_case(who, nearest->number)) {
      out["nearest"] = {{"number", past->number},
                        {"asset", past->asset},
                        {"similarity", nearest->similarity},
                        {"outcome", outcome_name(past->outcome)},
                        {"note", past->note}};
      const auto done = state.parts.health->accepted_work(who, past->number);
      out["nearest"]["work"] = done ? done->order["title"] : Json();
    }
  }
  // A machine that is gone has cases still, but nothing is known of it any more.
  const auto draft = state.parts.health->work_order(who, one.number, {});
  out["work_order"] = draft ? maintenance::to_json(*draft) : Json();
  const auto accepted = state.parts.health->accepted_work(who, one.number);
  out["accepted_work"] = accepted ? accepted_work_json(*accepted) : Json();
  out["recorded"] = state.parts.health->is_recorded(one.number);
  out["may_decide"] = who.may(Role::kOperator, one.line);
  out["may_accept"] = who.may(Role::kEngineer, one.line);
  return out;
}

Result<Json> health(const ApiState& state, const HttpRequest& request) {
  const auto catalogue = state.parts.plant->catalogue(request.who);
  Json machines = Json::array();
  for (const HealthView& view : state.parts.health->list(request.who)) {
    machines.push_back(view_json(view, request.who, *catalogue));
  }
  return Json{{"machines", std::move(machines)}, {"simulated", state.parts.plant->simulated()}};
}

Result<Json> cases(const ApiState& state, const HttpRequest& request) {
  const auto catalogue = state.parts.plant->catalogue(request.who);
  Json list = Json::array();
  for (const HealthCase& one : state.parts.health->cases(request.who)) {
    if (list.size() >= kMostCases) break;
    list.push_back(short_case_json(one, *catalogue));
  }
  return Json{{"cases", std::move(list)}};
}

Result<Json> one_case(const ApiState& state, const HttpRequest& request) {
  const int64_t number = case_number(request);
  MW_ASSIGN(const HealthCase one, state.parts.health->find_case(request.who, number));
  return case_json(state, request.who, one);
}

Result<Json> outcome(const ApiState& state, const HttpRequest& request) {
  const int64_t number = case_number(request);
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  MW_ASSIGN(const std::string name, json_string(body, "outcome"));
  MW_ASSIGN(const std::string note, json_string(body, "note"));
  const auto wanted = maintenance::outcome_of(name).value_or(maintenance::CaseOutcome::kOpen);
  MW_ASSIGN(const HealthCase one, state.parts.health->decide(request.who, number, wanted, note));
  return case_json(state, request.who, one);
}

Result<Json> train(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  maintenance::HealthMonitor::TrainOrder order;
  MW_ASSIGN(order.asset, json_string(body, "asset"));
  MW_ASSIGN(const int64_t from, json_integer(body, "from_ms", -1));
  MW_ASSIGN(const int64_t to, json_integer(body, "to_ms", -1));
  if (from < 0 || to < 0 || from > kLatestTrainingMs || to > kLatestTrainingMs) {
    return Error::make(Code::kInvalidArgument,
                       "'from_ms' and 'to_ms': name the stretch in which the machine was normal",
                       "“from_ms”与“to_ms”：请指定设备正常运行的时段", "from_ms");
  }
  order.window = {from * kNsPerMs, to * kNsPerMs};
  MW_ASSIGN(order.contract.most_false, json_number(body, "most_false", 1));
  MW_ASSIGN(order.contract.days, json_number(body, "days", 30));
  MW_ASSIGN(const auto learned, state.parts.health->train(request.who, order));
  Json out = card_json(learned.card);
  out["in_shadow"] = learned.in_shadow;
  return out;
}

}  // namespace

void add_machine_health_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_machine_route(
      router, state, Method::kGet, "/api/maintenance/health",
      {.operation = "listMachineHealth",
       .summary = "Machines worst first: health index, verdict, which tags deviate, alarm budget",
       .request_schema = {},
       .response_schema = "MachineHealthList"},
      health);
  add_machine_route(router, state, Method::kGet, "/api/maintenance/cases",
                    {.operation = "listMaintenanceCases",
                     .summary = "Machines that ran unlike normal, newest first",
                     .request_schema = {},
                     .response_schema = "MaintenanceCaseList"},
                    cases);
  add_machine_route(router, state, Method::kGet, "/api/maintenance/cases/{case}",
                    {.operation = "getMaintenanceCase",
                     .summary = "A case with the nearest past one and a proposed work order",
                     .request_schema = {},
                     .response_schema = "MaintenanceCase"},
                    one_case);
  add_machine_route(router, state, Method::kPost, "/api/maintenance/cases/{case}/outcome",
                    {.operation = "decideMaintenanceCase",
                     .summary = "What was found at the machine",
                     .request_schema = "MaintenanceOutcome",
                     .response_schema = "MaintenanceCase"},
                    outcome, security::Role::kOperator);
  add_machine_route(router, state, Method::kPost, "/api/maintenance/models",
                    {.operation = "trainHealthModel",
                     .summary = "Learns what is normal for a machine from a stretch of its history",
                     .request_schema = "HealthTraining",
                     .response_schema = "HealthCard"},
                    train, security::Role::kEngineer, &ApiState::training);
  add_health_version_routes(router, state);
  add_health_replay_routes(router, state);
  add_health_schedule_routes(router, state);
  add_case_recording_routes(router, state);
  add_maintenance_card_routes(router, state);
  add_work_order_routes(router, state);
  add_life_routes(router, state);
  add_training_routes(router, state);
  add_table_routes(router, state);
  add_vibration_routes(router, state);
}

}  // namespace mw::server
