#pragma once

#include <memory>

#include "core/tool.h"
#include "maintenance/life_watch.h"

namespace mw::maintenance {

/// remaining_life, of one asset or of all that are followed and the asker may see.
///
/// Evidence   of all machines "followed_machines"; of each "remaining_life" (text: range,
/// too_early,
///            unseen_regime, standing_still, nothing_claimed, or not_followed; value: the certainty
///            in %; window: from the earliest to the latest failure of a range; ts_ns: of the last
///            row), where it is too early to say then "lasts_until" (ts_ns), and after it
///            "interval_held" (value: % of held-out machines' rows whose range held the truth;
///            text: the split).
///
/// `watch` and `plant` must outlive it.
std::unique_ptr<Tool> make_life_tool(LifeWatch& watch, plant::Plant& plant);

}  // namespace mw::maintenance
