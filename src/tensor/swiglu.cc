#include "tensor/swiglu.h"

#include "core/check.h"

namespace mw::tensor {

void swiglu(MatView<const float> gate, MatView<const float> up, MatView<float> y,
            const ExecContext& ctx) {
  MW_CHECK_EQ(gate.cols, up.cols);
  MW_CHECK_EQ(gate.rows, up.rows);
  MW_CHECK(gate.cols % 16 == 0);
  parallel_for(ctx, gate.rows, 4, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      ctx.kernels->swiglu(gate.row(t), up.row(t), gate.cols, y.row(t));
    }
  });
}

}  // namespace mw::tensor
