#pragma once

#include <memory>
#include <optional>

#include "core/json.h"
#include "runtime/model_host.h"
#include "server/metrics.h"
#include "server/system_info.h"

namespace mw::server {

/// What the models of this process do now and did since start, together.
struct GeneratorTotals {
  /// Sums; `step_rows` is of the last step of each.
  runtime::GeneratorStats stats;
  uint64_t steps = 0;
  /// Each step reads all weights of its model once: its file's size, step for step.
  double weight_bytes = 0;
};

/// Safe from any thread.
GeneratorTotals generator_totals(const runtime::ModelHost* models);

/// Where the totals stood at a time.
struct GeneratorMark {
  int64_t t_ms = 0;
  uint64_t steps = 0;
  uint64_t rows = 0;
  double weight_bytes = 0;
};
GeneratorMark mark_of(const GeneratorTotals& totals, int64_t t_ms);

/// `generator` of /api/system: what happened since `before`, and since start.
Json generator_json(const GeneratorTotals& totals, const GeneratorMark& before, int64_t now_ms);
/// `shares`: how much of what the machine has is in use. A share is null where it is not known.
Json shares_json(const GeneratorTotals& totals, const GeneratorMark& before, int64_t now_ms,
                 const std::optional<MachineFacts>& machine);

/// The same for /metrics, as counters, gauges and the histogram of rows a step.
void register_generator_metrics(MetricsRegistry& registry,
                                const std::shared_ptr<runtime::ModelHost>& models,
                                const std::shared_ptr<SystemInfo>& system);

}  // namespace mw::server
