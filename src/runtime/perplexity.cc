#include "runtime/perplexity.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "runtime/sampler.h"

namespace mw::runtime {
namespace {
constexpr int kRows = 64;  // logits at once: 64 x 49,152 f32 = 12.6 MB
}

Perplexity measure_perplexity(const models::Model& model, std::span<const int32_t> ids, int window,
                              int max_windows, int32_t bos, const tensor::ExecContext& ctx,
                              const std::function<void(int done, int windows)>& progress) {
  MW_CHECK(window >= 4);
  Perplexity out;
  int windows = static_cast<int>(ids.size() / static_cast<std::size_t>(window));
  if (max_windows > 0) windows = std::min(windows, max_windows);
  const auto& config = model.config();
  const auto workspace = model.make_workspace(std::max(window, kRows), kRows);
  models::KvPool pool(config, uint64_t{64} << 20);
  tensor::Matrix<float> logits(kRows, config.vocabulary);
  std::vector<float> logprobs(static_cast<std::size_t>(config.vocabulary));
  double sum = 0;
  double squares = 0;
  for (int index = 0; index < windows; ++index) {
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(index) * window;
    std::vector<int32_t> chunk(first, first + window);
    if (bos >= 0) chunk[0] = bos;
    models::KvSequence kv(pool);
    MW_CHECK(kv.reserve(window).has_value());
    const int half = window / 2;
    const models::ForwardSegment prefix{
        {chunk.data(), static_cast<std::size_t>(half)}, &kv, models::ForwardSegment::Logits::kNone};
    model.forward({&prefix, 1}, *workspace, logits.view(0), ctx);
    // The token at half is predicted from before it but not scored: positions half..window-2
    // predict tokens half+1..window-1.
    for (int at = half; at < window - 1; at += kRows) {
      const int count = std::min(kRows, window - 1 - at);
      const models::ForwardSegment part{{chunk.data() + at, static_cast<std::size_t>(count)},
                                        &kv,
                                        models::ForwardSegment::Logits::kAll};
      model.forward({&part, 1}, *workspace, logits.view(count), ctx);
      for (int i = 0; i < count; ++i) {
        Sampler::to_logprobs({logits.row(i), logprobs.size()}, *ctx.kernels, logprobs);
        const double nats = -static_cast<double>(
            logprobs[static_cast<std::size_t>(chunk[static_cast<std::size_t>(at + i + 1)])]);
        sum += nats;
        squares += nats * nats;
        ++out.tokens;
      }
    }
    ++out.windows;
    if (progress) progress(index + 1, windows);
  }
  if (out.tokens > 1) {
    const auto count = static_cast<double>(out.tokens);
    out.nats_per_token = sum / count;
    out.perplexity = std::exp(out.nats_per_token);
    const double variance = squares / count - out.nats_per_token * out.nats_per_token;
    out.standard_error = out.perplexity * std::sqrt(std::max(variance, 0.0) / (count - 1));
  }
  return out;
}

}  // namespace mw::runtime
