#include "models/pack_weight.h"

#include <array>
#include <atomic>
#include <cmath>
#include <cstring>

#include "core/check.h"
#include "core/half.h"
#include "formats/dequantize.h"
#include "models/internal/block_packers.h"

namespace mw::models {
namespace {

using formats::GgmlType;
using tensor::PackedMatrix;
using tensor::WeightFormat;

Error unsupported(const formats::GgufTensor& source) {
  return Error::make(
      Code::kUnsupported,
      "tensor " + source.name + ": no kernel for type " +
          std::string(formats::type_name(source.type)) +
          " as a weight matrix; convert the model to Q4_0, Q4_1, Q8_0, K-quants or F16",
      "张量 " + source.name + "：不支持的权重类型", source.name);
}

/// Calls each(row) for all rows, panels split over threads.
template <class Each>
void for_each_row(int rows, const tensor::ExecContext& ctx, const Each& each) {
  const int panels = (rows + tensor::kPanelRows - 1) / tensor::kPanelRows;
  tensor::parallel_for(ctx, panels, 1, [&](int begin, int end) {
    const int last = std::min(end * tensor::kPanelRows, rows);
    for (int row = begin * tensor::kPanelRows; row < last; ++row) each(row);
  });
}

/// One row of 8-bit weights; false where a weight or its scale is not finite.
bool round_row(std::span<const float> values, int row, PackedMatrix& out) {
  for (int group = 0; group < out.width() / tensor::kGroup; ++group) {
    const auto mine = values.subspan(static_cast<std::size_t>(group * tensor::kGroup), 32);
    float largest = 0;
    bool finite = true;
    for (const float value : mine) {
      finite = finite && std::isfinite(value);
      largest = std::max(largest, std::fabs(value));
    }
    const uint16_t d = f32_to_f16(largest / 127.0F);
    if (!finite || !finite_half(d)) return false;
    const float scale = f16_to_f32(d);
    std::array<uint8_t, 32> q;
    for (std::size_t i = 0; i < q.size(); ++i) {
      const float steps = scale > 0 ? std::nearbyint(mine[i] / scale) : 0.0F;
      q[i] = static_cast<uint8_t>(128 + static_cast<int>(std::clamp(steps, -128.0F, 127.0F)));
    }
    out.set_w8(row, group, d, q);
  }
  return true;
}

Error not_finite(const formats::GgufTensor& source) {
  return Error::make(Code::kCorrupt,
                     "tensor " + source.name + ": a weight or scale is not a finite number",
                     "张量 " + source.name + "：权重或缩放因子不是有限数", source.name);
}

}  // namespace

Result<WeightFormat> packed_format(const formats::GgufTensor& source) {
  if (source.type == GgmlType::kF32) return WeightFormat::kF32;
  if (source.type == GgmlType::kF16) return WeightFormat::kF16;
  if (source.type == GgmlType::kBF16) return WeightFormat::kBf16;
  const auto packer = packer_of(source.type);
  if (!packer) return unsupported(source);
  return packer->format;
}

Result<PackedMatrix> pack_weight(const formats::GgufTensor& source,
                                 const tensor::ExecContext& ctx) {
  constexpr int64_t kMost = int64_t{1} << 30;
  if (source.shape.size() != 2 || source.shape[0] > kMost || source.shape[1] > kMost) {
    return Error::make(Code::kCorrupt, "tensor " + source.name + ": expected a matrix", {},
                       source.name);
  }
  const int rows = static_cast<int>(source.shape[0]);
  const int width = static_cast<int>(source.shape[1]);
  const auto* bytes = reinterpret_cast<const uint8_t*>(source.bytes.data());
  const std::size_t row_bytes = source.bytes.size() / static_cast<std::size_t>(rows);

  MW_ASSIGN(const WeightFormat format, packed_format(source));

  if (!tensor::is_integer(format)) {
    PackedMatrix out(format, rows, width);
    for_each_row(rows, ctx, [&](int row) {
      const uint8_t* from = bytes + static_cast<std::size_t>(row) * row_bytes;
      const auto count = static_cast<std::size_t>(width);
      if (format == WeightFormat::kF32) {
        std::vector<float> values(count);
        std::memcpy(values.data(), from, row_bytes);
        out.set_row_f32(row, values);
      } else {
        std::vector<uint16_t> values(count);
        std::memcpy(values.data(), from, row_bytes);
        out.set_row_16(row, values);
      }
    });
    return out;
  }

  const auto packer = packer_of(source.type);
  MW_ASSIGN(const formats::BlockLayout layout, formats::block_layout(source.type));
  if (width % layout.elements != 0) return unsupported(source);
  PackedMatrix out(format, rows, width);
  std::atomic<bool> finite = true;
  for_each_row(rows, ctx, [&](int row) {
    const uint8_t* block = bytes + static_cast<std::size_t>(row) * row_bytes;
    for (int k = 0; k < width; k += layout.elements) {
      if (!packer->pack(block, row, k / tensor::kGroup, out)) finite = false;
      block += layout.bytes;
    }
  });
  if (!finite) return not_finite(source);
  return out;
}

Result<PackedMatrix> pack_rounded(const formats::GgufTensor& source,
                                  const tensor::ExecContext& ctx) {
  MW_ASSIGN(const WeightFormat format, packed_format(source));
  MW_CHECK_EQ(source.shape.size(), std::size_t{2});
  const int rows = static_cast<int>(source.shape[0]);
  const int width = static_cast<int>(source.shape[1]);
  if (tensor::is_integer(format) || width % tensor::kGroup != 0) return unsupported(source);
  const std::size_t row_bytes = source.bytes.size() / static_cast<std::size_t>(rows);
  PackedMatrix out(WeightFormat::kW8, rows, width);
  std::atomic<bool> finite = true;
  for_each_row(rows, ctx, [&](int row) {
    std::vector<float> values(static_cast<std::size_t>(width));
    formats::dequantize(source.type,
                        source.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes),
                        values);
    if (!round_row(values, row, out)) finite = false;
  });
  if (!finite) return not_finite(source);
  return out;
}

}  // namespace mw::models
