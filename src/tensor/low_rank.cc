#include "tensor/low_rank.h"

#include <algorithm>

#include "core/check.h"

namespace mw::tensor {
namespace {

/// Tokens of a slice: four share a pass over the weights, and a slice of 8 x 512 floats is 16 KB.
constexpr int kSliceTokens = 8;

int slices_of(const LowRankJob& job) { return (job.x.rows + kSliceTokens - 1) / kSliceTokens; }

FloatMatmulArgs product(const PackedMatrix& weight, const float* x, std::ptrdiff_t x_stride,
                        float* y, std::ptrdiff_t y_stride, int tokens, bool add) {
  return {.panels = weight.data(),
          .panel_bytes = weight.panel_bytes(),
          .panel_begin = 0,
          .panel_end = weight.panels(),
          .width = weight.width(),
          .x = x,
          .x_stride = x_stride,
          .tokens = tokens,
          .y = y,
          .y_stride = y_stride,
          .add = add};
}

void run_slice(const LowRankJob& job, int slice, const KernelTable& kernels) {
  alignas(64) float inner[kSliceTokens * kMaxRank];
  const LowRank& change = *job.change;
  const std::ptrdiff_t stride = change.down.panels() * kPanelRows;
  const int token = slice * kSliceTokens;
  const int tokens = std::min(kSliceTokens, job.x.rows - token);
  kernels.matmul_f32(
      product(change.down, job.x.row(token), job.x.stride, inner, stride, tokens, false));
  kernels.matmul_f32(
      product(change.up, inner, stride, job.y.row(token), job.y.stride, tokens, true));
}

}  // namespace

void add_low_rank(std::span<const LowRankJob> jobs, const ExecContext& ctx) {
  int slices = 0;
  for (const LowRankJob& job : jobs) {
    const LowRank& change = *job.change;
    MW_CHECK(change.down.format() == WeightFormat::kF32);
    MW_CHECK(change.up.format() == WeightFormat::kF32);
    MW_CHECK(change.down.rows() <= kMaxRank);
    MW_CHECK_EQ(change.down.rows(), change.up.width());
    MW_CHECK_EQ(change.down.width(), job.x.cols);
    MW_CHECK_EQ(job.x.rows, job.y.rows);
    MW_CHECK(job.y.stride >= change.up.panels() * kPanelRows);
    slices += slices_of(job);
  }
  parallel_for(ctx, slices, 1, [&](int begin, int end) {
    int first = 0;  // slice of this job in the common count
    for (const LowRankJob& job : jobs) {
      const int count = slices_of(job);
      const int from = std::clamp(begin - first, 0, count);
      const int to = std::clamp(end - first, 0, count);
      first += count;
      for (int slice = from; slice < to; ++slice) run_slice(job, slice, *ctx.kernels);
    }
  });
}

}  // namespace mw::tensor
