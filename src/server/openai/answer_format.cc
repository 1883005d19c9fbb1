#include "server/openai/answer_format.h"

#include <map>
#include <random>

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
    // The length of a chunk tells the length of its token to whoever watches the wire; padded to
    // a multiple of 32 bytes it does not ("Whisper Leak", security.md 1).
    if (options_.with_obfuscation) out["obfuscation"] = padding(32 - text_bytes % 32);
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
  std::string padding(std::size_t count) {
    static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz012345";
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += kLetters[random_() & 31u];
    return out;
  }

  const FormatOptions& options_;
  const Json frame_;
  std::minstd_rand random_{std::random_device{}()};
};

class ChatFormat final : public AnswerFormat {
 public:
  explicit ChatFormat(FormatOptions options)
      : options_(std::move(options)), stream_(options_, "chat.completion.chunk") {}

  std::string opening(int choice) override {
    const Json delta = {{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}};
    return chunk(choice, delta, nullptr, nullptr, 0);
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

  Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) override {
    Json out = frame(options_, "chat.completion");
    out["choices"] = Json::array();
    for (const FinishedChoice& choice : choices) {
      const Json message = {{"role", "assistant"}, {"content", choice.text}, {"refusal", nullptr}};
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
