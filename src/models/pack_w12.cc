#include "models/pack_w12.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "formats/dequantize.h"

namespace mw::models {

using formats::GgmlType;

bool fits_w12(const formats::StoredTensor& stored) {
  const bool floats = stored.type == GgmlType::kF32 || stored.type == GgmlType::kF16 ||
                      stored.type == GgmlType::kBF16;
  return floats && stored.shape.size() == 2 && stored.shape[0] % tensor::kPanelRows == 0 &&
         stored.shape[1] % tensor::kGroup == 0;
}

Result<tensor::PackedMatrix> pack_w12(const formats::StoredTensor& stored,
                                      const tensor::ExecContext& ctx) {
  MW_CHECK(fits_w12(stored));
  const auto rows = static_cast<int>(stored.shape[0]);
  const auto width = static_cast<std::size_t>(stored.shape[1]);
  tensor::PackedMatrix packed(tensor::WeightFormat::kW12, rows, static_cast<int>(width));
  const std::size_t row_bytes = stored.bytes.size() / static_cast<std::size_t>(rows);
  std::atomic<bool> finite = true;
  tensor::parallel_for(ctx, rows / tensor::kPanelRows, 1, [&](int begin, int end) {
    std::vector<float> values(width);
    std::vector<int16_t> q(width);
    for (int row = begin * tensor::kPanelRows; row < end * tensor::kPanelRows; ++row) {
      formats::dequantize(
          stored.type, stored.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes),
          values);
      float largest = 0;
      for (const float each : values) {
        if (!std::isfinite(each)) finite = false;
        largest = std::max(largest, std::fabs(each));
      }
      if (!finite) return;
      constexpr float kLeast = 1e-30F;  // below, the inverse of a step is no number
      const float inverse =
          largest > kLeast ? static_cast<float>(tensor::kMostW12) / largest : 0.0F;
      for (std::size_t k = 0; k < width; ++k) {
        q[k] = static_cast<int16_t>(std::nearbyint(values[k] * inverse));
      }
      packed.set_row_w12(row, largest / static_cast<float>(tensor::kMostW12), q);
    }
  });
  if (!finite) {
    return Error::make(Code::kCorrupt, "tensor " + stored.name + ": a weight is no finite number",
                       "张量 " + stored.name + "：权重含非有限数值", stored.name);
  }
  return packed;
}

}  // namespace mw::models
