// Versions of a machine's health model: in shadow, and decided upon.
#include "security/rights.h"
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::VersionDecision;
using maintenance::VersionsView;

Json replay_json(const maintenance::HealthReplay& replay, const maintenance::HealthMonitor& health,
                 const Identity& who, const maintenance::AlarmContract& contract) {
  Json cases = Json::array();
  for (const maintenance::CaseReplay& each : replay.cases) {
    const auto found = health.find_case(who, each.number);
    if (!found) continue;
    cases.push_back({{"number", each.number},
                     {"outcome", outcome_name(found->outcome)},
                     {"opened_ms", to_ms(found->opened_ns)},
                     {"answer", answer_name(each.answer)},
                     {"lead_s", each.lead_s},
                     {"from_recording", each.from_recording}});
  }
  Json beside = Json::array();
  for (const maintenance::ReplayAlarm& each : replay.beside) {
    beside.push_back(
        {{"from_ms", to_ms(each.from_ns)}, {"to_ms", to_ms(each.to_ns)}, {"score", each.score}});
  }
  return {{"version", replay.version},
          {"made_by", replay.made_by},
          {"made_ms", to_ms(replay.made_ns)},
          {"window", window_json(replay.window)},
          {"judged_days", replay.judged_days},
          {"score", contract_score_json(replay.contract)},
          {"text", to_json(maintenance::replay_text(replay.contract, contract))},
          {"cases", std::move(cases)},
          {"beside", std::move(beside)},
          {"beside_count", replay.beside_count}};
}

Result<Json> versions_json(const ApiState& state, const Identity& who, const VersionsView& view) {
  MW_ASSIGN(const auto job, state.parts.health->replay_job(who, view.asset));
  Json versions = Json::array();
  for (const maintenance::VersionView& each : view.versions) {
    Json shut = Json::array();
    for (const Text& why : each.shut) shut.push_back(to_json(why));
    const auto contract = each.card ? each.card->contract : maintenance::AlarmContract{};
    versions.push_back(
        {{"version", each.state.version},
         {"stage", stage_name(each.state.stage)},
         {"who", each.state.who},
         {"at_ms", to_ms(each.state.at_ns)},
         {"would_alarms", each.state.would_alarm_ns.size()},
         {"card", each.card ? card_json(*each.card) : Json()},
         {"replay",
          each.replay ? replay_json(*each.replay, *state.parts.health, who, contract) : Json()},
         {"shut", std::move(shut)}});
  }
  return Json{{"asset", view.asset},
              {"line", view.line},
              {"versions", std::move(versions)},
              {"before", view.before},
              {"replay_job", replay_job_json(job)},
              {"may_decide", who.may(Role::kEngineer, view.line)}};
}

Result<Json> versions(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  MW_ASSIGN(const VersionsView view, state.parts.health->versions(request.who, asset));
  return versions_json(state, request.who, view);
}

Result<VersionDecision> decision_of(const Json& body) {
  MW_ASSIGN(const std::string name, json_string(body, "decision"));
  if (name == "promote") return VersionDecision::kPromote;
  if (name == "reject") return VersionDecision::kReject;
  if (name == "rollback") return VersionDecision::kRollBack;
  return Error::make(Code::kInvalidArgument, "'decision': expected promote, reject or rollback",
                     "“decision”应为 promote、reject 或 rollback", "decision");
}

Result<Json> decide(const ApiState& state, const HttpRequest& request) {
  const std::string asset(request.path_value("asset"));
  MW_ASSIGN(const Json body, parse_json(request.body, 8));
  MW_ASSIGN(const int64_t version, json_integer(body, "version", 0));
  MW_ASSIGN(const VersionDecision decision, decision_of(body));
  MW_ASSIGN(const VersionsView view,
            state.parts.health->decide_version(request.who, asset, version, decision));
  return versions_json(state, request.who, view);
}

}  // namespace

void add_health_version_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_machine_route(router, state, Method::kGet, "/api/maintenance/models/{asset}",
                    {.operation = "listHealthModelVersions",
                     .summary = "Versions of a machine's health model: live, in shadow, and before",
                     .request_schema = {},
                     .response_schema = "HealthVersions"},
                    versions);
  add_machine_route(
      router, state, Method::kPost, "/api/maintenance/models/{asset}/decisions",
      {.operation = "decideHealthModelVersion",
       .summary = "Promotes or rejects the version in shadow, or goes back to the one "
                  "before",
       .request_schema = "HealthVersionDecision",
       .response_schema = "HealthVersions"},
      decide, security::Role::kEngineer);
}

}  // namespace mw::server
