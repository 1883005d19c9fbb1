#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/openai/generation_fields.h"

namespace mw::server::openai {

/// Text, or token ids as they are.
using CompletionPrompt = std::variant<std::string, std::vector<int32_t>>;

struct CompletionRequest : GenerationFields {
  std::vector<CompletionPrompt> prompts;  // at least one
  bool echo = false;
  std::string suffix;  // text that follows the gap to fill
  int best_of = 1;
};

/// Reads the body of POST /v1/completions (CreateCompletionRequest of OpenAI's description 2.3.0,
/// 18 fields). Errors as parse_chat_request.
Result<CompletionRequest> parse_completion_request(std::string_view body);

}  // namespace mw::server::openai
