#pragma once

#include <vector>

#include "alarms/alarm_rule.h"
#include "core/evidence.h"
#include "core/identity.h"
#include "plant/plant.h"

namespace mw::alarms {

/// How a rule would have done on what the plant has kept.
struct RulePreview {
  TimeWindow window;               // of which there are values; empty: there are none
  int64_t resolution_ns = 0;       // values are means over so long
  int raised = 0;                  // times that people would have been told
  int64_t standing_ns = 0;         // for how long in all
  std::vector<TimeWindow> newest;  // when it would have stood, newest first, at most 5
};

/// Takes `rule` through the last `length_ns` as `who` may see them, delays and suppression counted.
/// Means stand for their stretch (10 s for a week of one tag), so what is shorter is not seen.
/// Cost: at most 240,000 looks, over a scan of the samples of each tag.
/// Errors: the plant's.
Result<RulePreview> preview_rule(const AlarmRule& rule, const Identity& who,
                                 const plant::Plant& plant, int64_t length_ns);

}  // namespace mw::alarms
