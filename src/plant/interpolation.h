#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/result.h"
#include "plant/asset.h"
#include "plant/query.h"
#include "plant/sample.h"
#include "plant/sample_store.h"

namespace mw::plant {

// Values between samples (ADR 0131), after OPC UA Part 13: "stepped" is SteppedInterpolation,
// "linear" SlopedInterpolation with simple bounding values. A line goes from one usable sample to
// the next, and only where the next one comes within the tag's watchdog period; before a bad sample
// or a silence the last value stays as it does in steps, and what a gap covers has no value.

/// "stepped" or "linear"; none for another text.
std::optional<Interpolation> interpolation_of(std::string_view text);
std::string_view interpolation_name(Interpolation interpolation);

/// Lines need the samples themselves, so windows of lines are bounded: at one sample a second that
/// is 2.7 million of them.
inline constexpr int64_t kLongestLinearNs = 31 * 24 * kNsPerHour;

/// How a question about a window is answered: as asked, or else as the tag says. A tag's own lines
/// give way to steps where they cannot be drawn (a window of more than 31 days, or from before the
/// samples that are kept); whoever gets the answer is told (Basis::stepped_instead).
/// Errors  kInvalidArgument on "interpolation": lines were asked for where they cannot be drawn, or
///         of a tag that is no number.
Result<Interpolation> choose_interpolation(const SampleStore& store, const Tag& tag,
                                           TimeWindow window, std::optional<Interpolation> asked);

/// What aggregate() and series() tell, along lines. `mean` is the area under them divided by the
/// time that has a value (TimeAverage2), `stddev` likewise; `min` and `max` are over the line, its
/// ends at the window's bounds among them (Minimum2); counts, first, last, change and slope are
/// those of the samples inside, and without any inside, first and last are the line's ends. A line
/// is as good as the worse of its samples.
/// The window must be one for which choose_interpolation() says kLinear.
Result<Aggregate> linear_aggregate(const SampleStore& store, TagIndex tag, TimeWindow window,
                                   int64_t hold_ns);
Result<Series> linear_series(const SampleStore& store, TagIndex tag, TimeWindow window,
                             int64_t hold_ns, int max_points);

/// What a tag's value was at one time.
struct PointValue {
  enum class How {
    kNone,    // nothing is known: a gap, a bad sample, or before the first one
    kSample,  // there is a sample of this very time
    kHeld,    // the sample before it
    kLine,    // between the samples before and after it
  };
  TimeNs ts_ns = 0;
  How how = How::kNone;
  std::optional<double> value;
  std::string text;
  Quality quality = Quality::kBad;
  QualityReason reason = QualityReason::kSilent;
  std::optional<TimeNs> before_ns, after_ns;  // of the samples that it rests on
};
std::string_view how_name(PointValue::How how);

/// From the last sample not after `ts_ns` and the first one after it, either nullptr when there is
/// none.
PointValue point_between(const Sample* before, const Sample* after, TimeNs ts_ns, int64_t hold_ns,
                         Interpolation interpolation);
/// Errors  kInvalidArgument on "at_ms": of that time only aggregates are kept, and they do not tell
///         it; on "interpolation" as choose_interpolation().
Result<PointValue> value_at(const SampleStore& store, const Tag& tag, TimeNs ts_ns,
                            std::optional<Interpolation> asked);

}  // namespace mw::plant
