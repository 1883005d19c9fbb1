#include "tensor/activation.h"

#include "core/check.h"
#include "tensor/swiglu.h"

namespace mw::tensor {
namespace {

void add_numbers(const float* x, int count, float* y, const KernelTable& kernels) {
  const int whole = count / 16 * 16;
  kernels.add_row(x, whole, y);
  for (int i = whole; i < count; ++i) y[i] += x[i];
}

int lanes(int cols) { return (cols + 15) / 16 * 16; }

void gelu(Activation kind, MatView<const float> gate, const MatView<const float>* up,
          MatView<float> y, const ExecContext& ctx) {
  MW_CHECK(kind != Activation::kSilu);
  MW_CHECK_EQ(gate.rows, y.rows);
  MW_CHECK_EQ(gate.cols, y.cols);
  MW_CHECK(gate.stride >= lanes(gate.cols) && y.stride >= lanes(y.cols));
  const auto kernel =
      kind == Activation::kGeluTanh ? ctx.kernels->gelu_tanh : ctx.kernels->gelu_erf;
  parallel_for(ctx, gate.rows, 4, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      kernel(gate.row(t), up == nullptr ? nullptr : up->row(t), lanes(gate.cols), y.row(t));
    }
  });
}

}  // namespace

void activate(Activation kind, MatView<const float> x, MatView<float> y, const ExecContext& ctx) {
  gelu(kind, x, nullptr, y, ctx);
}

void activate_gated(Activation kind, MatView<const float> gate, MatView<const float> up,
                    MatView<float> y, const ExecContext& ctx) {
  if (kind == Activation::kSilu) {
    swiglu(gate, up, y, ctx);
    return;
  }
  MW_CHECK_EQ(gate.cols, up.cols);
  MW_CHECK_EQ(gate.rows, up.rows);
  gelu(kind, gate, &up, y, ctx);
}

void soft_cap(float cap, MatView<float> x, const ExecContext& ctx) {
  MW_CHECK(x.stride >= lanes(x.cols));
  parallel_for(ctx, x.rows, 1, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      ctx.kernels->soft_cap(x.row(t), cap, lanes(x.cols), x.row(t));
    }
  });
}

void add_bias(std::span<const float> bias, MatView<float> x, const ExecContext& ctx) {
  if (bias.empty()) return;
  MW_CHECK_EQ(bias.size(), static_cast<std::size_t>(x.cols));
  parallel_for(ctx, x.rows, 16, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) add_numbers(bias.data(), x.cols, x.row(t), *ctx.kernels);
  });
}

void add_rows(MatView<const float> x, MatView<float> y, const ExecContext& ctx) {
  MW_CHECK(x.rows == y.rows && x.cols == y.cols);
  parallel_for(ctx, x.rows, 16, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) add_numbers(x.row(t), x.cols, y.row(t), *ctx.kernels);
  });
}

}  // namespace mw::tensor
