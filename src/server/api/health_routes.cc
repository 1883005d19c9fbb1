// Liveness and readiness. Live means that the process answers; ready that the default model does.
// A server without a model is live: it still shows the plant and says what is missing.
#include "server/api/api_state.h"
#include "server/http/api_error.h"

namespace mw::server {

void add_health_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  for (const char* path : {"/healthz", "/health"}) {
    Route live;
    live.method = Method::kGet;
    live.pattern = path;
    live.doc = {.operation = path + 1,  // without the slash
                .summary = "200 while the process answers",
                .request_schema = {},
                .response_schema = "Health"};
    live.needs_key = false;
    live.handler = [](const std::shared_ptr<Exchange>& exchange) {
      exchange->respond(json_response({{"status", "ok"}}));
    };
    router.add(std::move(live));
  }
  Route ready;
  ready.method = Method::kGet;
  ready.pattern = "/readyz";
  ready.doc = {.operation = "readyz",
               .summary = "200 when the default model can answer, else 503 and why",
               .request_schema = {},
               .response_schema = "Health"};
  ready.needs_key = false;
  ready.runs_on = RunsOn::kWorker;
  ready.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.models) {
      exchange->respond(error_response(absent("no model is served", "未提供模型")));
      return;
    }
    const auto model = state->parts.models->find("");
    if (!model) {
      Error error = model.error();
      error.code = Code::kUnavailable;  // whatever the reason: not ready
      exchange->respond(error_response(error));
      return;
    }
    exchange->respond(json_response({{"status", "ready"}, {"model", (*model)->name}}));
  };
  router.add(std::move(ready));
}

}  // namespace mw::server
