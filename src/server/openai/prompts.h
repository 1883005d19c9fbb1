#pragma once

#include <cstdint>
#include <vector>

#include "runtime/model_host.h"
#include "server/openai/chat_request.h"
#include "server/openai/completion_request.h"

namespace mw::server::openai {

/// The conversation as ids. Message text never yields special tokens.
/// Errors: kUnsupported when the model has no chat template, kInvalidArgument for roles in an
/// order that its template refuses.
Result<std::vector<int32_t>> chat_ids(const runtime::ServedModel& model,
                                      const std::vector<ChatTurn>& turns, const ToolUse& tools,
                                      const Json& variables = Json::object());

/// A plain prompt as ids, around the gap when there is a suffix. Here the text is the caller's own
/// prompt and special tokens in it count, as in other servers. Errors: kInvalidArgument (ids
/// outside the vocabulary, empty prompt), kUnsupported (suffix without fill-in tokens).
Result<std::vector<int32_t>> completion_ids(const runtime::ServedModel& model,
                                            const CompletionPrompt& prompt,
                                            const std::string& suffix);

/// The prompt as text, for `echo`.
std::string prompt_text(const runtime::ServedModel& model, const CompletionPrompt& prompt);

}  // namespace mw::server::openai
