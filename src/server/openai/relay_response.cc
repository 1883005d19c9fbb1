#include "server/openai/relay_response.h"

namespace mw::server::openai {
namespace {

// These mean the same in both requests.
constexpr const char* kShared[] = {"temperature",
                                   "top_p",
                                   "seed",
                                   "stop",
                                   "presence_penalty",
                                   "frequency_penalty",
                                   "logit_bias",
                                   "top_k",
                                   "min_p",
                                   "repeat_penalty",
                                   "ignore_eos",
                                   "user",
                                   "service_tier",
                                   "safety_identifier",
                                   "prompt_cache_key"};

Json message_of(const ChatTurn& turn) {
  Json out = {{"role", turn.role}, {"content", turn.content}};
  if (turn.role == "tool") out["tool_call_id"] = turn.call_id;
  if (turn.calls.empty()) return out;
  if (turn.content.empty()) out["content"] = nullptr;
  out["tool_calls"] = Json::array();
  for (const ToolCall& call : turn.calls) {
    out["tool_calls"].push_back(
        {{"id", call.id},
         {"type", "function"},
         {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
  }
  return out;
}

void add_tools(const ResponseRequest& request, Json& out) {
  if (!request.tools.active()) return;
  out["tools"] = Json::array();
  for (const Tool& tool : request.tools.tools) {
    Json function = tool.description;
    if (tool.strict) function["strict"] = *tool.strict;  // not asked for is not the same as true
    out["tools"].push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  out["parallel_tool_calls"] = request.tools.parallel;
  const Json& choice = request.tool_choice;
  if (choice.is_object() && choice["type"] == "function") {
    out["tool_choice"] = {{"type", "function"}, {"function", {{"name", choice["name"]}}}};
  } else {
    const bool required = request.tools.choice == ToolUse::Choice::kRequired;
    out["tool_choice"] = required ? "required" : "auto";
  }
}

void add_format(const ResponseRequest& request, Json& out) {
  if (request.form.kind == OutputForm::Kind::kAnyText) return;
  Json format = request.text_format;
  if (format["type"] == "json_schema" && format.contains("schema")) {
    format.erase("type");
    format = {{"type", "json_schema"}, {"json_schema", std::move(format)}};
  }
  out["response_format"] = std::move(format);
}

class RelayResponse final : public RelayAnswer {
 public:
  RelayResponse(ResponseAnswerOptions options, bool stream)
      : writer_(response_answer(std::move(options))), stream_(stream) {}

  bool complete() const override { return !finish_.empty(); }
  bool cut_by_length() const override { return finish_ == "length"; }
  std::string end() override { return writer_->end(usage()); }
  Json whole() override { return writer_->finish(usage()); }
  std::string failure(const Error& error) override { return writer_->failure(error); }
  std::function<std::string(const Error&)> failure_formatter() override {
    return writer_->failure_formatter();
  }

 private:
  const std::string& finish_of(int) const override { return finish_; }

  Result<std::string> take_part(const RelayPart& part) override {
    // What says nothing, such as a role, is told to nobody: another replica may still answer.
    if (!part.says() && part.logprobs.empty() && part.finish.empty()) return std::string();
    std::string out;
    if (!opened_) out = writer_->opening(0);
    opened_ = true;
    if (!part.reasoning.empty()) out += writer_->reasoning(0, part.reasoning);
    // A refusal is told as what it is to a reader: text. White space between calls is nothing.
    const std::string text = part.text + part.refusal;
    const bool says = text.find_first_not_of(" \t\r\n") != std::string::npos;
    // Log-probabilities of thoughts and calls belong to no message.
    const bool elsewhere = text.empty() && (!part.reasoning.empty() || !part.calls.empty());
    if ((calls_ == 0 || says) && !elsewhere) out += writer_->piece(0, {text, part.logprobs});
    for (const RelayPart::Call& call : part.calls) {
      if (call.index == calls_ && !call.name.empty()) {
        ++calls_;
        out += writer_->begin_call(call.name);
      } else if (call.index != calls_ - 1) {
        return Error::make(Code::kCorrupt, "a part of a tool call that is not the last one begun",
                           "工具调用片段不属于最后开始的调用");
      }
      if (!call.arguments.empty()) out += writer_->arguments(call.arguments);
    }
    finish_ = part.finish;
    if (finish_ == "content_filter") writer_->filtered();
    if (!finish_.empty()) {
      out += writer_->closing(
          0, cut_by_length() ? runtime::FinishReason::kLength : runtime::FinishReason::kStop);
    }
    return stream_ ? out : std::string();
  }

  const std::unique_ptr<ResponseWriter> writer_;
  const bool stream_;
  bool opened_ = false;
  int calls_ = 0;
  std::string finish_;
};

}  // namespace

Json chat_request_of(const Json& sent, const ResponseRequest& request,
                     const std::vector<ChatTurn>& turns) {
  Json out = {{"messages", Json::array()}};
  for (const ChatTurn& turn : turns) out["messages"].push_back(message_of(turn));
  for (const char* name : kShared) {
    if (sent.contains(name) && !sent[name].is_null()) out[name] = sent[name];
  }
  if (request.max_tokens) out["max_tokens"] = *request.max_tokens;
  if (!request.reasoning_effort.empty()) out["reasoning_effort"] = request.reasoning_effort;
  if (request.top_logprobs >= 0) {
    out["logprobs"] = true;
    out["top_logprobs"] = request.top_logprobs;
  }
  add_tools(request, out);
  add_format(request, out);
  return out;
}

std::unique_ptr<RelayAnswer> relay_response(ResponseAnswerOptions options, bool stream) {
  return std::make_unique<RelayResponse>(std::move(options), stream);
}

}  // namespace mw::server::openai
