#pragma once

#include <string>
#include <vector>

#include "assistant/internal/event_ask.h"
#include "assistant/internal/plan.h"

namespace mw::assistant {

/// What of a question a plan leaves out: words that nothing explains, and what was understood but
/// narrows nothing in the plan ("while it was running"). With any of it the plan answers another
/// question, so it must not be told. In the asker's words, from left to right.
std::vector<std::string> unread_words(const Understanding& u, const EventAsk& events,
                                      const Plan& plan);

}  // namespace mw::assistant
