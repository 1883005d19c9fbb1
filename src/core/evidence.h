#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"

namespace mw {

/// How far a sample can be trusted (OPC UA's three classes).
enum class Quality { kGood, kUncertain, kBad };

/// Half-open stretch of time [start, end).
struct TimeWindow {
  TimeNs start_ns = 0;
  TimeNs end_ns = 0;
  bool operator==(const TimeWindow&) const = default;
};

struct SeriesPoint {
  TimeNs ts_ns = 0;
  double value = 0;  // mean of the bucket, or the sample
  double min = 0;
  double max = 0;
};

/// One checkable fact. Tools return Evidence, answers cite it, and a number in an answer may only
/// come from it.
struct Evidence {
  std::string id;     // "e1": unique within one answer; given by the assistant
  std::string fact;   // what is stated: "latest", "mean", "minimum", "maximum", "first", "last",
                      // "change", "slope_per_minute", "count", "state", "duration_s", "good_share",
                      // "z_score", "asset", "tag", ...
  std::string asset;  // identifier in the plant's tree ("cnc-2")
  std::string tag;    // identifier ("cnc-2/spindle_temperature"), empty when about an asset
  std::optional<double> value;
  std::string unit;             // UCUM-like text as shown ("degC", "bar", "mm/s", "1/min", "A", "")
  std::string text;             // a state's name, or a text span
  std::optional<TimeNs> ts_ns;  // when it held
  std::optional<TimeWindow> window;  // over which it was computed
  Quality quality = Quality::kGood;
  double good_share = 1.0;          // share of the window that good samples cover, 0..1
  std::string source;               // "plant samples cnc-2/spindle_temperature"
  bool simulated = false;           // comes from the demo plant
  std::string rights_label;         // the line or document label that guards it
  std::vector<SeriesPoint> series;  // trend to show beside the sentence; may be empty
};

}  // namespace mw
