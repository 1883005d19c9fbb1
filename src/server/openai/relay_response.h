#pragma once

// /v1/responses of a model whose upstream speaks chat completions: what is asked of it, and what it
// streams as a response of ours. The conversation stays here: the other server is told all of it.

#include <memory>
#include <vector>

#include "server/openai/relay_answer.h"
#include "server/openai/response_answer.h"

namespace mw::server::openai {

/// The request of /v1/chat/completions that asks the same. `sent`: as the client sent it.
Json chat_request_of(const Json& sent, const ResponseRequest& request,
                     const std::vector<ChatTurn>& turns);

std::unique_ptr<RelayAnswer> relay_response(ResponseAnswerOptions options, bool stream);

}  // namespace mw::server::openai
