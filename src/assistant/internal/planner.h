#pragma once

#include "assistant/internal/plan.h"
#include "core/tool.h"

namespace mw::assistant {

/// Decides what to call for a question. Plans are built from registered tools and from tags and
/// assets of the lexicon's catalogue only, so that none can name what does not exist.
///
/// Threads  pure.
Planned make_plans(const Understanding& u, const Lexicon& lexicon, const ToolRegistry& tools,
                   const Calendar& calendar, TimeNs now);

}  // namespace mw::assistant
