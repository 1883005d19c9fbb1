#include "formats/quantize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/half.h"
#include "formats/dequantize.h"
#include "formats/internal/block_bytes.h"
#include "formats/internal/quantize_blocks.h"

namespace mw::formats {
namespace {

bool write_f32(const float* value, std::byte* block) {
  const auto bits = std::bit_cast<uint32_t>(*value);
  for (std::size_t i = 0; i < 4; ++i) block[i] = as_byte(bits >> (8 * i));
  return true;
}

bool write_f16(const float* value, std::byte* block) { return put_half(*value, block); }

/// To nearest even; false where that overflows.
bool write_bf16(const float* value, std::byte* block) {
  const auto bits = std::bit_cast<uint32_t>(*value);
  const uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  block[0] = as_byte(rounded);
  block[1] = as_byte(rounded >> 8);
  return std::isfinite(bf16_to_f32(static_cast<uint16_t>(rounded)));
}

using BlockFunction = bool (*)(const float* values, std::byte* block);

BlockFunction block_function(GgmlType type) {
  switch (type) {
    case GgmlType::kF32:
      return write_f32;
    case GgmlType::kF16:
      return write_f16;
    case GgmlType::kBF16:
      return write_bf16;
    case GgmlType::kQ8_0:
      return write_q8_0;
    case GgmlType::kQ4_0:
      return write_q4_0;
    case GgmlType::kQ4_1:
      return write_q4_1;
    case GgmlType::kQ5_0:
      return write_q5_0;
    case GgmlType::kQ5_1:
      return write_q5_1;
    case GgmlType::kQ4_K:
      return write_q4_k;
    case GgmlType::kQ5_K:
      return write_q5_k;
    case GgmlType::kQ6_K:
      return write_q6_k;
    default:
      return nullptr;
  }
}

/// What every type but F32 and BF16 can reach: the largest f16.
constexpr float kMostHalf = 65504.0F;
constexpr std::size_t kChunk = 4096;  // values at once; a multiple of every block

bool in_reach(GgmlType type, float value) {
  const bool wide = type == GgmlType::kF32 || type == GgmlType::kBF16;
  return std::isfinite(value) && (wide || std::fabs(value) <= kMostHalf);
}

Error out_of_reach(GgmlType type) {
  const std::string name(type_name(type));
  return Error::make(Code::kCorrupt, "a weight is not a finite number, or too large for " + name,
                     "权重不是有限数，或超出 " + name + " 的范围");
}

}  // namespace

bool can_quantize(GgmlType type) { return block_function(type) != nullptr; }

Result<double> quantize(GgmlType type, std::span<const float> values, std::span<std::byte> blocks) {
  const BlockFunction function = block_function(type);
  MW_CHECK(function != nullptr);
  const BlockLayout layout = *block_layout(type);
  const auto elements = static_cast<std::size_t>(layout.elements);
  const auto bytes = static_cast<std::size_t>(layout.bytes);
  const std::size_t count = values.size() / elements;
  MW_CHECK_EQ(values.size(), count * elements);
  MW_CHECK_EQ(blocks.size(), count * bytes);
  double squares = 0;
  std::vector<float> read_back(std::min(kChunk, values.size()));
  for (std::size_t first = 0; first < values.size(); first += kChunk) {
    const auto part = values.subspan(first, std::min(kChunk, values.size() - first));
    for (const float each : part) {
      if (!in_reach(type, each)) return out_of_reach(type);
    }
    const auto stored = blocks.subspan(first / elements * bytes, part.size() / elements * bytes);
    for (std::size_t i = 0; i < part.size() / elements; ++i) {
      if (!function(part.data() + i * elements, stored.data() + i * bytes)) {
        return out_of_reach(type);
      }
    }
    const std::span<float> again = std::span(read_back).first(part.size());
    dequantize(type, stored, again);
    for (std::size_t k = 0; k < part.size(); ++k) {
      const double miss = double{again[k]} - double{part[k]};
      squares += miss * miss;
    }
  }
  return squares;
}

}  // namespace mw::formats
