#pragma once

#include <vector>

#include "server/openai/chat_request.h"

namespace mw::server::openai {

/// `input` of /v1/responses: a text, or messages, calls and what came of them, in one spelling: as
/// .../input_items gives them back, but without ids. Errors: kInvalidArgument, kUnsupported
/// (pictures, sound, files, items of hosted tools), by name.
Result<void> read_response_input(FieldReader& fields, Json& items, GenerationFields& out);

/// What a chat template reads of items, in their order: calls belong to the turn of the message
/// before them. A call that was cut is none.
std::vector<ChatTurn> turns_of(const Json& items);

/// Each result of a call answers a call before it. Errors: kInvalidArgument.
Result<void> check_call_ids(const std::vector<ChatTurn>& turns);

}  // namespace mw::server::openai
