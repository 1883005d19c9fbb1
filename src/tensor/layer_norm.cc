#include "tensor/layer_norm.h"

#include "core/check.h"

namespace mw::tensor {

void layer_norm(MatView<const float> x, std::span<const float> weight, std::span<const float> bias,
                float eps, MatView<float> y, const ExecContext& ctx) {
  MW_CHECK_EQ(weight.size(), static_cast<std::size_t>(x.cols));
  MW_CHECK_EQ(bias.size(), weight.size());
  MW_CHECK_EQ(x.cols, y.cols);
  MW_CHECK_EQ(x.rows, y.rows);
  MW_CHECK(x.cols % 16 == 0);
  parallel_for(ctx, x.rows, 8, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      ctx.kernels->layer_norm(x.row(t), weight.data(), bias.data(), eps, x.cols, y.row(t));
    }
  });
}

}  // namespace mw::tensor
