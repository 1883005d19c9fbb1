#include "tensor/matmul.h"

#include <algorithm>

#include "core/check.h"

namespace mw::tensor {
namespace {

/// Tokens whose tiles stay in L2 while all panels pass: 128 x 576 x 2 bytes = 147 KB.
constexpr int kTokenBlock = 128;

void run_integer(const Activations& x, const MatmulJob& job, int panel_begin, int panel_end,
                 int token, int tokens, const KernelTable& kernels) {
  const PackedMatrix& weight = *job.weight;
  const MatmulArgs args{
      .panels = weight.data(),
      .panel_bytes = weight.panel_bytes(),
      .panel_begin = panel_begin,
      .panel_end = panel_end,
      .groups = weight.width() / kGroup,
      .tiles = x.tiles() + static_cast<std::size_t>(token / x.tile_tokens()) * x.tile_bytes(),
      .tile_tokens = x.tile_tokens(),
      .tile_bytes = x.tile_bytes(),
      .scales = x.scales() + token,
      .tokens = tokens,
      .y = job.y.row(token),
      .y_stride = job.y.stride,
      .add = job.add};
  const IntegerProducts& products =
      x.form() == InputForm::kBytes ? kernels.of_bytes : kernels.of_words;
  if (weight.format() == WeightFormat::kW4) products.w4(args);
  if (weight.format() == WeightFormat::kW4Centred) products.w4_centred(args);
  if (weight.format() == WeightFormat::kW4k) products.w4k(args);
  if (weight.format() == WeightFormat::kW5k) products.w5k(args);
  if (weight.format() == WeightFormat::kW8) products.w8(args);
  if (weight.format() == WeightFormat::kW8Affine) products.w8_affine(args);
  if (weight.format() == WeightFormat::kW6k) products.w6k(args);
}

void run_float(const Activations& x, const MatmulJob& job, int panel_begin, int panel_end,
               int token, int tokens, const KernelTable& kernels) {
  const PackedMatrix& weight = *job.weight;
  const FloatMatmulArgs args{.panels = weight.data(),
                             .panel_bytes = weight.panel_bytes(),
                             .panel_begin = panel_begin,
                             .panel_end = panel_end,
                             .width = weight.width(),
                             .x = x.floats().row(token),
                             .x_stride = x.floats().stride,
                             .tokens = tokens,
                             .y = job.y.row(token),
                             .y_stride = job.y.stride,
                             .add = job.add};
  if (weight.format() == WeightFormat::kF32) kernels.matmul_f32(args);
  if (weight.format() == WeightFormat::kF16) kernels.matmul_f16(args);
  if (weight.format() == WeightFormat::kBf16) kernels.matmul_bf16(args);
}

void run_w12(const Activations& x, const MatmulJob& job, int panel_begin, int panel_end, int token,
             int tokens, const KernelTable& kernels) {
  const PackedMatrix& weight = *job.weight;
  kernels.matmul_w12({.panels = weight.data(),
                      .panel_bytes = weight.panel_bytes(),
                      .panel_begin = panel_begin,
                      .panel_end = panel_end,
                      .width = weight.width(),
                      .x = x.w12_row(token),
                      .x_stride = weight.width(),
                      .scales = x.scales() + token,
                      .tokens = tokens,
                      .y = job.y.row(token),
                      .y_stride = job.y.stride,
                      .add = job.add});
}

}  // namespace

void matmul(const Activations& x, std::span<const MatmulJob> jobs, const ExecContext& ctx) {
  int panels = 0;
  for (const MatmulJob& job : jobs) {
    MW_CHECK_EQ(job.weight->width(), x.width());
    MW_CHECK_EQ(job.y.rows, x.tokens());
    MW_CHECK(job.y.stride >= job.weight->panels() * kPanelRows);
    MW_CHECK(x.has_integers() || !is_integer(job.weight->format()));
    MW_CHECK(x.has_w12() || job.weight->format() != WeightFormat::kW12);
    panels += job.weight->panels();
  }
  parallel_for(ctx, panels, 4, [&](int begin, int end) {
    for (int token = 0; token < x.tokens(); token += kTokenBlock) {
      const int tokens = std::min(kTokenBlock, x.tokens() - token);
      int first = 0;  // panel of this job in the common count
      for (const MatmulJob& job : jobs) {
        const int count = job.weight->panels();
        const int from = std::clamp(begin - first, 0, count);
        const int to = std::clamp(end - first, 0, count);
        first += count;
        if (from == to) continue;
        if (job.weight->format() == WeightFormat::kW12) {
          run_w12(x, job, from, to, token, tokens, *ctx.kernels);
        } else if (is_integer(job.weight->format())) {
          run_integer(x, job, from, to, token, tokens, *ctx.kernels);
        } else {
          run_float(x, job, from, to, token, tokens, *ctx.kernels);
        }
      }
    }
  });
}

}  // namespace mw::tensor
