#include "formats/dequantize.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/check.h"
#include "core/half.h"

// Plain and exact rather than fast: the reference for the kernels, and the path for small tensors.
// Every scale is multiplied in the order that the format's reference implementation uses, since
// f32 products do not associate.

namespace mw::formats {
namespace {

uint32_t byte_at(const std::byte* data, int index) {
  return std::to_integer<uint32_t>(data[index]);
}

int signed_byte_at(const std::byte* data, int index) {
  return static_cast<int8_t>(std::to_integer<uint8_t>(data[index]));
}

uint16_t u16_at(const std::byte* data) {
  return static_cast<uint16_t>(byte_at(data, 0) | (byte_at(data, 1) << 8));
}

uint32_t u32_at(const std::byte* data) {
  return static_cast<uint32_t>(u16_at(data)) | (static_cast<uint32_t>(u16_at(data + 2)) << 16);
}

float half_at(const std::byte* data) { return f16_to_f32(u16_at(data)); }

void f32_block(const std::byte* block, float* out) { *out = std::bit_cast<float>(u32_at(block)); }
void f16_block(const std::byte* block, float* out) { *out = half_at(block); }
void bf16_block(const std::byte* block, float* out) { *out = bf16_to_f32(u16_at(block)); }

void q8_0_block(const std::byte* block, float* out) {
  const float scale = half_at(block);
  for (int i = 0; i < 32; ++i) out[i] = static_cast<float>(signed_byte_at(block + 2, i)) * scale;
}

void q4_0_block(const std::byte* block, float* out) {
  const float scale = half_at(block);
  for (int i = 0; i < 16; ++i) {
    const uint32_t pair = byte_at(block + 2, i);
    out[i] = static_cast<float>(static_cast<int>(pair & 15) - 8) * scale;
    out[i + 16] = static_cast<float>(static_cast<int>(pair >> 4) - 8) * scale;
  }
}

void q4_1_block(const std::byte* block, float* out) {
  const float scale = half_at(block);
  const float minimum = half_at(block + 2);
  for (int i = 0; i < 16; ++i) {
    const uint32_t pair = byte_at(block + 4, i);
    out[i] = static_cast<float>(pair & 15) * scale + minimum;
    out[i + 16] = static_cast<float>(pair >> 4) * scale + minimum;
  }
}

/// The five-bit value of element `i` (0..31): a nibble of `low`, its fifth bit from `high`.
int five_bits(const std::byte* low, uint32_t high, int i) {
  const uint32_t pair = byte_at(low, i & 15);
  const uint32_t nibble = i < 16 ? pair & 15 : pair >> 4;
  return static_cast<int>(nibble | (((high >> i) & 1) << 4));
}

void q5_0_block(const std::byte* block, float* out) {
  const float scale = half_at(block);
  const uint32_t high = u32_at(block + 2);
  for (int i = 0; i < 32; ++i) {
    out[i] = static_cast<float>(five_bits(block + 6, high, i) - 16) * scale;
  }
}

void q5_1_block(const std::byte* block, float* out) {
  const float scale = half_at(block);
  const float minimum = half_at(block + 2);
  const uint32_t high = u32_at(block + 4);
  for (int i = 0; i < 32; ++i) {
    out[i] = static_cast<float>(five_bits(block + 8, high, i)) * scale + minimum;
  }
}

struct ScaleAndMinimum {
  float scale;
  float minimum;
};

/// Number `j` (0..7) of the eight pairs of six-bit values in the 12 bytes of Q4_K and Q5_K.
ScaleAndMinimum k_scale(const std::byte* scales, int j) {
  if (j < 4) {
    return {static_cast<float>(byte_at(scales, j) & 63),
            static_cast<float>(byte_at(scales, j + 4) & 63)};
  }
  const uint32_t low = byte_at(scales, j + 4);
  return {static_cast<float>((low & 15) | ((byte_at(scales, j - 4) >> 6) << 4)),
          static_cast<float>((low >> 4) | ((byte_at(scales, j) >> 6) << 4))};
}

/// Q4_K and Q5_K: eight groups of 32; groups 2g and 2g+1 share the bytes 32g.. of `nibbles`, and
/// group number is the bit of `fifth` (null for Q4_K) that completes its values.
void k_block(const std::byte* block, const std::byte* fifth, const std::byte* nibbles, float* out) {
  const float scale_of_scales = half_at(block);
  const float scale_of_minima = half_at(block + 2);
  for (int group = 0; group < 8; ++group) {
    const ScaleAndMinimum pair = k_scale(block + 4, group);
    const float scale = scale_of_scales * pair.scale;
    const float minimum = scale_of_minima * pair.minimum;
    const std::byte* bytes = nibbles + 32 * (group / 2);
    for (int i = 0; i < 32; ++i) {
      uint32_t value = (byte_at(bytes, i) >> (4 * (group & 1))) & 15;
      if (fifth != nullptr) value |= ((byte_at(fifth, i) >> group) & 1) << 4;
      out[32 * group + i] = scale * static_cast<float>(value) - minimum;
    }
  }
}

void q4_k_block(const std::byte* block, float* out) { k_block(block, nullptr, block + 16, out); }
void q5_k_block(const std::byte* block, float* out) { k_block(block, block + 16, block + 48, out); }

void q6_k_block(const std::byte* block, float* out) {
  const float scale_of_scales = half_at(block + 208);
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128;        // two halves of 128 elements
    const int quarter = i / 32 % 4;  // of the half
    const int low_index = 64 * half + i % 32 + 32 * (quarter & 1);
    const uint32_t low = (byte_at(block, low_index) >> (4 * (quarter / 2))) & 15;
    const uint32_t high = (byte_at(block + 128, 32 * half + i % 32) >> (2 * quarter)) & 3;
    const float scale = scale_of_scales * static_cast<float>(signed_byte_at(block + 192, i / 16));
    out[i] = scale * static_cast<float>(static_cast<int>(low | (high << 4)) - 32);
  }
}

using BlockFunction = void (*)(const std::byte* block, float* out);

BlockFunction block_function(GgmlType type) {
  switch (type) {
    case GgmlType::kF32:
      return f32_block;
    case GgmlType::kF16:
      return f16_block;
    case GgmlType::kBF16:
      return bf16_block;
    case GgmlType::kQ8_0:
      return q8_0_block;
    case GgmlType::kQ4_0:
      return q4_0_block;
    case GgmlType::kQ4_1:
      return q4_1_block;
    case GgmlType::kQ5_0:
      return q5_0_block;
    case GgmlType::kQ5_1:
      return q5_1_block;
    case GgmlType::kQ4_K:
      return q4_k_block;
    case GgmlType::kQ5_K:
      return q5_k_block;
    case GgmlType::kQ6_K:
      return q6_k_block;
    default:
      return nullptr;
  }
}

}  // namespace

bool can_dequantize(GgmlType type) { return block_function(type) != nullptr; }

void dequantize(GgmlType type, std::span<const std::byte> blocks, std::span<float> out) {
  const BlockFunction function = block_function(type);
  MW_CHECK(function != nullptr);
  const BlockLayout layout = *block_layout(type);
  const std::size_t block_bytes = static_cast<std::size_t>(layout.bytes);
  const std::size_t block_elements = static_cast<std::size_t>(layout.elements);
  const std::size_t count = blocks.size() / block_bytes;
  MW_CHECK_EQ(blocks.size(), count * block_bytes);
  MW_CHECK_EQ(out.size(), count * block_elements);
  for (std::size_t i = 0; i < count; ++i) {
    function(blocks.data() + i * block_bytes, out.data() + i * block_elements);
  }
}

}  // namespace mw::formats
