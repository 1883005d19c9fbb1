#pragma once

#include <string>
#include <vector>

#include "core/identity.h"
#include "maintenance/health/health_history.h"
#include "plant/ingest.h"

namespace mw::maintenance {

/// The machine's samples around an alarm, kept with its case however long the store keeps them.
struct CaseRecording {
  TimeWindow window;
  std::vector<std::string> thinned;  // tags that came too fast: values at even times instead
  std::string csv;                   // as GET /api/plant/csv writes and import takes
};

inline constexpr int64_t kRecordedBeforeNs = 10 * kNsPerMinute;
inline constexpr int64_t kRecordedAfterNs = 5 * kNsPerMinute;
inline constexpr std::size_t kMostRecordingBytes = 4 << 20;

/// What is recorded of a case that was opened then.
TimeWindow recorded_window(TimeNs opened_ns);

/// Takes the samples of `tags` from the store, each with what held at the window's start. The tags
/// share `most_bytes`; one that needs more is written at even times.
///
/// Errors   those of Plant::export_samples.
Result<CaseRecording> record_case(const plant::Plant& plant, const Identity& who,
                                  const std::vector<const plant::Tag*>& tags, TimeWindow window,
                                  std::size_t most_bytes = kMostRecordingBytes);

/// What was recorded, of tags that `catalogue` has.
Result<std::vector<plant::Reading>> recorded_readings(const CaseRecording& recording,
                                                      const plant::Catalogue& catalogue);
/// The rows that read_health_history() would have given then.
HealthHistory recorded_history(const std::vector<plant::Reading>& readings,
                               const plant::Asset& asset, const plant::Catalogue& catalogue,
                               TimeWindow window, double step_s);
/// A numeric tag's samples for a chart, in at most `most_points` stretches.
std::vector<plant::Bucket> recorded_points(const std::vector<plant::Reading>& readings,
                                           std::string_view tag, TimeWindow window,
                                           std::size_t most_points);

}  // namespace mw::maintenance
