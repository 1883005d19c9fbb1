#include "server/openai/answer_format.h"

#include <map>

#include "server/http/api_error.h"
#include "server/http/sse.h"

namespace mw::server::openai {
namespace {

// The members that all objects of one answer share.
Json frame(const FormatOptions& options, const char* object) {
  const AnswerIdentity& identity = options.identity;
  Json out;
  out["id"] = identity.id;
  out["object"] = object;
  out["created"] = identity.created_s;
  out["model"] = identity.model;
  out["system_fingerprint"] = identity.fingerprint;
  return out;
}

/// The part of a stream that chat and completions share.
class StreamFrame {
 public:
  StreamFrame(const FormatOptions& options, const char* object)
      : options_(options), frame_(frame(options, object)) {}

  std::string chunk(Json choice, std::size_t text_bytes) {
    Json out = frame_;
    out["choices"] = Json::array({std::move(choice)});
    if (options_.with_usage) out["usage"] = nullptr;
    if (options_.with_obfuscation) out["obfuscation"] = padding_.after(text_bytes);
    return sse_data(to_text(out));
  }

  std::string end(const Usage& usage) {
    std::string out;
    if (options_.with_usage) {
      Json last = frame_;
      last["choices"] = Json::array();
      last["usage"] = to_json(usage);
      out = sse_data(to_text(last));
    }
    out += kSseDone;
    return out;
  }

 private:
  const FormatOptions& options_;
  const Json frame_;
  ChunkPadding padding_;
};

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
    const bool logprobs = options_.with_logprobs && !piece.logprobs.empty();
    if (piece.text.empty() && !logprobs) return {};
    return chunk(choice, {{"content", piece.text}},
                 logprobs ? chat_logprobs(piece.logprobs) : Json(), nullptr, piece.text.size());
  }

  std::string closing(int choice, runtime::FinishReason reason) override {
    return chunk(choice, Json::object(), nullptr, finish_name(reason), 0);
  }

  std::string end(const Usage& usage) override { return stream_.end(usage); }
  std::string failure(const Error& error) override { return openai_error_event(error); }
  std::function<std::string(const Error&)> failure_formatter() override {
    return openai_error_event;
  }

  Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) override {
    Json out = frame(options_, "chat.completion");
    out["choices"] = Json::array();
    for (const FinishedChoice& choice : choices) {
      Json message = {{"role", "assistant"}, {"content", choice.text}, {"refusal", nullptr}};
      if (!choice.reasoning.empty()) message["reasoning_content"] = choice.reasoning;
      out["choices"].push_back(
          {{"index", choice.index},
           {"message", message},
           {"logprobs", options_.with_logprobs ? chat_logprobs(choice.logprobs) : Json()},
           {"finish_reason", finish_name(choice.finish)}});
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

  const FormatOptions options_;
  StreamFrame stream_;
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
    Json out = frame(options_, "text_completion");
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
