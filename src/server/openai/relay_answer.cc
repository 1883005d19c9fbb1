#include "server/openai/relay_answer.h"

#include <algorithm>

namespace mw::server::openai {
namespace {

constexpr std::size_t kMostBytes = std::size_t{8} << 20;

std::size_t bytes_of(const RelayPart& part) {
  std::size_t out = part.text.size() + part.reasoning.size() + part.refusal.size();
  for (const RelayPart::Call& call : part.calls) out += call.name.size() + call.arguments.size();
  for (const runtime::TokenLogprob& token : part.logprobs) {
    out += sizeof token + token.bytes.size() + token.top.size() * sizeof token.top[0];
  }
  return out;
}

}  // namespace

RelayChoices::RelayChoices(FormatOptions options, bool chat, bool stream, int choices)
    : options_(std::move(options)),
      chat_(chat),
      stream_(stream),
      frame_(options_, chat ? "chat.completion.chunk" : "text_completion"),
      choices_(static_cast<std::size_t>(choices)) {}

Result<std::string> RelayAnswer::take(const RelayChunk& chunk) {
  std::string events;
  for (const RelayPart& part : chunk.parts) {
    if (!finish_of(part.choice).empty()) {
      if (!part.says()) continue;  // some send empty parts after the last
      return Error::make(Code::kCorrupt, "an answer that goes on after its end",
                         "回答在结束之后仍有内容");
    }
    bytes_ += bytes_of(part);
    if (bytes_ > kMostBytes) {
      return Error::make(Code::kTooLarge,
                         "an answer of more than " + std::to_string(kMostBytes >> 20) + " MiB",
                         "回答超过 " + std::to_string(kMostBytes >> 20) + " MiB");
    }
    if (part.says()) ++parts_;
    MW_ASSIGN(const std::string more, take_part(part));
    events += more;
  }
  if (chunk.usage) usage_ = chunk.usage;
  return events;
}

const std::string& RelayChoices::finish_of(int choice) const {
  return choices_[static_cast<std::size_t>(choice)].finish;
}

Result<std::string> RelayChoices::take_part(const RelayPart& part) {
  Choice& choice = choices_[static_cast<std::size_t>(part.choice)];
  const std::size_t calls_before = choice.calls.size();
  MW_TRY(keep(part, choice));
  if (!stream_ || (!part.says() && part.logprobs.empty() && part.finish.empty())) {
    return std::string();
  }
  return chat_ ? chat_events(part, choice, calls_before) : completion_events(part, choice);
}

Result<void> RelayChoices::keep(const RelayPart& part, Choice& choice) {
  for (const RelayPart::Call& call : part.calls) {
    const auto index = static_cast<std::size_t>(call.index);
    if (index == choice.calls.size() && !call.name.empty()) {
      choice.calls.push_back({call.name, {}});
    } else if (index >= choice.calls.size()) {
      return Error::make(Code::kCorrupt, "a part of a tool call that has not begun",
                         "工具调用片段缺少开头");
    }
    if (!stream_) choice.calls[index].arguments += call.arguments;
  }
  choice.finish = part.finish;
  if (stream_) return {};  // told already: kept by nobody
  choice.text += part.text;
  choice.reasoning += part.reasoning;
  choice.refusal += part.refusal;
  choice.logprobs.insert(choice.logprobs.end(), part.logprobs.begin(), part.logprobs.end());
  return {};
}

std::string RelayChoices::delta(int choice, Json delta, Json logprobs, std::size_t text_bytes) {
  return frame_.chunk({{"index", choice},
                       {"delta", std::move(delta)},
                       {"logprobs", std::move(logprobs)},
                       {"finish_reason", nullptr}},
                      text_bytes);
}

std::string RelayChoices::call_id(int choice, std::size_t call) const {
  return "call_" + options_.identity.id + "_" + std::to_string(choice) + "_" + std::to_string(call);
}

std::string RelayChoices::chat_events(const RelayPart& part, Choice& choice,
                                      std::size_t calls_before) {
  std::string out;
  if (!choice.opened) {
    out += delta(part.choice, {{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}},
                 nullptr, 0);
  }
  choice.opened = true;
  if (!part.reasoning.empty()) {
    out +=
        delta(part.choice, {{"reasoning_content", part.reasoning}}, nullptr, part.reasoning.size());
  }
  const bool logprobs = options_.with_logprobs && !part.logprobs.empty();
  if (!part.text.empty() || logprobs) {
    out += delta(part.choice, {{"content", part.text}},
                 logprobs ? chat_logprobs(part.logprobs) : Json(), part.text.size());
  }
  if (!part.refusal.empty()) {
    out += delta(part.choice, {{"refusal", part.refusal}}, nullptr, part.refusal.size());
  }
  for (const RelayPart::Call& call : part.calls) {
    Json one = {{"index", call.index}};
    Json function = Json::object();
    if (static_cast<std::size_t>(call.index) >= calls_before && !call.name.empty()) {
      one["id"] = call_id(part.choice, static_cast<std::size_t>(call.index));
      one["type"] = "function";
      function["name"] = call.name;
    }
    function["arguments"] = call.arguments;
    one["function"] = std::move(function);
    out += delta(part.choice, {{"tool_calls", Json::array({std::move(one)})}}, nullptr,
                 call.arguments.size());
  }
  if (!part.finish.empty()) {
    out += frame_.chunk({{"index", part.choice},
                         {"delta", Json::object()},
                         {"logprobs", nullptr},
                         {"finish_reason", part.finish}},
                        0);
  }
  return out;
}

std::string RelayChoices::completion_events(const RelayPart& part, Choice& choice) {
  const bool logprobs = options_.with_logprobs && !part.logprobs.empty();
  return frame_.chunk(
      {{"text", part.text},
       {"index", part.choice},
       {"logprobs", logprobs ? completion_logprobs(part.logprobs, choice.offset) : Json()},
       {"finish_reason", part.finish.empty() ? Json() : Json(part.finish)}},
      part.text.size());
}

bool RelayChoices::complete() const {
  return std::all_of(choices_.begin(), choices_.end(),
                     [](const Choice& choice) { return !choice.finish.empty(); });
}

bool RelayChoices::cut_by_length() const {
  return std::any_of(choices_.begin(), choices_.end(),
                     [](const Choice& choice) { return choice.finish == "length"; });
}

Usage RelayAnswer::usage() const {
  if (usage_) return *usage_;
  Usage counted;
  counted.completion_tokens = parts_;
  return counted;
}

std::string RelayChoices::end() { return frame_.end(usage()); }

Json RelayChoices::whole_choice(int index) const {
  const Choice& choice = choices_[static_cast<std::size_t>(index)];
  if (!chat_) {
    int64_t offset = 0;
    return {{"text", choice.text},
            {"index", index},
            {"logprobs",
             options_.with_logprobs ? completion_logprobs(choice.logprobs, offset) : Json()},
            {"finish_reason", choice.finish}};
  }
  Json message = {{"role", "assistant"}, {"content", choice.text}, {"refusal", nullptr}};
  if (!choice.refusal.empty()) message["refusal"] = choice.refusal;
  if (!choice.reasoning.empty()) message["reasoning_content"] = choice.reasoning;
  for (std::size_t i = 0; i < choice.calls.size(); ++i) {
    if (choice.text.empty()) message["content"] = nullptr;
    message["tool_calls"].push_back(
        {{"id", call_id(index, i)},
         {"type", "function"},
         {"function", {{"name", choice.calls[i].name}, {"arguments", choice.calls[i].arguments}}}});
  }
  return {{"index", index},
          {"message", std::move(message)},
          {"logprobs", options_.with_logprobs ? chat_logprobs(choice.logprobs) : Json()},
          {"finish_reason", choice.finish}};
}

Json RelayChoices::whole() {
  Json out = answer_frame(options_, chat_ ? "chat.completion" : "text_completion");
  out["choices"] = Json::array();
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    out["choices"].push_back(whole_choice(static_cast<int>(i)));
  }
  out["usage"] = to_json(usage());
  return out;
}

}  // namespace mw::server::openai
