#include "server/api/api_state.h"
#include "server/http/api_error.h"

namespace mw::server {

void add_system_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route system;
  system.method = Method::kGet;
  system.pattern = "/api/system";
  system.doc = {.operation = "getSystem",
                .summary = "Version, memory, speed, latencies, ingest and disk",
                .request_schema = {},
                .response_schema = "System"};
  system.runs_on = RunsOn::kWorker;
  system.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    exchange->respond(json_response(state->system.json(exchange->request().who)));
  };
  router.add(std::move(system));

  Route events;
  events.method = Method::kGet;
  events.pattern = "/api/events";
  events.doc = {.operation = "streamEvents",
                .summary = "One stream of all that changes: plant, system, models, requests",
                .request_schema = {},
                .response_schema = {}};
  events.doc.event_schema = "LiveEvent";
  events.runs_on = RunsOn::kWorker;
  events.endless = true;
  events.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    const Result<void> added = state->events.add(exchange);
    if (!added) exchange->respond(error_response(added.error()));
  };
  router.add(std::move(events));

  Route metrics;
  metrics.method = Method::kGet;
  metrics.pattern = "/metrics";
  metrics.doc = {.operation = "getMetrics",
                 .summary = "Counters and histograms in Prometheus' text format",
                 .request_schema = {},
                 .response_schema = {},
                 .response_type = "text/plain; version=0.0.4; charset=utf-8"};
  metrics.runs_on = RunsOn::kWorker;
  metrics.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = state->parts.metrics->registry.text();
    // Names of connections would tell of lines that the asker does not see.
    if (exchange->request().who.may_see_line("*")) {
      response.body += state->parts.metrics->plant_registry.text();
    }
    exchange->respond(std::move(response));
  };
  router.add(std::move(metrics));
}

}  // namespace mw::server
