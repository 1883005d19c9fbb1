#pragma once

// What another server streams, as OpenAI's description has it and as vLLM, NIM, llama.cpp and
// others write it. Goals: only known members are taken, each of its type and within bounds, so that
// what goes on to our client is ours. Left out: audio, annotations, function_call.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "server/openai/answer_shapes.h"

namespace mw::server::openai {

/// A part of one choice.
struct RelayPart {
  struct Call {
    int index = 0;
    std::string name;       // of a call that begins
    std::string arguments;  // a further part of their text
  };
  int choice = 0;
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::vector<Call> calls;
  std::vector<runtime::TokenLogprob> logprobs;
  std::string finish;  // "stop", "length", "tool_calls", "content_filter"; empty: it goes on

  bool says() const {
    return !text.empty() || !reasoning.empty() || !refusal.empty() || !calls.empty();
  }
};

struct RelayChunk {
  std::vector<RelayPart> parts;
  std::optional<Usage> usage;
};

/// Data of an event of /v1/chat/completions, or of /v1/completions, with `choices` choices.
/// Errors: kCorrupt where it is not that; kUnavailable with the words of an error that it tells.
Result<RelayChunk> parse_relay_chunk(std::string_view data, bool chat, int choices);

/// `usage` of an answer; nothing where there is none.
Result<std::optional<Usage>> parse_usage(const Json& answer);

}  // namespace mw::server::openai
