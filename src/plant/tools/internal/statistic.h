#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/evidence.h"
#include "core/result.h"
#include "plant/query.h"

namespace mw::plant {

enum class Statistic { kMean, kMin, kMax, kFirst, kLast, kChange, kSlope, kStddev, kIncrease };

/// "mean", "min", ... as arguments name them.
const std::vector<std::string>& statistic_names();
Result<Statistic> statistic_of(const std::string& name, const std::string& argument);
/// As Evidence::fact names it: "minimum" for kMin, "count" for kIncrease.
std::string fact_of(Statistic statistic);
/// The unit of the result: "degC" gives "degC/min" for the slope.
std::string unit_of(Statistic statistic, const std::string& unit);

/// Where samples were thinned out: says so in `source`, and over which window it was computed. Call
/// it after `window` and `source` are set.
void stand_on(const Basis& basis, Evidence& evidence);
/// Puts one statistic of an aggregate into `evidence`: value, time, quality, share.
void fill(Statistic statistic, const Aggregate& aggregate, Evidence& evidence);

}  // namespace mw::plant
