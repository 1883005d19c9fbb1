#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
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
/// all. A text that a spreadsheet would take for a formula stands behind a ' (harmless_cell).
/// `write` returns false to end it.
/// Errors  kNotFound for a tag that the catalogue does not have; those of the store.
Result<uint64_t> export_csv(const SampleStore& store, const Catalogue& catalogue,
                            const std::vector<std::string>& tags, TimeWindow window,
                            const std::function<bool(std::string_view text)>& write);

/// Tags whose samples after `from_ns` retention replaced by aggregates: no export holds those.
struct ThinnedSamples {
  int tags = 0;
  TimeNs until_ns = 0;  // of the one that was thinned out furthest; 0: none was
};
ThinnedSamples thinned_before(const SampleStore& store, const Catalogue& catalogue,
                              const std::vector<std::string>& tags, TimeNs from_ns);

}  // namespace mw::plant
