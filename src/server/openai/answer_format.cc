#include "server/openai/answer_format.h"

#include <map>

#include "server/http/api_error.h"
#include "server/openai/stream_frame.h"
#include "server/openai/tool_calls.h"

namespace mw::server::openai {
namespace {

class ChatFormat final : public AnswerFormat {
 public:
  explicit ChatFormat(FormatOptions options)
      : options_(std::move(options)), stream_(options_, "chat.completion.chunk") {}

  std::string opening(int choice) override {
    const Json delta = {{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}};
    return chunk(choice, delta, nullptr, nullptr, 0);
  }

  std::string reasoning(int choice, const std::string& text) override {
    return chunk(choice, {{"reasoning_content", text}}, nullptr, nullptr, text.size());
  }

  std::string piece(int choice, const runtime::Piece& piece) override {
    if (options_.with_tools) return events_of(choice, readers_[choice].push(piece.text));
    const bool logprobs = options_.with_logprobs && !piece.logprobs.empty();
    if (piece.text.empty() && !logprobs) return {};
    return chunk(choice, {{"content", piece.text}},
                 logprobs ? chat_logprobs(piece.logprobs) : Json(), nullptr, piece.text.size());
  }

  std::string closing(int choice, runtime::FinishReason reason) override {
    if (!options_.with_tools) return chunk(choice, Json::object(), nullptr, finish_name(reason), 0);
    std::string events = events_of(choice, readers_[choice].finish());
    const bool called = readers_[choice].calls() > 0 && reason == runtime::FinishReason::kStop;
    const std::string name = called ? "tool_calls" : finish_name(reason);
    return events += chunk(choice, Json::object(), nullptr, name, 0);
  }

  std::string end(const Usage& usage) override { return stream_.end(usage); }
  std::string failure(const Error& error) override { return openai_error_event(error); }
  std::function<std::string(const Error&)> failure_formatter() override {
    return openai_error_event;
  }

  Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) override {
    Json out = answer_frame(options_, "chat.completion");
    out["choices"] = Json::array();
    for (const FinishedChoice& choice : choices) {
      Json message = {{"role", "assistant"}, {"content", choice.text}, {"refusal", nullptr}};
      if (!choice.reasoning.empty()) message["reasoning_content"] = choice.reasoning;
      Json finish = finish_name(choice.finish);
      if (options_.with_tools && add_calls(choice, message) &&
          choice.finish == runtime::FinishReason::kStop) {
        finish = "tool_calls";
      }
      out["choices"].push_back(
          {{"index", choice.index},
           {"message", message},
           {"logprobs", options_.with_logprobs ? chat_logprobs(choice.logprobs) : Json()},
           {"finish_reason", finish}});
    }
    out["usage"] = to_json(usage);
    return out;
  }

 private:
  std::string chunk(int index, Json delta, Json logprobs, Json finish, std::size_t text_bytes) {
    return stream_.chunk({{"index", index},
                          {"delta", std::move(delta)},
                          {"logprobs", std::move(logprobs)},
                          {"finish_reason", std::move(finish)}},
                         text_bytes);
  }

  std::string call_id(int choice, int call) const {
    return "call_" + options_.identity.id + "_" + std::to_string(choice) + "_" +
           std::to_string(call);
  }

  std::string events_of(int choice, const std::vector<ToolCallReader::Event>& events) {
    using Kind = ToolCallReader::Event::Kind;
    std::string out;
    for (const ToolCallReader::Event& event : events) {
      int& call = calls_[choice];  // how many have begun
      Json delta;
      if (event.kind == Kind::kText) {
        delta = {{"content", event.text}};
      } else if (event.kind == Kind::kCall) {
        delta = {{"index", call},
                 {"id", call_id(choice, call)},
                 {"type", "function"},
                 {"function", {{"name", event.text}, {"arguments", ""}}}};
        ++call;
      } else {
        delta = {{"index", call - 1}, {"function", {{"arguments", event.text}}}};
      }
      if (event.kind != Kind::kText) delta = {{"tool_calls", Json::array({delta})}};
      out += chunk(choice, std::move(delta), nullptr, nullptr, event.text.size());
    }
    return out;
  }

  /// Moves calls out of a whole answer's text; whether there are any.
  bool add_calls(const FinishedChoice& choice, Json& message) const {
    using Kind = ToolCallReader::Event::Kind;
    ToolCallReader reader;
    std::vector<ToolCallReader::Event> events = reader.push(choice.text);
    for (auto& event : reader.finish()) events.push_back(std::move(event));
    std::string said;
    Json calls = Json::array();
    for (const ToolCallReader::Event& event : events) {
      if (event.kind == Kind::kText) {
        said += event.text;
      } else if (event.kind == Kind::kCall) {
        calls.push_back({{"id", call_id(choice.index, static_cast<int>(calls.size()))},
                         {"type", "function"},
                         {"function", {{"name", event.text}, {"arguments", ""}}}});
      } else {
        auto& arguments = calls.back()["function"]["arguments"];
        arguments = arguments.get<std::string>() + event.text;
      }
    }
    if (calls.empty()) return false;
    message["content"] = said.empty() ? Json() : Json(said);
    message["tool_calls"] = std::move(calls);
    return true;
  }

  const FormatOptions options_;
  StreamFrame stream_;
  std::map<int, ToolCallReader> readers_;  // by choice, of a stream
  std::map<int, int> calls_;
};

class CompletionFormat final : public AnswerFormat {
 public:
  explicit CompletionFormat(FormatOptions options)
      : options_(std::move(options)), stream_(options_, "text_completion") {}

  std::string opening(int choice) override {
    const std::string text = echo(choice);
    offsets_[choice] = count_characters(text);
    return text.empty() ? std::string() : chunk(choice, text, nullptr, nullptr);
  }

  std::string reasoning(int choice, const std::string& text) override {
    return chunk(choice, text, nullptr, nullptr);  // plain text has one side only
  }

  std::string piece(int choice, const runtime::Piece& piece) override {
    const bool logprobs = options_.with_logprobs && !piece.logprobs.empty();
    if (piece.text.empty() && !logprobs) return {};
    return chunk(choice, piece.text,
                 logprobs ? completion_logprobs(piece.logprobs, offsets_[choice]) : Json(),
                 nullptr);
  }

  std::string closing(int choice, runtime::FinishReason reason) override {
    return chunk(choice, "", nullptr, finish_name(reason));
  }

  std::string end(const Usage& usage) override { return stream_.end(usage); }
  std::string failure(const Error& error) override { return openai_error_event(error); }
  std::function<std::string(const Error&)> failure_formatter() override {
    return openai_error_event;
  }

  Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) override {
    Json out = answer_frame(options_, "text_completion");
    out["choices"] = Json::array();
    for (const FinishedChoice& choice : choices) {
      const std::string before = echo(choice.index);
      int64_t offset = count_characters(before);
      out["choices"].push_back(
          {{"text", before + choice.text},
           {"index", choice.index},
           {"logprobs",
            options_.with_logprobs ? completion_logprobs(choice.logprobs, offset) : Json()},
           {"finish_reason", finish_name(choice.finish)}});
    }
    out["usage"] = to_json(usage);
    return out;
  }

 private:
  std::string echo(int choice) const {
    const auto index = static_cast<std::size_t>(choice);
    return index < options_.echoes.size() ? options_.echoes[index] : std::string();
  }

  std::string chunk(int index, std::string text, Json logprobs, Json finish) {
    const std::size_t bytes = text.size();
    return stream_.chunk({{"text", std::move(text)},
                          {"index", index},
                          {"logprobs", std::move(logprobs)},
                          {"finish_reason", std::move(finish)}},
                         bytes);
  }

  const FormatOptions options_;
  StreamFrame stream_;
  std::map<int, int64_t> offsets_;
};

}  // namespace

std::unique_ptr<AnswerFormat> chat_format(FormatOptions options) {
  return std::make_unique<ChatFormat>(std::move(options));
}

std::unique_ptr<AnswerFormat> completion_format(FormatOptions options) {
  return std::make_unique<CompletionFormat>(std::move(options));
}

}  // namespace mw::server::openai
