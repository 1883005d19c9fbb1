#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/generator.h"
#include "tensor/exec_context.h"

namespace mw::runtime {

/// Chooses the next token of one request. Draws come from a counter-based generator at
/// (seed, step), so the same request gets the same tokens in any company.
///
/// Threads  one a request.
class Sampler {
 public:
  Sampler(SamplingOptions options, const tensor::KernelTable& kernels);

  /// Tells of a token that is now part of the text; penalties count it.
  void accept(int32_t id);

  /// The next token. `logits` (V) are changed by bias and penalties. `allowed`: one bit a token,
  /// the lowest first; only tokens whose bit is set are chosen. Empty: all.
  int32_t choose(std::span<float> logits, uint64_t step, std::span<const uint64_t> allowed = {});

  /// Another than `refused`, which choose() or this has just given for these logits.
  int32_t choose_instead(std::span<float> logits, uint64_t step, int32_t refused);

  /// Every token's log-probability (nats) under the model itself, in place of its logit.
  /// Exp is ours (same bits everywhere); the sum is f64 in the order of ids.
  static void to_logprobs(std::span<const float> logits, const tensor::KernelTable& kernels,
                          std::span<float> logprobs);

 private:
  struct Candidate {
    int32_t id = 0;
    float probability = 0;
  };
  void adjust(std::span<float> logits) const;
  void keep_likely(std::span<const float> logits);
  int32_t draw(std::span<const float> logits, uint64_t step);

  SamplingOptions options_;
  const tensor::KernelTable& kernels_;
  std::vector<std::pair<int32_t, int>> counts_;  // of each token so far
  std::vector<float> work_;
  std::vector<Candidate> candidates_;
};

/// The largest logit's id, the lowest on ties.
int32_t greedy(std::span<const float> logits);

/// `count` of the largest log-probabilities, best first, ties by id.
std::vector<std::pair<int32_t, float>> most_likely(std::span<const float> logprobs, int count);

/// Uniform in [0, 1) from (seed, step): SplitMix64 over both, 53 bits.
double uniform(uint64_t seed, uint64_t step);

}  // namespace mw::runtime
