#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/openai/answer_shapes.h"

namespace mw::server::openai {

/// A finished choice, as it goes into an answer that is not streamed.
struct FinishedChoice {
  int index = 0;
  std::string text;
  std::string reasoning;  // what a model that thinks first has thought
  std::vector<runtime::TokenLogprob> logprobs;
  runtime::FinishReason finish = runtime::FinishReason::kStop;
};

struct FormatOptions {
  AnswerIdentity identity;
  bool with_logprobs = false;
  bool with_usage = false;          // streams: `usage` in each chunk, null but in the last
  bool with_tools = false;          // chat: calls are told apart from what is said
  bool with_obfuscation = false;    // streams: chunks padded to a multiple of 32 bytes
  std::vector<std::string> echoes;  // completions with echo: the prompt's text of each choice
};

/// How an answer looks on the wire: chat and plain completions differ only here. The members for
/// streams return whole events ("data: {...}\n\n", several of them or none).
/// Threads  one at a time.
class AnswerFormat {
 public:
  virtual ~AnswerFormat() = default;
  /// Before the first piece of a choice.
  virtual std::string opening(int choice) = 0;
  /// A part of what the model thinks before it answers.
  virtual std::string reasoning(int choice, const std::string& text) = 0;
  virtual std::string piece(int choice, const runtime::Piece& piece) = 0;
  virtual std::string closing(int choice, runtime::FinishReason reason) = 0;
  /// After the last choice: usage when asked for, then [DONE].
  virtual std::string end(const Usage& usage) = 0;
  virtual Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) = 0;
  /// Ends a stream that cannot go on.
  virtual std::string failure(const Error& error) = 0;
  /// The same for whoever has no part in the job (the connection, when the time is over): a
  /// function that outlives the format.
  virtual std::function<std::string(const Error&)> failure_formatter() = 0;
};

std::unique_ptr<AnswerFormat> chat_format(FormatOptions options);
std::unique_ptr<AnswerFormat> completion_format(FormatOptions options);

}  // namespace mw::server::openai
