#include "server/api.h"

#include "server/api/api_state.h"

namespace mw::server {

ApiState::ApiState(ApiParts given)
    : parts(std::move(given)),
      admission(
          std::make_shared<openai::Admission>(parts.answers_per_client, parts.answers_in_all)),
      responses(std::make_shared<openai::ResponseStore>(parts.responses, parts.clock, parts.log)),
      audit_job(parts.audit),
      system(parts),
      events(parts, system, *requests),
      importing({"another import", "另一个导入"}, parts.log),
      exporting({"another export", "另一个导出"}, parts.log),
      previewing({"another preview", "另一个预览"}, parts.log),
      training({"another training", "另一个训练"}, parts.log) {}

Handler in_turn(const std::shared_ptr<ApiState>& state, Turns ApiState::*turns, Handler handler) {
  return [state, turns, handler](const std::shared_ptr<Exchange>& exchange) {
    ((*state).*turns).take(exchange, handler);
  };
}

Error absent(const std::string& en, const std::string& zh) {
  return Error::make(Code::kUnavailable, en, zh);
}

Api::Api(ApiParts parts) {
  if (!parts.metrics) parts.metrics = std::make_shared<ServerMetrics>();
  if (!parts.clock) parts.clock = std::make_shared<SystemClock>();
  state_ = std::make_shared<ApiState>(std::move(parts));
  register_process_metrics(state_->parts);
  register_upstream_metrics(state_->parts);
  state_->events.start();
}

Api::~Api() {
  state_->events.stop();
  for (Turns* turns :
       {&state_->importing, &state_->exporting, &state_->previewing, &state_->training}) {
    turns->stop();  // its work holds the state
  }
  if (state_->parts.upstreams) state_->parts.upstreams->wait();  // its jobs hold the state
}

Router Api::router() const {
  Router router;
  add_health_routes(router, state_);
  add_openai_routes(router, state_);
  add_response_routes(router, state_);
  add_embedding_routes(router, state_);
  add_ask_route(router, state_);
  add_report_routes(router, state_);
  add_plant_routes(router, state_);
  add_oee_route(router, state_);
  add_batch_routes(router, state_);
  add_plant_event_routes(router, state_);
  add_connector_routes(router, state_);
  add_push_route(router, state_);
  add_csv_route(router, state_);
  add_point_routes(router, state_);
  add_csv_export_route(router, state_);
  add_alarm_routes(router, state_);
  add_machine_health_routes(router, state_);
  add_model_routes(router, state_);
  add_system_routes(router, state_);
  add_request_routes(router, state_);
  add_session_routes(router, state_);
  add_oidc_routes(router, state_);
  add_own_routes(router, state_);
  add_people_routes(router, state_);
  add_group_routes(router, state_);
  add_key_routes(router, state_);
  add_audit_routes(router, state_);
  add_setup_routes(router, state_);
  const auto& system = state_->parts.system;
  add_description_route(router, system ? system->facts().version : std::string("0"));
  add_console_routes(router);
  return router;
}

}  // namespace mw::server
