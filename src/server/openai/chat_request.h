#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/openai/generation_fields.h"
#include "server/openai/tool_calls.h"

namespace mw::server::openai {

struct ChatTurn {
  std::string role;  // "system", "user", "assistant" or "tool"; "developer" has become "system"
  std::string content;
  std::vector<ToolCall> calls;  // of the assistant
  std::string call_id;          // of a tool's result in /v1/responses: what it answers
};

struct ChatRequest : GenerationFields {
  std::vector<ChatTurn> messages;
  ToolUse tools;
};

/// Reads the body of POST /v1/chat/completions (CreateChatCompletionRequest of OpenAI's
/// description 2.3.0, 37 fields). A field either works, or is accepted because it cannot change
/// the answer (and is named in `without_effect`), or is an error that names it.
/// Errors: kInvalidArgument (wrong type or value), kUnsupported (tools, images, audio, JSON
/// schemas, ...).
Result<ChatRequest> parse_chat_request(std::string_view body);

}  // namespace mw::server::openai
