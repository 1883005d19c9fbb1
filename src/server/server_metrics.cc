#include "server/server_metrics.h"

#include "server/request_history.h"

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
      prefill_s_(registry.histogram("millwright_prefill_seconds",
                                    "Reading the prompt, to the first token.",
                                    duration_bounds_s())),
      decode_s_(registry.histogram("millwright_decode_seconds",
                                   "Writing, from the first token to the end.",
                                   duration_bounds_s())),
      cached_share_(registry.histogram("millwright_prompt_cached_share",
                                       "Part of each prompt that was found in the cache.",
                                       share_bounds())),
      first_token_ratio_(registry.histogram(
          "millwright_first_token_actual_to_predicted",
          "When the first token came, divided by what was predicted on submission.",
          ratio_bounds())),
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

void ServerMetrics::generation_done(const runtime::GenerateResult& result) {
  const auto seconds = [](int64_t ns) { return static_cast<double>(ns) / 1e9; };
  queue_s_.observe(seconds(result.queue_ns));
  queue_ms.observe(seconds(result.queue_ns) * 1e3);
  if (!result.ids.empty()) {  // only what was read, and what was written, has such a time
    prefill_s_.observe(seconds(result.prefill_ns));
    decode_s_.observe(seconds(result.decode_ns));
    if (result.prompt_tokens > 0) {
      cached_share_.observe(static_cast<double>(result.cached_prompt_tokens) /
                            static_cast<double>(result.prompt_tokens));
    }
    if (result.predicted_first_token_ns > 0) {
      first_token_ratio_.observe(seconds(result.queue_ns + result.prefill_ns) /
                                 seconds(result.predicted_first_token_ns));
    }
  }
  prompt_tokens_.add(static_cast<uint64_t>(result.prompt_tokens));
  generated_tokens_.add(result.ids.size());
  registry
      .counter("millwright_generations_total", "Finished generations by why they ended.",
               label("finish", finish_label(result.finish)))
      .add();
}

void ServerMetrics::relay_done(const FinishedRequest& request, const std::string& upstream,
                               int replica) {
  prompt_tokens_.add(static_cast<uint64_t>(request.prompt_tokens));
  generated_tokens_.add(static_cast<uint64_t>(request.generated_tokens));
  registry
      .counter("millwright_upstream_requests_total",
               "Requests for an upstream's models by the replica that answered, 0 where none did.",
               label("upstream", upstream) + "," + label("replica", std::to_string(replica)) + "," +
                   label("finish", finish_label(request.finish)))
      .add();
}

void ServerMetrics::relay_fell_back(const std::string& upstream) {
  registry
      .counter("millwright_upstream_fallbacks_total",
               "Requests for an upstream's models that a model of this machine took over.",
               label("upstream", upstream))
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
