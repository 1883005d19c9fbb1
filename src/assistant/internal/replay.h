#pragma once

#include <string>

#include "assistant/ask.h"

namespace mw::assistant {

/// What an answer depends on, as 32 hexadecimal digits of SHA-256 over question, language, time,
/// catalogue, tool calls and evidence: equal ids mean that the same was asked of the same data.
std::string replay_id(const std::string& question, TimeNs now, const std::string& catalogue_version,
                      const AskAnswer& answer);

/// A digest of what a catalogue lets be asked: ids, units and decimals, in order.
std::string digest(const std::string& text);

}  // namespace mw::assistant
