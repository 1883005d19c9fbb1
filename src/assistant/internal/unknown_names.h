#pragma once

#include "assistant/internal/understanding.h"

namespace mw::assistant {

/// Fills `leftover` and `unknown` of `u`: words that nothing explains, and those among them that
/// stand where a name has to ("the temperature of the REACTOR", "the BEARING temperature", "XR-9").
void find_unknown_names(Understanding& u, const Lexicon& lexicon);

}  // namespace mw::assistant
