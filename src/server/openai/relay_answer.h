#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/openai/relay_chunk.h"
#include "server/openai/stream_frame.h"

namespace mw::server::openai {

/// Puts what another server streams into our own answer: our ids, our shapes, at most 8 MiB.
/// Threads  one at a time.
class RelayAnswer {
 public:
  RelayAnswer(FormatOptions options, bool chat, bool stream, int choices);
  RelayAnswer(const RelayAnswer&) = delete;
  RelayAnswer& operator=(const RelayAnswer&) = delete;

  /// Takes what came; the events for a client that streams. Errors: kCorrupt, kTooLarge.
  Result<std::string> take(const RelayChunk& chunk);
  /// Whether every choice has come to its end.
  bool complete() const;
  /// The last events.
  std::string end() const;
  Json whole() const;

  /// As told by the other server; else parts are counted, which most send a token each.
  Usage usage() const;
  /// Whether any choice ended at its limit of tokens.
  bool cut_by_length() const;

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
  Result<std::string> take_part(const RelayPart& part);
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
  std::optional<Usage> usage_;
  int parts_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace mw::server::openai
