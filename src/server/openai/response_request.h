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

}  // namespace mw::server::openai
