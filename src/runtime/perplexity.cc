#include "runtime/perplexity.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "runtime/internal/window_reader.h"

namespace mw::runtime {
namespace {

/// A mean of numbers in nats with its standard error.
struct Mean {
  double sum = 0;
  double squares = 0;
  int64_t count = 0;

  void add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
  double standard_error() const {
    if (count < 2) return 0;
    const double variance = squares / static_cast<double>(count) - mean() * mean();
    return std::sqrt(std::max(variance, 0.0) / static_cast<double>(count - 1));
  }
};

}  // namespace

Perplexity measure_perplexity(const models::Model& model, std::span<const int32_t> ids, int window,
                              int max_windows, int32_t bos, const tensor::ExecContext& ctx,
                              const std::function<void(int done, int windows)>& progress) {
  WindowReader reader(model, window, ctx);
  WindowReader* const readers[] = {&reader};
  std::vector<float> logprobs;
  Mean nats;
  Perplexity out;
  out.windows = for_each_position(
      readers, ids, window, max_windows, bos, progress, [&](int row, int32_t next) {
        reader.logprobs(row, logprobs);
        nats.add(-static_cast<double>(logprobs[static_cast<std::size_t>(next)]));
      });
  out.tokens = nats.count;
  out.nats_per_token = nats.mean();
  out.perplexity = std::exp(out.nats_per_token);
  out.standard_error = out.perplexity * nats.standard_error();
  return out;
}

Divergence measure_divergence(const models::Model& model, const models::Model& reference,
                              std::span<const int32_t> ids, int window, int max_windows,
                              int32_t bos, const tensor::ExecContext& ctx,
                              const std::function<void(int done, int windows)>& progress) {
  MW_CHECK_EQ(model.config().vocabulary, reference.config().vocabulary);
  WindowReader mine(model, window, ctx);
  WindowReader theirs(reference, window, ctx);
  WindowReader* const readers[] = {&mine, &theirs};
  std::vector<float> q;
  std::vector<float> p;
  std::vector<double> divergences;
  Mean kl;
  Mean model_nats;
  Mean reference_nats;
  int64_t same_top = 0;
  Divergence out;
  out.windows = for_each_position(
      readers, ids, window, max_windows, bos, progress, [&](int row, int32_t next) {
        mine.logprobs(row, q);
        theirs.logprobs(row, p);
        double sum = 0;
        for (std::size_t i = 0; i < p.size(); ++i) {
          const auto log_p = static_cast<double>(p[i]);
          sum += std::exp(log_p) * (log_p - static_cast<double>(q[i]));
        }
        kl.add(sum);
        divergences.push_back(sum);
        model_nats.add(-static_cast<double>(q[static_cast<std::size_t>(next)]));
        reference_nats.add(-static_cast<double>(p[static_cast<std::size_t>(next)]));
        const auto top = [](const std::vector<float>& logprobs) {
          return std::max_element(logprobs.begin(), logprobs.end()) - logprobs.begin();
        };
        if (top(p) == top(q)) ++same_top;
      });
  out.tokens = kl.count;
  if (kl.count == 0) return out;
  out.kl_nats = kl.mean();
  out.standard_error = kl.standard_error();
  const auto p99 = divergences.begin() + static_cast<std::ptrdiff_t>(divergences.size() * 99 / 100);
  std::nth_element(divergences.begin(), p99, divergences.end());
  out.kl_p99_nats = *p99;
  out.same_top = static_cast<double>(same_top) / static_cast<double>(kl.count);
  out.model_perplexity = std::exp(model_nats.mean());
  out.reference_perplexity = std::exp(reference_nats.mean());
  return out;
}

}  // namespace mw::runtime
