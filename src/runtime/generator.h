#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "grammar/compiled_grammar.h"
#include "grammar/thought.h"
#include "models/adapter.h"

namespace mw::runtime {

/// How the next token is chosen. Order: logit_bias, penalties, temperature, top_k, top_p, min_p.
struct SamplingOptions {
  float temperature = 0.0F;  // <= 0 is greedy: the largest logit, the lowest id on ties
  int top_k = 0;             // 0 keeps all
  float top_p = 1.0F;
  float min_p = 0.0F;
  float repeat_penalty = 1.0F;
  float presence_penalty = 0.0F;
  float frequency_penalty = 0.0F;
  uint64_t seed = 0;  // token k of a request draws from a counter-based generator at (seed, k)
  std::vector<std::pair<int32_t, float>> logit_bias;
};

/// Who goes first when there is not enough of the machine for all.
enum class Priority { kBatch, kInteractive };

struct GenerateRequest {
  std::vector<int32_t> prompt_ids;
  int max_tokens = 128;
  SamplingOptions sampling;
  Priority priority = Priority::kInteractive;
  std::string client;             // whose fair share it counts against
  std::string rights;             // prompts are shared with requests of the same rights only
  int64_t deadline_ns = 0;        // steady_ns() by which it must be done; 0: none
  std::vector<std::string> stop;  // text that ends the answer and is not part of it
  grammar::GrammarPtr grammar;    // what the answer must match; it ends where that does
  grammar::Thought thought = grammar::Thought::kNone;  // what may come before the grammar holds
  int max_thought_tokens = 0;                          // then that is ended
  bool end_within_limit =
      false;  // the grammar's text is whole at max_tokens, not cut; kLength tells
  std::shared_ptr<const models::Adapter> adapter;  // of this model; null: the model as it is
  int top_logprobs = -1;  // -1 none; 0..20 alternatives beside the chosen token
  bool ignore_eos = false;
  bool hash_logits = false;  // fills GenerateResult::logits_hash
};

struct TokenLogprob {
  int32_t id = 0;
  std::string bytes;
  double logprob = 0;  // of the model's own distribution, before any sampling option
  std::vector<std::pair<std::string, double>> top;  // bytes, logprob; best first
};

/// A part of the answer. `text` is whole UTF-8 and never part of a stop string.
struct Piece {
  std::string text;
  std::vector<TokenLogprob> logprobs;
};

enum class FinishReason { kStop, kLength, kCancelled, kError };

struct GenerateResult {
  std::string text;
  std::vector<int32_t> ids;  // all that were generated, the end token included
  FinishReason finish = FinishReason::kStop;
  Error error;  // when finish is kError
  int prompt_tokens = 0;
  int cached_prompt_tokens = 0;
  uint64_t logits_hash = 0;              // FNV-1a over the bits of the logits of each step
  int64_t predicted_first_token_ns = 0;  // as told on submission
  // One after the other; what ended early has the time until then in the part that it was in.
  int64_t queue_ns = 0;    // until it had a place
  int64_t prefill_ns = 0;  // until its first token
  int64_t decode_ns = 0;
};

/// Upper edges of the classes in which steps are counted by their rows.
inline constexpr std::array<int, 10> kStepRowEdges = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

/// What is running now, for metrics and the System page. Counts are since start.
struct GeneratorStats {
  int running = 0;
  int waiting = 0;
  int step_rows = 0;                                   // rows of the last step's batch
  std::array<uint64_t, kStepRowEdges.size()> steps{};  // by rows
  uint64_t rows = 0;                                   // of all steps
  uint64_t prompt_tokens = 0;                          // that were asked for
  uint64_t cached_prompt_tokens = 0;                   // of them: not computed again
  uint64_t guessed_tokens = 0;                         // prompt lookup
  uint64_t guessed_right_tokens = 0;
  uint64_t forced_tokens = 0;  // of them those that a grammar left no choice about
  uint64_t preempted = 0;      // batch jobs that made way
  uint64_t generated_tokens = 0;
  double decode_tok_s = 0;   // over the last ten seconds
  double prefill_tok_s = 0;  // over the last ten seconds
  uint64_t kv_bytes = 0;
  uint64_t kv_bytes_used = 0;
  uint64_t kv_bytes_cached = 0;  // of them by prompts that may come again
};

/// Writes text with a model for many askers at once. Implemented by Scheduler; faked in tests of
/// the layers above.
class Generator {
 public:
  using RequestId = uint64_t;
  using OnPiece = std::function<void(const Piece&)>;
  using OnDone = std::function<void(const GenerateResult&)>;

  virtual ~Generator() = default;

  /// Queues a request. `on_piece` and then, exactly once, `on_done` are called on the generator's
  /// own thread and must not block; stats() no longer counts a request when on_done is called.
  /// Errors: kInvalidArgument (prompt and max_tokens do not fit the context; the numbers are in the
  /// message), kResourceExhausted (the queue is full, or the first token would come too late),
  /// kUnavailable (shutting down). One that misses its deadline ends with kDeadlineExceeded.
  virtual Result<RequestId> submit(GenerateRequest request, OnPiece on_piece, OnDone on_done) = 0;

  /// When the first token of such a request would come if it were submitted now, from now on; what
  /// a client is told before anything is computed. An upper estimate: no prompt cache is assumed.
  virtual int64_t predicted_first_token_ns(const GenerateRequest& request) const = 0;

  /// Ends a request soon, with FinishReason::kCancelled. Unknown and finished ids are ignored.
  virtual void cancel(RequestId id) = 0;

  /// Mean log-probability a token (nats) of each continuation after the prompt: how choices are
  /// ranked when the set of valid answers is known. Blocks.
  virtual Result<std::vector<double>> score(
      const std::vector<int32_t>& prompt_ids,
      const std::vector<std::vector<int32_t>>& continuations) = 0;

  virtual GeneratorStats stats() const = 0;
  virtual int context_length() const = 0;
};

/// Submits and waits.
Result<GenerateResult> generate(Generator& generator, GenerateRequest request,
                                Generator::OnPiece on_piece = {});

}  // namespace mw::runtime
