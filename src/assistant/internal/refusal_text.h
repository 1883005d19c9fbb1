#pragma once

#include <string>
#include <vector>

#include "assistant/internal/answer_sink.h"
#include "assistant/internal/lexicon.h"
#include "assistant/internal/plan.h"

namespace mw::assistant {

/// Says why a question is not answered, names what is not known and offers what is: names like it
/// and questions about real machines.
void tell_refusal(const Refusal& refusal, const Lexicon& lexicon, Language language,
                  AnswerSink& sink);

}  // namespace mw::assistant
