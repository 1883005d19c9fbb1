#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

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

struct GenerateRequest {
  std::vector<int32_t> prompt_ids;
  int max_tokens = 128;
  SamplingOptions sampling;
  std::vector<std::string> stop;  // text that ends the answer and is not part of it
  int top_logprobs = -1;          // -1 none; 0..20 alternatives beside the chosen token
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
  uint64_t logits_hash = 0;  // FNV-1a over the bits of the logits of each step
  int64_t queue_ns = 0;
  int64_t prefill_ns = 0;
  int64_t decode_ns = 0;
};

/// What is running now, for metrics and the System page.
struct GeneratorStats {
  int running = 0;
  int waiting = 0;
  uint64_t prompt_tokens = 0;     // since start
  uint64_t generated_tokens = 0;  // since start
  double decode_tok_s = 0;        // over the last ten seconds
  double prefill_tok_s = 0;       // over the last ten seconds
  uint64_t kv_bytes = 0;
  uint64_t kv_bytes_used = 0;
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
  /// own thread and must not block. Errors: kInvalidArgument (prompt and max_tokens do not fit the
  /// context; the numbers are in the message), kResourceExhausted (queue full), kUnavailable
  /// (shutting down).
  virtual Result<RequestId> submit(GenerateRequest request, OnPiece on_piece, OnDone on_done) = 0;

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
