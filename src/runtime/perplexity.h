#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "models/model.h"
#include "tensor/exec_context.h"

namespace mw::runtime {

struct Perplexity {
  double perplexity = 0;
  double nats_per_token = 0;
  double standard_error = 0;  // of the perplexity
  int64_t tokens = 0;         // that were scored
  int windows = 0;
};

/// Perplexity over non-overlapping windows of `window` tokens; only the second half of each is
/// scored (the protocol of llama-perplexity, reference/evaluation.md 1). `bos` replaces the first
/// token of each window when it is not negative. `max_windows` 0 takes all.
///
/// Threads  ctx; `progress(done, windows)` is called after each window.
Perplexity measure_perplexity(const models::Model& model, std::span<const int32_t> ids, int window,
                              int max_windows, int32_t bos, const tensor::ExecContext& ctx,
                              const std::function<void(int done, int windows)>& progress);

/// How far a model's next-token distributions are from a reference's.
struct Divergence {
  double kl_nats = 0;         // mean of KL(reference || model) a token
  double standard_error = 0;  // of kl_nats
  double kl_p99_nats = 0;
  double same_top = 0;  // share of tokens whose likeliest next token is the same, 0..1
  double model_perplexity = 0;
  double reference_perplexity = 0;
  int64_t tokens = 0;
  int windows = 0;
};

/// Divergence over the windows and positions of measure_perplexity. Both models take the same ids;
/// the caller has seen to it that their vocabularies are the same.
///
/// Threads  ctx; `progress(done, windows)` is called after each window.
Divergence measure_divergence(const models::Model& model, const models::Model& reference,
                              std::span<const int32_t> ids, int window, int max_windows,
                              int32_t bos, const tensor::ExecContext& ctx,
                              const std::function<void(int done, int windows)>& progress);

}  // namespace mw::runtime
