#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/json.h"
#include "runtime/generator.h"

namespace mw::server::openai {

/// What every object of one answer carries.
struct AnswerIdentity {
  std::string id;  // "chatcmpl-..." or "cmpl-..."
  int64_t created_s = 0;
  std::string model;
  std::string fingerprint;
};

/// Tokens of an answer as counted for the client.
struct Usage {
  int prompt_tokens = 0;
  int cached_prompt_tokens = 0;
  int completion_tokens = 0;
  int reasoning_tokens = 0;  // of the completion's
};

Json to_json(const Usage& usage);

/// "stop" or "length". Cancelled and failed answers have none: they are errors.
std::string finish_name(runtime::FinishReason reason);

/// {"content": [{token, logprob, bytes, top_logprobs}], "refusal": null}
Json chat_logprobs(const std::vector<runtime::TokenLogprob>& tokens);

/// {"tokens", "token_logprobs", "top_logprobs", "text_offset"}; `offset` is where the first token
/// begins, in characters, and is moved past the last.
Json completion_logprobs(const std::vector<runtime::TokenLogprob>& tokens, int64_t& offset);

/// The length of a chunk tells the length of its token to whoever watches the wire; padded to a
/// multiple of 32 bytes it does not ("Whisper Leak", security.md 1).
class ChunkPadding {
 public:
  std::string after(std::size_t text_bytes);

 private:
  std::minstd_rand random_{std::random_device{}()};
};

int64_t count_characters(std::string_view utf8);

}  // namespace mw::server::openai
