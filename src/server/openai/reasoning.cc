#include "server/openai/reasoning.h"

#include <algorithm>

namespace mw::server::openai {
namespace {

using runtime::Piece;

constexpr std::string_view kOpen = grammar::kThoughtOpen;
constexpr std::string_view kClose = grammar::kThoughtClose;
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kTailTokens = 16;  // the tag and the line break after it, in any vocabulary

void trim_front(std::string& text) { text.erase(0, text.find_first_not_of(kSpace)); }

void trim_back(std::string& text) {
  const std::size_t last = text.find_last_not_of(kSpace);
  text.erase(last == std::string::npos ? 0 : last + 1);
}

bool may_become(std::string_view text, std::string_view tag) {
  return tag.substr(0, std::min(text.size(), tag.size())) == text;
}

/// Where the end of `text` begins that may still belong to the closing tag, white space before it
/// included.
std::size_t held_from(const std::string& text) {
  std::size_t from = text.size();
  for (std::size_t part = std::min(text.size(), kClose.size() - 1); part > 0; --part) {
    if (kClose.substr(0, part) == std::string_view(text).substr(text.size() - part)) {
      from = text.size() - part;
      break;
    }
  }
  while (from > 0 && kSpace.find(text[from - 1]) != std::string_view::npos) --from;
  return from;
}

bool is_thinker(const runtime::ServedModel& model) {
  if (model.chat_template != nullptr && model.chat_template->mentions(kClose)) return true;
  return model.tokenizer->token_id(kOpen).has_value() &&
         model.tokenizer->token_id(kClose).has_value();
}

}  // namespace

Thought reasoning_start(const runtime::ServedModel& model, std::span<const int32_t> prompt_ids) {
  if (!is_thinker(model)) return Thought::kNone;
  std::string tail = model.tokenizer->decode(
      prompt_ids.last(std::min<std::size_t>(prompt_ids.size(), kTailTokens)));
  trim_back(tail);
  const bool open = tail.size() >= kOpen.size() &&
                    std::string_view(tail).substr(tail.size() - kOpen.size()) == kOpen;
  return open ? Thought::kOpen : Thought::kMaybe;
}

Result<void> apply_reasoning_effort(const runtime::ServedModel& model, const char* field,
                                    GenerationFields& fields) {
  if (fields.reasoning_effort.empty()) return {};
  const bool off = fields.reasoning_effort == "none" || fields.reasoning_effort == "minimal";
  if (!is_thinker(model)) {
    if (!off) {
      return Error::make(Code::kUnsupported,
                         "'" + std::string(field) + "': model '" + model.name +
                             "' does not think before it answers; only none and minimal are "
                             "supported",
                         "“" + std::string(field) + "”：模型“" + model.name +
                             "”没有思考过程，仅支持 none 和 minimal",
                         field);
    }
    fields.without_effect.emplace_back(field);
    return {};
  }
  const auto mentions = [&](std::string_view name) {
    return model.chat_template != nullptr && model.chat_template->mentions(name);
  };
  if (mentions("enable_thinking")) {
    fields.template_variables["enable_thinking"] = !off;
  } else if (off) {
    return Error::make(Code::kUnsupported,
                       "'" + std::string(field) + "': model '" + model.name +
                           "' always thinks: its chat template has no switch for it",
                       "“" + std::string(field) + "”：模型“" + model.name +
                           "”总会先思考，其对话模板没有关闭思考的开关",
                       field);
  }
  if (mentions("reasoning_effort")) {
    fields.template_variables["reasoning_effort"] = fields.reasoning_effort;
  } else if (!off) {
    fields.without_effect.emplace_back(field);  // it thinks; how much is the model's own choice
  }
  return {};
}

ReasoningSplitter::ReasoningSplitter(Thought start)
    : state_(start == Thought::kNone    ? State::kAnswer
             : start == Thought::kMaybe ? State::kMaybe
                                        : State::kInside) {}

ReasoningSplitter::Parts ReasoningSplitter::push(const Piece& piece) {
  Parts out;
  if (state_ == State::kAnswer) {
    out.answer = piece;
    return out;
  }
  held_.text += piece.text;
  held_.logprobs.insert(held_.logprobs.end(), piece.logprobs.begin(), piece.logprobs.end());
  if (state_ == State::kMaybe) take_maybe(out);
  if (state_ == State::kInside) take_inside(out);
  if (state_ == State::kAfter) take_after(out);
  return out;
}

void ReasoningSplitter::take_maybe(Parts& out) {
  const std::size_t begin = std::min(held_.text.find_first_not_of(kSpace), held_.text.size());
  const std::string_view text = std::string_view(held_.text).substr(begin);
  if (!may_become(text.substr(0, kOpen.size()), kOpen)) {
    out.answer = std::exchange(held_, {});
    state_ = State::kAnswer;
  } else if (text.size() >= kOpen.size()) {
    held_.text.erase(0, begin + kOpen.size());
    state_ = State::kInside;
  }
}

void ReasoningSplitter::take_inside(Parts& out) {
  held_.logprobs.clear();  // log-probabilities are told of the answer only
  const std::size_t close = held_.text.find(kClose);
  const std::size_t end = close == std::string::npos ? held_from(held_.text) : close;
  out.reasoning = held_.text.substr(0, end);
  held_.text.erase(0, close == std::string::npos ? end : close + kClose.size());
  if (!began_) trim_front(out.reasoning);
  began_ = began_ || !out.reasoning.empty();
  if (close == std::string::npos) return;
  trim_back(out.reasoning);
  state_ = State::kAfter;
}

void ReasoningSplitter::take_after(Parts& out) {
  trim_front(held_.text);
  if (held_.text.empty()) {
    held_.logprobs.clear();
    return;
  }
  out.answer = std::exchange(held_, {});
  state_ = State::kAnswer;
}

ReasoningSplitter::Parts ReasoningSplitter::finish() {
  Parts out;
  if (state_ == State::kMaybe) {
    out.answer = std::exchange(held_, {});
  } else if (state_ == State::kInside) {
    out.reasoning = std::move(held_.text);
    trim_back(out.reasoning);
  }
  return out;
}

int count_reasoning_tokens(const tokenizers::Tokenizer& tokenizer, Thought start,
                           std::span<const int32_t> ids) {
  if (start == Thought::kNone) return 0;
  std::string text;
  bool inside = start == Thought::kOpen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    text += tokenizer.piece(ids[i]);
    if (!inside) {
      trim_front(text);
      if (!may_become(std::string_view(text).substr(0, kOpen.size()), kOpen)) return 0;
      inside = text.size() >= kOpen.size();
    }
    if (inside && text.find(kClose) != std::string::npos) return static_cast<int>(i) + 1;
    // A tag that is cut by tokens is still seen; what lies before it is not looked at again.
    if (inside && text.size() > 1024) text.erase(0, text.size() - kClose.size());
  }
  return inside ? static_cast<int>(ids.size()) : 0;
}

}  // namespace mw::server::openai
