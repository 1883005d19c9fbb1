#include "server/openai/answer_shapes.h"

#include <algorithm>

namespace mw::server::openai {
namespace {

// Tokens may be part of a character; as JSON text they show U+FFFD, `bytes` has them exactly.
Json bytes_of(const std::string& token) {
  Json out = Json::array();
  for (const char c : token) out.push_back(static_cast<unsigned char>(c));
  return out;
}

// JSON has no infinity; OpenAI writes -9999 for "very unlikely".
double finite(double logprob) { return std::max(logprob, -9999.0); }

}  // namespace

Json to_json(const Usage& usage) {
  return {{"prompt_tokens", usage.prompt_tokens},
          {"completion_tokens", usage.completion_tokens},
          {"total_tokens", usage.prompt_tokens + usage.completion_tokens},
          {"prompt_tokens_details", {{"cached_tokens", usage.cached_prompt_tokens}}},
          {"completion_tokens_details", {{"reasoning_tokens", usage.reasoning_tokens}}}};
}

std::string finish_name(runtime::FinishReason reason) {
  return reason == runtime::FinishReason::kLength ? "length" : "stop";
}

Json chat_logprobs(const std::vector<runtime::TokenLogprob>& tokens) {
  Json content = Json::array();
  for (const runtime::TokenLogprob& token : tokens) {
    Json top = Json::array();
    for (const auto& [text, logprob] : token.top) {
      top.push_back({{"token", text}, {"logprob", finite(logprob)}, {"bytes", bytes_of(text)}});
    }
    content.push_back({{"token", token.bytes},
                       {"logprob", finite(token.logprob)},
                       {"bytes", bytes_of(token.bytes)},
                       {"top_logprobs", std::move(top)}});
  }
  return {{"content", std::move(content)}, {"refusal", nullptr}};
}

Json completion_logprobs(const std::vector<runtime::TokenLogprob>& tokens, int64_t& offset) {
  Json out = {{"tokens", Json::array()},
              {"token_logprobs", Json::array()},
              {"top_logprobs", Json::array()},
              {"text_offset", Json::array()}};
  for (const runtime::TokenLogprob& token : tokens) {
    out["tokens"].push_back(token.bytes);
    out["token_logprobs"].push_back(finite(token.logprob));
    Json top = Json::object();
    for (const auto& [text, logprob] : token.top) top[text] = finite(logprob);
    out["top_logprobs"].push_back(std::move(top));
    out["text_offset"].push_back(offset);
    offset += count_characters(token.bytes);
  }
  return out;
}

std::string ChunkPadding::after(std::size_t text_bytes) {
  static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz012345";
  std::string out;
  for (std::size_t i = text_bytes % 32; i < 32; ++i) out += kLetters[random_() & 31u];
  return out;
}

int64_t count_characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80; });
}

}  // namespace mw::server::openai
