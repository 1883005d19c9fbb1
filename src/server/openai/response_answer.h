#pragma once

#include <functional>
#include <memory>

#include "core/clock.h"
#include "server/openai/answer_format.h"
#include "server/openai/response_shapes.h"

namespace mw::server::openai {

struct ResponseAnswerOptions {
  Json response;  // as it begins
  bool with_logprobs = false;
  bool with_tools = false;  // calls are told apart from what is said
  bool with_obfuscation = false;
  std::shared_ptr<const Clock> clock;
  std::function<void(const Json& response)> keep;  // told of the finished one; empty: nobody
};

/// The answer of /v1/responses, whole or as its stream of events: response.created, in_progress,
/// for each item output_item.added, content_part.added, deltas, done thrice (a call has no parts),
/// and at the end completed, incomplete or failed. Each has the next sequence_number; there is no
/// [DONE].
std::unique_ptr<AnswerFormat> response_answer(ResponseAnswerOptions options);

}  // namespace mw::server::openai
