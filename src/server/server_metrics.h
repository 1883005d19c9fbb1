#pragma once

#include <atomic>
#include <string>

#include "runtime/generator.h"
#include "server/metrics.h"

namespace mw::server {

struct FinishedRequest;

/// Everything the server counts, in one place, under the names that /metrics shows.
class ServerMetrics {
 public:
  ServerMetrics();

  MetricsRegistry registry;
  /// Of the plant and its connections, by name: for those who may see all of its lines.
  MetricsRegistry plant_registry;

  /// One finished request. `route` is its operation name, so that addresses with ids in them do
  /// not make a series each.
  void request_done(const std::string& route, int status, double seconds);
  /// One finished generation.
  void generation_done(const runtime::GenerateResult& result);
  /// One that another server answered, or should have.
  void relay_done(const FinishedRequest& request, const std::string& upstream, int replica);
  /// One that a model of this machine took over.
  void relay_fell_back(const std::string& upstream);
  void first_token(double seconds);
  void token_interval(double seconds);

  Counter& connections_accepted;
  Counter& connections_refused;
  Counter& slow_readers_dropped;
  Counter& timeouts;
  std::atomic<int> connections{0};
  std::atomic<int> streams{0};

  LatencyWindow first_token_ms;
  LatencyWindow per_token_ms;
  LatencyWindow queue_ms;

 private:
  Histogram& first_token_s_;
  Histogram& token_s_;
  Histogram& queue_s_;
  Histogram& prefill_s_;
  Histogram& decode_s_;
  Histogram& cached_share_;
  Histogram& first_token_ratio_;
  Counter& prompt_tokens_;
  Counter& generated_tokens_;
};

}  // namespace mw::server
