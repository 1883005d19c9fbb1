#pragma once

#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/internal/statistic.h"

namespace mw::plant {

/// The argument `statistic`, by default "mean", or "increase" for a counter.
Result<Statistic> statistic_argument(const ToolCall& call, const Tag& tag);

/// Puts one statistic of a tag over a window into `evidence`, which names tag and fact already.
Result<void> fill_one(Plant& plant, const ToolCall& call, const Tag& tag, TimeWindow window,
                      Statistic statistic, Evidence& evidence);

/// The worse of two qualities.
Quality worse(Quality a, Quality b);

}  // namespace mw::plant
