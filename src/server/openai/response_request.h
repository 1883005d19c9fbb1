#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/openai/chat_request.h"

namespace mw::server::openai {

struct ResponseRequest : GenerationFields {
  Json input = Json::array();  // items, as .../input_items gives them back, but without ids
  std::optional<std::string> instructions;
  std::string previous_response_id;  // empty: none
  bool store = true;
  ToolUse tools;
  Json tool_choice = "auto";              // as the response tells it
  Json text_format = {{"type", "text"}};  // the same
  Json metadata = Json::object();
};

/// Reads the body of POST /v1/responses (CreateResponse of OpenAI's description 2.3.0, 31 fields).
/// Errors as parse_chat_request.
Result<ResponseRequest> parse_response_request(std::string_view body);

/// What a chat template reads of items, in their order: calls belong to the turn of the message
/// before them. A call that was cut is none.
std::vector<ChatTurn> turns_of(const Json& items);

/// Each result of a call answers a call before it. Errors: kInvalidArgument.
Result<void> check_call_ids(const std::vector<ChatTurn>& turns);

}  // namespace mw::server::openai
