#pragma once

#include <stop_token>

#include "core/json.h"
#include "core/result.h"
#include "runtime/model_host.h"

namespace mw::runtime {

/// Measures what a model can be trusted with: languages it writes, copying of facts, choice of
/// tools, keeping to an answer format, speed. The result is the model's card:
///   {"languages": {"en": true, "zh": false}, "copying": {"passed", "right", "of"},
///    "tool_choice": {...}, "grammar": {...}, "decode_tok_s", "prefill_tok_s", "probe_version"}
/// Cases and pass marks stand in probe_cases.cc; all answers are greedy, so a card is the same each
/// time (but for the speeds). About 900 tokens of generation: 4 s for the default model.
///
/// Threads  blocks the caller; the generator may serve others meanwhile. `stop` ends it with
///          kCancelled after the case in hand (48 tokens at most).
Result<Json> probe_model(const ServedModel& model, std::stop_token stop = {});

/// Bumped when cases or marks change: older cards are measured again.
inline constexpr int kProbeVersion = 1;

}  // namespace mw::runtime
