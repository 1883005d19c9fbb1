#include "runtime/sampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mw::runtime {
namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

void forbid(std::span<float> logits, std::span<const uint64_t> allowed) {
  for (std::size_t first = 0; first < logits.size(); first += 64) {
    const uint64_t word = first / 64 < allowed.size() ? allowed[first / 64] : 0;
    if (word == ~uint64_t{0}) continue;
    const std::size_t end = std::min(first + 64, logits.size());
    for (std::size_t i = first; i < end; ++i) {
      if (((word >> (i - first)) & 1u) == 0) logits[i] = kForbidden;
    }
  }
}

uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// exp(factor * (x - max)) for all, and their sum in f64 in the order of ids. The kernel takes
/// multiples of 16: the tail goes through a padded block.
double exp_all(std::span<const float> x, float max, float factor,
               const tensor::KernelTable& kernels, std::span<float> out) {
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = (x[i] - max) * factor;
  const std::size_t whole = x.size() / 16 * 16;
  kernels.exp(out.data(), static_cast<int>(whole), out.data());
  float tail[16] = {};
  std::copy(out.begin() + static_cast<std::ptrdiff_t>(whole), out.end(), tail);
  kernels.exp(tail, 16, tail);
  std::copy_n(tail, x.size() - whole, out.begin() + static_cast<std::ptrdiff_t>(whole));
  double sum = 0;
  for (const float each : out) sum += each;
  return sum;
}

}  // namespace

double uniform(uint64_t seed, uint64_t step) {
  return static_cast<double>(mix(mix(seed) ^ step) >> 11) * 0x1p-53;
}

int32_t greedy(std::span<const float> logits) {
  // 16 maxima side by side, which the compiler makes vectors of: half the time of one by one.
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> largest;
  largest.fill(kForbidden);
  std::size_t i = 0;
  for (; i + kLanes <= logits.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      largest[lane] = std::max(largest[lane], logits[i + lane]);
    }
  }
  for (; i < logits.size(); ++i) largest[0] = std::max(largest[0], logits[i]);
  const auto best = std::ranges::find(logits, std::ranges::max(largest));
  return best == logits.end() ? 0 : static_cast<int32_t>(best - logits.begin());
}

std::vector<std::pair<int32_t, float>> most_likely(std::span<const float> logprobs, int count) {
  std::vector<int32_t> ids(logprobs.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i);
  const auto kept = std::min<std::size_t>(static_cast<std::size_t>(count), ids.size());
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(kept), ids.end(),
                    [&](int32_t a, int32_t b) {
                      const float pa = logprobs[static_cast<std::size_t>(a)];
                      const float pb = logprobs[static_cast<std::size_t>(b)];
                      return pa != pb ? pa > pb : a < b;
                    });
  std::vector<std::pair<int32_t, float>> best;
  for (std::size_t i = 0; i < kept; ++i) {
    best.emplace_back(ids[i], logprobs[static_cast<std::size_t>(ids[i])]);
  }
  return best;
}

Sampler::Sampler(SamplingOptions options, const tensor::KernelTable& kernels)
    : options_(std::move(options)), kernels_(kernels) {}

void Sampler::accept(int32_t id) {
  for (auto& [known, count] : counts_) {
    if (known == id) {
      ++count;
      return;
    }
  }
  counts_.emplace_back(id, 1);
}

void Sampler::to_logprobs(std::span<const float> logits, const tensor::KernelTable& kernels,
                          std::span<float> logprobs) {
  const float max = *std::max_element(logits.begin(), logits.end());
  const double sum = exp_all(logits, max, 1.0F, kernels, logprobs);
  const double log_sum = static_cast<double>(max) + std::log(sum);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logprobs[i] = static_cast<float>(static_cast<double>(logits[i]) - log_sum);
  }
}

void Sampler::adjust(std::span<float> logits) const {
  for (const auto& [id, bias] : options_.logit_bias) {
    if (id >= 0 && static_cast<std::size_t>(id) < logits.size()) {
      logits[static_cast<std::size_t>(id)] += bias;
    }
  }
  for (const auto& [id, count] : counts_) {
    float& logit = logits[static_cast<std::size_t>(id)];
    logit = logit > 0 ? logit / options_.repeat_penalty : logit * options_.repeat_penalty;
    logit -= options_.presence_penalty + options_.frequency_penalty * static_cast<float>(count);
  }
}

/// Fills candidates_ with what top_k, top_p and min_p leave.
void Sampler::keep_likely(std::span<const float> logits) {
  work_.resize(logits.size());
  const float max = *std::max_element(logits.begin(), logits.end());
  const double sum = exp_all(logits, max, 1.0F / options_.temperature, kernels_, work_);
  const bool ranked = options_.top_k > 0 || options_.top_p < 1.0F;
  // A token under (1 - top_p) / V cannot be in the smallest prefix that reaches top_p: all such
  // tokens together weigh less than 1 - top_p. Dropping them first avoids sorting a vocabulary.
  const double least =
      options_.top_p < 1.0F ? (1.0 - options_.top_p) / static_cast<double>(logits.size()) : 0.0;
  candidates_.clear();
  for (std::size_t i = 0; i < work_.size(); ++i) {
    if (logits[i] == kForbidden) continue;
    const double p = work_[i] / sum;
    if (p < least || p < static_cast<double>(options_.min_p) / sum) continue;
    candidates_.push_back({static_cast<int32_t>(i), static_cast<float>(p)});
  }
  if (!ranked) return;
  std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.id < b.id;
  });
  if (options_.top_k > 0 && candidates_.size() > static_cast<std::size_t>(options_.top_k)) {
    candidates_.resize(static_cast<std::size_t>(options_.top_k));
  }
  if (options_.top_p < 1.0F) {
    double mass = 0;
    std::size_t kept = 0;
    double total = 0;  // top_p applies to what top_k left
    for (const Candidate& each : candidates_) total += static_cast<double>(each.probability);
    if (options_.top_k <= 0) total = 1.0;
    while (kept < candidates_.size() && mass < options_.top_p * total) {
      mass += static_cast<double>(candidates_[kept++].probability);
    }
    candidates_.resize(std::max<std::size_t>(kept, 1));
  }
}

int32_t Sampler::choose(std::span<float> logits, uint64_t step, std::span<const uint64_t> allowed) {
  adjust(logits);
  if (!allowed.empty()) forbid(logits, allowed);
  return draw(logits, step);
}

int32_t Sampler::choose_instead(std::span<float> logits, uint64_t step, int32_t refused) {
  logits[static_cast<std::size_t>(refused)] = kForbidden;
  return draw(logits, step);
}

int32_t Sampler::draw(std::span<const float> logits, uint64_t step) {
  if (options_.temperature <= 0.0F) return greedy(logits);
  keep_likely(logits);
  if (candidates_.empty()) return greedy(logits);
  double total = 0;
  for (const Candidate& each : candidates_) total += static_cast<double>(each.probability);
  double left = uniform(options_.seed, step) * total;
  for (const Candidate& each : candidates_) {
    left -= static_cast<double>(each.probability);
    if (left < 0) return each.id;
  }
  return candidates_.back().id;
}

}  // namespace mw::runtime
