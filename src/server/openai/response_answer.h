#pragma once

#include <functional>
#include <memory>

#include "core/clock.h"
#include "server/openai/answer_format.h"
#include "server/openai/response_shapes.h"

namespace mw::server::openai {

struct ResponseAnswerOptions {
  Json response;  // as it begins
  bool with_logprobs = false;
  bool with_tools = false;  // calls are told apart from what is said
  bool with_obfuscation = false;
  std::shared_ptr<const Clock> clock;
  std::function<void(const Json& response)> keep;  // told of the finished one; empty: nobody
};

/// The answer of /v1/responses, whole or as its stream of events: response.created, in_progress,
/// for each item output_item.added, content_part.added, deltas, done thrice (a call has no parts),
/// and at the end completed, incomplete or failed. Each has the next sequence_number; there is no
/// [DONE].
class ResponseWriter : public AnswerFormat {
 public:
  // Calls that come as such, not in a model's text.
  virtual std::string begin_call(const std::string& name) = 0;
  virtual std::string arguments(const std::string& text) = 0;
  /// What is closed next was cut by another server's filter.
  virtual void filtered() = 0;
  /// The response, after closing().
  virtual Json finish(const Usage& usage) = 0;
};
std::unique_ptr<ResponseWriter> response_answer(ResponseAnswerOptions options);

/// An error in a stream that has no response to fail.
std::string response_error_event(const Error& error, int64_t sequence);

}  // namespace mw::server::openai
