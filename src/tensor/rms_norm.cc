#include "tensor/rms_norm.h"

#include "core/check.h"

namespace mw::tensor {

void rms_norm(MatView<const float> x, std::span<const float> weight, float eps, MatView<float> y,
              const ExecContext& ctx) {
  MW_CHECK_EQ(weight.size(), static_cast<std::size_t>(x.cols));
  MW_CHECK_EQ(x.cols, y.cols);
  MW_CHECK_EQ(x.rows, y.rows);
  MW_CHECK(x.cols % 16 == 0);
  parallel_for(ctx, x.rows, 8, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      ctx.kernels->rms_norm(x.row(t), weight.data(), eps, x.cols, y.row(t));
    }
  });
}

}  // namespace mw::tensor
