#include "server/api/machine_health_json.h"

#include "server/api/plant_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr uint64_t kHealthBodyBytes = 16 << 10;

}  // namespace

Json window_json(const TimeWindow& window) {
  return {{"from_ms", to_ms(window.start_ns)}, {"to_ms", to_ms(window.end_ns)}};
}

Json contract_score_json(const maintenance::ContractReplay& replay) {
  return {{"alarms", replay.alarms},     {"days", replay.days},           {"rate", replay.rate},
          {"rate_low", replay.rate_low}, {"rate_high", replay.rate_high}, {"kept", replay.kept}};
}

Json card_json(const maintenance::HealthCard& card) {
  Json left_out = Json::array();
  for (const TimeWindow& each : card.left_out) left_out.push_back(window_json(each));
  return {{"version", card.version},
          {"trained_by", card.trained_by},
          {"trained_ms", to_ms(card.trained_ns)},
          {"step_s", card.step_s},
          {"split", "time_block"},
          {"fit", window_json(card.fit)},
          {"threshold_window", window_json(card.calibration)},
          {"replay_window", window_json(card.replay_window)},
          {"left_out", std::move(left_out)},
          {"most_false", card.contract.most_false},
          {"days", card.contract.days},
          {"threshold", card.threshold.score},
          {"blocks", card.threshold.blocks},
          {"block_s", card.threshold.block_s},
          {"p_value", card.threshold.p_value},
          {"replay", to_json(maintenance::replay_text(card.replay, card.contract))},
          {"replay_score", contract_score_json(card.replay)},
          {"simulated", card.simulated},
          {"flat_tags", card.flat_tags},
          {"unchecked_tags", card.unchecked_tags},
          {"rare_states", card.rare_states}};
}

int64_t case_number(const HttpRequest& request) {
  const std::string_view text = request.path_value("case");
  int64_t number = 0;
  for (const char each : text) {
    if (each < '0' || each > '9' || number > 1'000'000'000'000) {
      number = -1;
      break;
    }
    number = 10 * number + (each - '0');
  }
  return number;
}

std::optional<Error> why_unwatched(const ApiState& state) {
  if (!state.parts.plant) return absent("no plant is connected", "未连接工厂");
  if (!state.parts.health) {
    return absent("no machine is watched: see the server's log",
                  "未监测任何设备，请查看服务器日志");
  }
  return std::nullopt;
}

Route machine_route(Method method, const char* pattern, RouteDoc doc) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.doc = std::move(doc);
  if (!route.doc.request_schema.empty()) route.body_limit_bytes = kHealthBodyBytes;
  route.runs_on = RunsOn::kBlocking;  // a training reads days of samples
  route.time_limit_ms = 300'000;
  return route;
}

void add_machine_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                       const char* pattern, RouteDoc doc, MachineAnswer answer,
                       security::Role least_role, Turns ApiState::*turns) {
  Route route = machine_route(method, pattern, std::move(doc));
  route.least_role = least_role;
  const int status = route.doc.success_status;
  route.handler = [state, answer, status](const std::shared_ptr<Exchange>& exchange) {
    if (const auto none = why_unwatched(*state)) {
      exchange->respond(error_response(*none));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    exchange->respond(done ? json_response(*done, status) : error_response(done.error()));
  };
  if (turns != nullptr) route.handler = in_turn(state, turns, route.handler);
  router.add(std::move(route));
}

}  // namespace mw::server
