#include "server/server_metrics.h"

namespace mw::server {

ServerMetrics::ServerMetrics()
    : connections_accepted(
          registry.counter("millwright_http_connections_accepted_total", "Connections accepted.")),
      connections_refused(registry.counter("millwright_http_connections_refused_total",
                                           "Connections refused at a limit.")),
      slow_readers_dropped(registry.counter("millwright_http_slow_readers_dropped_total",
                                            "Streams ended because their reader was too slow.")),
      timeouts(registry.counter("millwright_http_timeouts_total",
                                "Connections closed by a header, body, idle or write timeout.")),
      first_token_s_(registry.histogram("millwright_time_to_first_token_seconds",
                                        "From the request to its first token.",
                                        duration_bounds_s())),
      token_s_(registry.histogram("millwright_inter_token_seconds",
                                  "Between two tokens of one answer.", token_bounds_s())),
      queue_s_(registry.histogram("millwright_queue_seconds", "Waiting before the prompt is read.",
                                  duration_bounds_s())),
      prompt_tokens_(registry.counter("millwright_http_prompt_tokens_total",
                                      "Prompt tokens of finished requests.")),
      generated_tokens_(registry.counter("millwright_http_generated_tokens_total",
                                         "Tokens written for finished requests.")) {
  registry.gauge("millwright_http_connections", "Open connections.",
                 [this] { return static_cast<double>(connections.load()); });
  registry.gauge("millwright_http_streams", "Answers being streamed.",
                 [this] { return static_cast<double>(streams.load()); });
}

void ServerMetrics::request_done(const std::string& route, int status, double seconds) {
  const std::string labels = label("route", route) + "," + label("status", std::to_string(status));
  registry
      .histogram("millwright_http_request_duration_seconds",
                 "From the end of the request's header to the end of its answer.",
                 duration_bounds_s(), labels)
      .observe(seconds);
}

void ServerMetrics::generation_done(double queue_s, uint64_t prompt_tokens,
                                    uint64_t generated_tokens, const std::string& finish) {
  queue_s_.observe(queue_s);
  queue_ms.observe(queue_s * 1e3);
  prompt_tokens_.add(prompt_tokens);
  generated_tokens_.add(generated_tokens);
  registry
      .counter("millwright_generations_total", "Finished generations by why they ended.",
               label("finish", finish))
      .add();
}

void ServerMetrics::first_token(double seconds) {
  first_token_s_.observe(seconds);
  first_token_ms.observe(seconds * 1e3);
}

void ServerMetrics::token_interval(double seconds) {
  token_s_.observe(seconds);
  per_token_ms.observe(seconds * 1e3);
}

}  // namespace mw::server
