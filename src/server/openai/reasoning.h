#pragma once

// Models that think before they answer ("<think>...</think>"): what they think is told apart from
// what they say. Whether a model does is read from its template and vocabulary, never from its
// name.

#include <cstdint>
#include <span>
#include <string>

#include "grammar/thought.h"
#include "runtime/model_host.h"
#include "server/openai/generation_fields.h"

namespace mw::server::openai {

using grammar::Thought;

/// Whether an answer after this prompt begins with a thought.
Thought reasoning_start(const runtime::ServedModel& model, std::span<const int32_t> prompt_ids);

/// Sets what the template is told about `reasoning_effort`; notes it as without effect where it
/// changes nothing. Errors: kUnsupported, with `field` as param, for effort of a model that does
/// not think and for none of one that cannot be kept from it.
Result<void> apply_reasoning_effort(const runtime::ServedModel& model, const char* field,
                                    GenerationFields& fields);

/// Cuts the pieces of one answer in two. White space around the tags belongs to neither side.
class ReasoningSplitter {
 public:
  explicit ReasoningSplitter(Thought start = Thought::kNone);

  struct Parts {
    std::string reasoning;
    runtime::Piece answer;
  };
  Parts push(const runtime::Piece& piece);
  /// What was held back, at the end of the answer.
  Parts finish();

 private:
  enum class State { kAnswer, kMaybe, kInside, kAfter };
  void take_maybe(Parts& out);
  void take_inside(Parts& out);
  void take_after(Parts& out);

  State state_;
  bool began_ = false;  // the reasoning has: white space in it counts
  runtime::Piece held_;
};

/// How many of an answer's tokens belong to its reasoning, the tags included.
int count_reasoning_tokens(const tokenizers::Tokenizer& tokenizer, Thought start,
                           std::span<const int32_t> ids);

}  // namespace mw::server::openai
