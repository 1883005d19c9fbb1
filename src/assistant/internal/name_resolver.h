#pragma once

#include "assistant/internal/understanding.h"

namespace mw::assistant {

/// Fills assets, tags, states and features of `u`: of overlapping names the longest wins, rivals of
/// equal length stay as candidates, numbers beside a kind pick the machine ("2号机", "the second
/// press"), parts of one name that stand apart are joined ("temperature of the spindle").
void resolve_names(Understanding& u, const Lexicon& lexicon);

}  // namespace mw::assistant
