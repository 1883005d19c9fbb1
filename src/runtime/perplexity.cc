#include "runtime/perplexity.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "runtime/sampler.h"

namespace mw::runtime {
namespace {

constexpr int kRows = 64;  // logits at once: 64 x 49,152 f32 = 12.6 MB

/// Runs one model through windows of a text, kRows scored positions at a time.
class WindowReader {
 public:
  WindowReader(const models::Model& model, int window, const tensor::ExecContext& ctx)
      : model_(model),
        ctx_(ctx),
        workspace_(model.make_workspace(std::max(window, kRows), kRows)),
        pool_(model.config(), room(model.config(), window)),
        kv_(pool_),
        logits_(kRows, model.config().vocabulary) {}

  /// Starts a window with ids that are read but not scored.
  void begin(std::span<const int32_t> prefix, int window) {
    kv_.truncate(0);
    MW_CHECK(kv_.reserve(window).has_value());
    const models::ForwardSegment part{prefix, &kv_, models::ForwardSegment::Logits::kNone};
    model_.forward({&part, 1}, *workspace_, logits_.view(0), ctx_);
  }
  /// Log probabilities of what follows each of `ids` (at most kRows) are in logprobs() then.
  void read(std::span<const int32_t> ids) {
    const models::ForwardSegment part{ids, &kv_, models::ForwardSegment::Logits::kAll};
    model_.forward({&part, 1}, *workspace_, logits_.view(static_cast<int>(ids.size())), ctx_);
  }
  /// Writes the log probabilities of the token after the i-th of those read last.
  void logprobs(int i, std::vector<float>& out) {
    out.resize(static_cast<std::size_t>(model_.config().vocabulary));
    Sampler::to_logprobs({logits_.row(i), out.size()}, *ctx_.kernels, out);
  }

 private:
  static uint64_t room(const models::ModelConfig& config, int window) {
    const uint64_t block = models::KvPool(config, 0).block_bytes();
    return block * (static_cast<uint64_t>(window) / tensor::kKvBlock + 1);
  }

  const models::Model& model_;
  const tensor::ExecContext& ctx_;
  std::unique_ptr<models::Workspace> workspace_;
  models::KvPool pool_;
  models::KvSequence kv_;
  tensor::Matrix<float> logits_;
};

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

/// Calls each(readers' index of the row, the id that follows) for all scored positions of the
/// windows, after all `readers` have read it; returns the number of windows.
template <class Each>
int for_each_position(std::span<WindowReader* const> readers, std::span<const int32_t> ids,
                      int window, int max_windows, int32_t bos,
                      const std::function<void(int done, int windows)>& progress,
                      const Each& each) {
  MW_CHECK(window >= 4);
  int windows = static_cast<int>(ids.size() / static_cast<std::size_t>(window));
  if (max_windows > 0) windows = std::min(windows, max_windows);
  const int half = window / 2;
  for (int index = 0; index < windows; ++index) {
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(index) * window;
    std::vector<int32_t> chunk(first, first + window);
    if (bos >= 0) chunk[0] = bos;
    const std::span<const int32_t> all(chunk);
    for (WindowReader* reader : readers) {
      reader->begin(all.first(static_cast<std::size_t>(half)), window);
    }
    // The token at half is predicted from before it but not scored: positions half..window-2
    // predict tokens half+1..window-1.
    for (int at = half; at < window - 1; at += kRows) {
      const int count = std::min(kRows, window - 1 - at);
      for (WindowReader* reader : readers) {
        reader->read(all.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(count)));
      }
      for (int i = 0; i < count; ++i) each(i, all[static_cast<std::size_t>(at + i + 1)]);
    }
    if (progress) progress(index + 1, windows);
  }
  return windows;
}

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
