#include "server/openai/relay_chunk.h"

#include <array>

namespace mw::server::openai {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxParts = 256;
constexpr std::size_t kMaxCalls = 128;
constexpr std::size_t kMaxTokens = 4096;  // of one chunk
constexpr std::size_t kMaxTop = 20;
constexpr std::size_t kMaxNameBytes = 256;
constexpr int64_t kMostTokens = 1'000'000'000;

Error corrupt(const std::string& member, const std::string& expected) {
  return Error::make(Code::kCorrupt, "an event's '" + member + "': expected " + expected,
                     "事件中的“" + member + "”格式不符");
}

const Json& member(const Json& object, const char* name) {
  static const Json absent;
  const auto found = object.find(name);
  return found == object.end() ? absent : *found;
}

Result<std::string> text_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.is_null()) return std::string();
  if (!value.is_string()) return corrupt(name, "text");
  return value.get<std::string>();
}

/// A whole number from 0 to `most`; null and absent are 0.
Result<int> count_of(const Json& object, const char* name, int64_t most) {
  const Json& value = member(object, name);
  if (value.is_null()) return 0;
  if (!value.is_number_integer() || value.get<double>() < 0 ||
      value.get<double>() > static_cast<double>(most)) {
    return corrupt(name, "a whole number from 0 to " + std::to_string(most));
  }
  return value.get<int>();
}

Result<runtime::TokenLogprob> token_of(const Json& value) {
  runtime::TokenLogprob out;
  MW_ASSIGN(out.bytes, text_of(value, "token"));
  const Json& logprob = member(value, "logprob");
  if (!logprob.is_number()) return corrupt("logprob", "a number");
  out.logprob = logprob.get<double>();
  const Json& bytes = member(value, "bytes");
  if (bytes.is_null()) return out;
  if (!bytes.is_array() || bytes.size() > kMaxNameBytes) return corrupt("bytes", "a few bytes");
  out.bytes.clear();
  for (const Json& byte : bytes) {
    if (!byte.is_number_integer() || byte.get<int64_t>() < 0 || byte.get<int64_t>() > 255) {
      return corrupt("bytes", "numbers from 0 to 255");
    }
    out.bytes += static_cast<char>(byte.get<int>());
  }
  return out;
}

Result<void> read_chat_logprobs(const Json& value, RelayPart& out) {
  if (value.is_null()) return {};
  if (!value.is_object()) return corrupt("logprobs", "an object");
  const Json& content = member(value, "content");
  if (content.is_null()) return {};
  if (!content.is_array() || content.size() > kMaxTokens) return corrupt("content", "tokens");
  for (const Json& each : content) {
    if (!each.is_object()) return corrupt("content", "objects");
    MW_ASSIGN(runtime::TokenLogprob token, token_of(each));
    const Json& top = member(each, "top_logprobs");
    if (!top.is_null() && (!top.is_array() || top.size() > kMaxTop)) {
      return corrupt("top_logprobs", "up to 20 tokens");
    }
    for (const Json& other : top) {
      if (!other.is_object()) return corrupt("top_logprobs", "objects");
      MW_ASSIGN(runtime::TokenLogprob one, token_of(other));
      token.top.emplace_back(std::move(one.bytes), one.logprob);
    }
    out.logprobs.push_back(std::move(token));
  }
  return {};
}

Result<void> read_completion_logprobs(const Json& value, RelayPart& out) {
  if (value.is_null()) return {};
  if (!value.is_object()) return corrupt("logprobs", "an object");
  const Json& tokens = member(value, "tokens");
  const Json& numbers = member(value, "token_logprobs");
  const Json& top = member(value, "top_logprobs");
  if (tokens.is_null()) return {};
  if (!tokens.is_array() || tokens.size() > kMaxTokens || !numbers.is_array() ||
      numbers.size() != tokens.size() ||
      !(top.is_null() || (top.is_array() && top.size() == tokens.size()))) {
    return corrupt("logprobs", "lists of the same length");
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_string() || !numbers[i].is_number()) {
      return corrupt("logprobs", "tokens with numbers");
    }
    runtime::TokenLogprob token;
    token.bytes = tokens[i].get<std::string>();
    token.logprob = numbers[i].get<double>();
    if (top.is_array() && top[i].is_object()) {
      if (top[i].size() > kMaxTop) return corrupt("top_logprobs", "up to 20 tokens");
      for (const auto& [text, number] : top[i].items()) {
        if (!number.is_number()) return corrupt("top_logprobs", "numbers");
        token.top.emplace_back(text, number.get<double>());
      }
    }
    out.logprobs.push_back(std::move(token));
  }
  return {};
}

Result<void> read_calls(const Json& value, RelayPart& out) {
  if (value.is_null()) return {};
  if (!value.is_array() || value.size() > kMaxCalls) return corrupt("tool_calls", "calls");
  for (const Json& each : value) {
    if (!each.is_object()) return corrupt("tool_calls", "objects");
    RelayPart::Call call;
    MW_ASSIGN(call.index, count_of(each, "index", kMaxCalls - 1));
    const Json& function = member(each, "function");
    if (!function.is_null() && !function.is_object()) return corrupt("function", "an object");
    if (function.is_object()) {
      MW_ASSIGN(call.name, text_of(function, "name"));
      MW_ASSIGN(call.arguments, text_of(function, "arguments"));
    }
    if (call.name.size() > kMaxNameBytes) return corrupt("name", "a name");
    out.calls.push_back(std::move(call));
  }
  return {};
}

Result<std::string> finish_of(const Json& choice) {
  MW_ASSIGN(const std::string reason, text_of(choice, "finish_reason"));
  static constexpr std::array kKnown = {"", "stop", "length", "tool_calls", "content_filter"};
  for (const char* known : kKnown) {
    if (reason == known) return reason;
  }
  // Text Generation Inference's and others' words for what we call stop.
  if (reason == "eos_token" || reason == "stop_sequence") return std::string("stop");
  if (reason == "abort" || reason == "error" || reason == "cancelled") {
    return Error::make(Code::kUnavailable, "it gave the answer up ('" + reason + "')",
                       "它放弃了回答（" + reason + "）");
  }
  return corrupt("finish_reason", "stop, length, tool_calls or content_filter");
}

Result<RelayPart> part_of(const Json& choice, bool chat, int choices) {
  if (!choice.is_object()) return corrupt("choices", "objects");
  RelayPart out;
  MW_ASSIGN(out.choice, count_of(choice, "index", choices - 1));
  MW_ASSIGN(out.finish, finish_of(choice));
  if (!chat) {
    MW_ASSIGN(out.text, text_of(choice, "text"));
    MW_TRY(read_completion_logprobs(member(choice, "logprobs"), out));
    return out;
  }
  const Json& delta = member(choice, "delta");
  if (!delta.is_null() && !delta.is_object()) return corrupt("delta", "an object");
  if (delta.is_object()) {
    MW_ASSIGN(out.text, text_of(delta, "content"));
    MW_ASSIGN(out.refusal, text_of(delta, "refusal"));
    MW_ASSIGN(out.reasoning, text_of(delta, "reasoning_content"));
    if (out.reasoning.empty()) {
      MW_ASSIGN(out.reasoning, text_of(delta, "reasoning"));  // its name in newer vLLM
    }
    MW_TRY(read_calls(member(delta, "tool_calls"), out));
  }
  MW_TRY(read_chat_logprobs(member(choice, "logprobs"), out));
  return out;
}

Error told_error(const Json& value) {
  const Json& message = value.is_object() ? member(value, "message") : value;
  const std::string words = message.is_string() ? message.get<std::string>().substr(0, 500) : "";
  return Error::make(Code::kUnavailable, "it told of an error: " + words, "它报告错误：" + words);
}

}  // namespace

Result<std::optional<Usage>> parse_usage(const Json& answer) {
  const Json& usage = member(answer, "usage");
  if (usage.is_null()) return std::optional<Usage>();
  if (!usage.is_object()) return corrupt("usage", "an object");
  Usage out;
  MW_ASSIGN(out.prompt_tokens, count_of(usage, "prompt_tokens", kMostTokens));
  MW_ASSIGN(out.completion_tokens, count_of(usage, "completion_tokens", kMostTokens));
  const Json& prompt = member(usage, "prompt_tokens_details");
  if (prompt.is_object()) {
    MW_ASSIGN(out.cached_prompt_tokens, count_of(prompt, "cached_tokens", kMostTokens));
  }
  const Json& completion = member(usage, "completion_tokens_details");
  if (completion.is_object()) {
    MW_ASSIGN(out.reasoning_tokens, count_of(completion, "reasoning_tokens", kMostTokens));
  }
  return std::optional(out);
}

Result<RelayChunk> parse_relay_chunk(std::string_view data, bool chat, int choices) {
  const auto parsed = parse_json(data, kMaxDepth);
  if (!parsed || !parsed->is_object()) {
    return Error::make(Code::kCorrupt, "an event that is no JSON object", "事件不是 JSON 对象");
  }
  const Json& error = member(*parsed, "error");
  if (!error.is_null()) return told_error(error);
  if (member(*parsed, "object") == "error") return told_error(*parsed);
  RelayChunk out;
  MW_ASSIGN(out.usage, parse_usage(*parsed));
  const Json& list = member(*parsed, "choices");
  if (list.is_null() && out.usage) return out;
  if (!list.is_array() || list.size() > kMaxParts) return corrupt("choices", "a list");
  for (const Json& each : list) {
    MW_ASSIGN(RelayPart part, part_of(each, chat, choices));
    out.parts.push_back(std::move(part));
  }
  return out;
}

}  // namespace mw::server::openai
