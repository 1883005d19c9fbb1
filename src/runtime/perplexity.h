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

}  // namespace mw::runtime
