#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "plant/asset.h"
#include "plant/catalogue.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// "2026-01-31T08:15:30.250Z": to the millisecond, or as far as it goes.
std::string csv_time(TimeNs ts_ns);
/// With its zone, or since 1970 (csv/csv_values.h).
std::optional<TimeNs> read_csv_time(std::string_view text);
/// The shortest text that reads back as the same number.
std::string csv_number(double value);

/// Writes samples as CSV that read_csv_samples takes back: time,tag,value,quality,unit, one tag
/// after the other, in the order of their times. Gaps are bad samples without a value. No tags:
/// all, without earlier names (Tag::earlier), which may be named. A text that a spreadsheet would
/// take for a formula stands behind a ' (harmless_cell). `write` returns false to end it. Errors
/// kNotFound for a tag that the catalogue does not have; those of the store.
Result<uint64_t> export_csv(const SampleStore& store, const Catalogue& catalogue,
                            const std::vector<std::string>& tags, TimeWindow window,
                            const std::function<bool(std::string_view text)>& write);

/// Values at equal times in place of samples (OPC UA's Interpolative).
struct CsvGrid {
  int64_t step_ns = kNsPerMinute;
  std::optional<Interpolation> interpolation;  // without it as each tag says
};
/// Writes the value of each tag at the window's start and then each `step_ns`, in the same columns,
/// as value_at() tells them; a time without a value is a bad row without one. Lines that a tag says
/// and that cannot be drawn are refused, not stepped: a file says nothing about how it was made.
/// Errors  as export_csv(); kInvalidArgument on "every_ms" for a step that is not above 0, on
///         "from_ms" where only aggregates are kept of a tag, on "interpolation".
Result<uint64_t> export_grid(const SampleStore& store, const Catalogue& catalogue,
                             const std::vector<std::string>& tags, TimeWindow window,
                             const CsvGrid& grid,
                             const std::function<bool(std::string_view text)>& write);

/// Tags whose samples after `from_ns` retention replaced by aggregates: no export holds those.
struct ThinnedSamples {
  int tags = 0;
  TimeNs until_ns = 0;  // of the one that was thinned out furthest; 0: none was
};
ThinnedSamples thinned_before(const SampleStore& store, const Catalogue& catalogue,
                              const std::vector<std::string>& tags, TimeNs from_ns);

}  // namespace mw::plant
