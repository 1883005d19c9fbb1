#pragma once

#include <string>
#include <vector>

#include "assistant/internal/understanding.h"

namespace mw::assistant {

/// What a question asks of the events that were told of a machine.
struct EventAsk {
  // "events", "alerts", "work orders" of what was told; "anomalies" alone may be those of samples.
  bool recorded = false;
  // As they were said, with what qualifies them: "corrective work order", "alert"; empty for all.
  std::vector<std::string> kinds;
  std::string by;  // "hour", "day", "week", "month", "text"; empty for a list
  // Tokens that these words are; other words that nothing explains stay unread.
  std::vector<std::pair<size_t, size_t>> read;
};

EventAsk read_event_ask(const Understanding& u);

}  // namespace mw::assistant
