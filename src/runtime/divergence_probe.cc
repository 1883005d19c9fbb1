#include "runtime/divergence_probe.h"

#include <cmath>

#include "core/check.h"
#include "runtime/internal/window_reader.h"

namespace mw::runtime {

DivergenceProbe::DivergenceProbe(const models::Model& reference, std::vector<int32_t> ids,
                                 int window, int32_t bos, const tensor::ExecContext& ctx)
    : ids_(std::move(ids)),
      window_(window),
      bos_(bos),
      vocabulary_(reference.config().vocabulary),
      ctx_(ctx) {
  MW_CHECK_EQ(ids_.size() % static_cast<std::size_t>(window), std::size_t{0});
  WindowReader reader(reference, window, ctx);
  WindowReader* const readers[] = {&reader};
  std::vector<float> logprobs;
  for_each_position(readers, ids_, window, 0, bos, nullptr, [&](int row, int32_t) {
    reader.logprobs(row, logprobs);
    double sum = 0;
    for (const float each : logprobs) {
      const float p = std::exp(each);
      likely_.push_back(p);
      sum += double{p} * double{each};
    }
    negative_entropy_.push_back(sum);
  });
}

double DivergenceProbe::kl_nats(const models::Model& model) const {
  MW_CHECK_EQ(model.config().vocabulary, vocabulary_);
  WindowReader reader(model, window_, ctx_);
  WindowReader* const readers[] = {&reader};
  std::vector<double> kl(positions());
  std::size_t first = 0;
  const auto words = static_cast<std::size_t>(vocabulary_);
  for_each_block(readers, ids_, window_, 0, bos_, nullptr, [&](std::span<const int32_t> next) {
    tensor::parallel_for(ctx_, static_cast<int>(next.size()), 1, [&](int begin, int end) {
      std::vector<float> logprobs;
      for (int row = begin; row < end; ++row) {
        reader.logprobs(row, logprobs);
        const std::size_t position = first + static_cast<std::size_t>(row);
        const float* p = likely_.data() + position * words;
        double sum = 0;
        for (std::size_t i = 0; i < words; ++i) sum += double{p[i]} * double{logprobs[i]};
        kl[position] = negative_entropy_[position] - sum;
      }
    });
    first += next.size();
  });
  double total = 0;
  for (const double each : kl) total += each;
  return total / static_cast<double>(kl.size());
}

}  // namespace mw::runtime
