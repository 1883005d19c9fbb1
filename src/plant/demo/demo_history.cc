#include "plant/demo/demo_history.h"

#include "core/check.h"
#include "plant/demo_site.h"

namespace mw::plant {
namespace {

constexpr int64_t kSparseS = 5;  // half a watchdog period: no gaps
constexpr std::size_t kBatchReadings = 8192;

}  // namespace

Result<void> write_history(SimulatedLine& line, Ingest& ingest, TimeNs dense_from_ns, TimeNs end_ns,
                           std::stop_token stop) {
  std::vector<Reading> batch;
  batch.reserve(kBatchReadings + 128);
  while (line.now_ns() + kNsPerSecond < end_ns && !stop.stop_requested()) {
    line.step();
    const bool dense = line.now_ns() >= dense_from_ns;
    if (!dense && line.now_ns() / kNsPerSecond % kSparseS != 0) continue;
    for (Reading& reading : line.readings()) {
      if (*reading.ts_ns < end_ns) batch.push_back(std::move(reading));
    }
    if (batch.size() < kBatchReadings) continue;
    const Result<IngestOutcome> taken = ingest.take(batch, Arrival::kHistory);
    if (!taken) return taken.error();
    batch.clear();
  }
  if (batch.empty()) return {};
  const Result<IngestOutcome> taken = ingest.take(batch, Arrival::kHistory);
  if (!taken) return taken.error();
  return {};
}

Result<void> simulate_history(Plant& plant, TimeWindow window, uint64_t seed) {
  MW_CHECK(plant.simulated());
  MW_ASSIGN(SimulatedLine line, SimulatedLine::create(plant.catalogue(Identity::local_viewer()),
                                                      seed, window.start_ns));
  return write_history(line, plant.ingest(), window.end_ns - kNsPerHour, window.end_ns, {});
}

}  // namespace mw::plant
