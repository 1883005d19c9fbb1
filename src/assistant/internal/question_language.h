#pragma once

#include "assistant/internal/tokens.h"
#include "core/language.h"

namespace mw::assistant {

/// The language a question is asked in. Names do not decide ("CNC-2 的 spindle temperature 是多少"
/// is Chinese): function words of each language are counted, then characters.
Language detect_language(const Tokens& tokens);

}  // namespace mw::assistant
