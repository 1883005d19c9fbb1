#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "grammar/matcher.h"
#include "grammar/short_ending.h"
#include "models/kv_cache.h"
#include "runtime/answer_text.h"
#include "runtime/generator.h"
#include "runtime/internal/prompt_lookup.h"
#include "runtime/sampler.h"

namespace mw::runtime {

/// One request on its way through the scheduler. Owned by the model's thread once it is admitted.
struct Sequence {
  Generator::RequestId id = 0;
  GenerateRequest request;
  Generator::OnPiece on_piece;
  Generator::OnDone on_done;
  int64_t submitted_ns = 0;
  int64_t admitted_ns = 0;
  int64_t first_token_ns = 0;

  std::string scope;         // who may share its prompt: of the same rights and adapter
  std::vector<int32_t> ids;  // the prompt, then every token that was chosen
  int to_read = 0;           // of them, before the next token can be chosen
  bool resumed = false;      // made way for another before; to_read ends before the last token
  std::unique_ptr<models::KvSequence> kv;
  std::unique_ptr<Sampler> sampler;
  std::unique_ptr<grammar::Matcher> matcher;     // null: any text
  std::unique_ptr<grammar::ShortEnding> ending;  // null: cut at the limit
  bool held_short = false;                       // a token was refused for the limit's sake
  std::unique_ptr<AnswerText> text;
  PromptLookup lookup;
  std::vector<int32_t> fed;  // by the step that runs: the last token and guesses after it
  bool fed_forced = false;   // the guesses are what the grammar leaves no choice about
  GenerateResult result;
  std::vector<TokenLogprob> held_logprobs;  // of tokens whose text is still held back
  bool done = false;

  int prompt_tokens() const { return static_cast<int>(request.prompt_ids.size()); }
  bool reading() const { return kv->length() < to_read; }
  /// Positions that may be written: what is reserved on admission.
  int room() const { return prompt_tokens() + std::max(request.max_tokens, 0); }
};

}  // namespace mw::runtime
