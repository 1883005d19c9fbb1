#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/http/api_error.h"
#include "server/openai/relay_chunk.h"
#include "server/openai/stream_frame.h"

namespace mw::server::openai {

/// Puts what another server streams into our own answer: our ids, our shapes, at most 8 MiB.
/// Threads  one at a time.
class RelayAnswer {
 public:
  RelayAnswer() = default;
  virtual ~RelayAnswer() = default;
  RelayAnswer(const RelayAnswer&) = delete;
  RelayAnswer& operator=(const RelayAnswer&) = delete;

  /// Takes what came; the events for a client that streams. Errors: kCorrupt, kTooLarge.
  Result<std::string> take(const RelayChunk& chunk);
  /// Whether every choice has come to its end.
  virtual bool complete() const = 0;
  /// The last events.
  virtual std::string end() = 0;
  virtual Json whole() = 0;
  /// Ends a stream that has begun and cannot go on.
  virtual std::string failure(const Error& error) = 0;
  /// The same for whoever has no part in the job; outlives the answer.
  virtual std::function<std::string(const Error&)> failure_formatter() = 0;

  /// As told by the other server; else parts are counted, which most send a token each.
  Usage usage() const;
  /// Whether any choice ended at its limit of tokens.
  virtual bool cut_by_length() const = 0;

 private:
  /// How a choice has ended; empty: it goes on.
  virtual const std::string& finish_of(int choice) const = 0;
  virtual Result<std::string> take_part(const RelayPart& part) = 0;

  std::optional<Usage> usage_;
  int parts_ = 0;
  std::size_t bytes_ = 0;
};

/// The answer of /v1/chat/completions, or of /v1/completions.
class RelayChoices final : public RelayAnswer {
 public:
  RelayChoices(FormatOptions options, bool chat, bool stream, int choices);

  bool complete() const override;
  std::string end() override;
  Json whole() override;
  std::string failure(const Error& error) override { return openai_error_event(error); }
  std::function<std::string(const Error&)> failure_formatter() override {
    return openai_error_event;
  }
  bool cut_by_length() const override;

 private:
  struct Call {
    std::string name;
    std::string arguments;
  };
  struct Choice {
    bool opened = false;
    std::string text;
    std::string reasoning;
    std::string refusal;
    std::vector<Call> calls;
    std::vector<runtime::TokenLogprob> logprobs;
    std::string finish;
    int64_t offset = 0;  // of completions' log-probabilities, in characters
  };
  const std::string& finish_of(int choice) const override;
  Result<std::string> take_part(const RelayPart& part) override;
  Result<void> keep(const RelayPart& part, Choice& choice);
  std::string chat_events(const RelayPart& part, Choice& choice, std::size_t calls_before);
  std::string completion_events(const RelayPart& part, Choice& choice);
  std::string delta(int choice, Json delta, Json logprobs, std::size_t text_bytes);
  std::string call_id(int choice, std::size_t call) const;
  Json whole_choice(int index) const;

  const FormatOptions options_;
  const bool chat_;
  const bool stream_;
  StreamFrame frame_;
  std::vector<Choice> choices_;
};

}  // namespace mw::server::openai
