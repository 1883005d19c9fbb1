#include "models/internal/block_packers.h"

#include <array>
#include <cstring>

#include "core/half.h"

namespace mw::models {
namespace {

using formats::GgmlType;
using tensor::PackedMatrix;
using tensor::WeightFormat;

uint16_t u16_at(const uint8_t* p) {
  uint16_t value;
  std::memcpy(&value, p, 2);
  return value;
}

/// Two nibbles a byte: element j low, element j + 16 high.
std::array<uint8_t, 32> nibbles_of(const uint8_t* bytes) {
  std::array<uint8_t, 32> q;
  for (std::size_t j = 0; j < 16; ++j) {
    q[j] = bytes[j] & 15;
    q[j + 16] = bytes[j] >> 4;
  }
  return q;
}

/// The fifth bits of Q5_0 and Q5_1: bit j of a little-endian word belongs to element j.
void add_fifth_bits(const uint8_t* high, std::array<uint8_t, 32>& q) {
  uint32_t bits;
  std::memcpy(&bits, high, 4);
  for (std::size_t j = 0; j < 32; ++j) {
    q[j] = static_cast<uint8_t>(q[j] | (((bits >> j) & 1U) << 4));
  }
}

/// The 6-bit scale and minimum `index` (0..7) of Q4_K and Q5_K.
std::pair<int, int> k_scale(const uint8_t* s, int index) {
  if (index < 4) return {s[index] & 63, s[index + 4] & 63};
  return {(s[index + 4] & 15) | ((s[index - 4] >> 6) << 4),
          (s[index + 4] >> 4) | ((s[index] >> 6) << 4)};
}

bool pack_q4_0(const uint8_t* block, int row, int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block);
  if (!finite_half(d)) return false;
  out.set_w4_centred(row, group, d, nibbles_of(block + 2));
  return true;
}

bool pack_q4_1(const uint8_t* block, int row, int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block);
  const uint16_t m = u16_at(block + 2);
  if (!finite_half(d) || !finite_half(m)) return false;
  out.set_w4(row, group, d, m, nibbles_of(block + 4));
  return true;
}

/// d (q - 16) as d (q + 112 - 128): the 8-bit form without a rounding, in 8.5 bits.
bool pack_q5_0(const uint8_t* block, int row, int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block);
  if (!finite_half(d)) return false;
  auto q = nibbles_of(block + 6);
  add_fifth_bits(block + 2, q);
  for (uint8_t& each : q) each = static_cast<uint8_t>(each + 112);
  out.set_w8(row, group, d, q);
  return true;
}

bool pack_q5_1(const uint8_t* block, int row, int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block);
  const uint16_t m = u16_at(block + 2);
  if (!finite_half(d) || !finite_half(m)) return false;
  auto q = nibbles_of(block + 8);
  add_fifth_bits(block + 4, q);
  const float scale = f16_to_f32(d);
  const float offset = f16_to_f32(m);
  out.set_w8_affine(row, group, std::array{scale, scale}, std::array{offset, offset}, q);
  return true;
}

bool pack_q8_0(const uint8_t* block, int row, int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block);
  if (!finite_half(d)) return false;
  std::array<uint8_t, 32> q;
  for (std::size_t j = 0; j < 32; ++j) q[j] = static_cast<uint8_t>(block[2 + j] ^ 0x80U);
  out.set_w8(row, group, d, q);
  return true;
}

/// 32 of the 256 nibbles of Q4_K and Q5_K, 64 in 32 bytes: first the low halves.
std::array<uint8_t, 32> k_nibbles(const uint8_t* nibbles, int index) {
  const uint8_t* bytes = nibbles + (index / 2) * 32;
  std::array<uint8_t, 32> q;
  for (std::size_t j = 0; j < 32; ++j) q[j] = index % 2 == 0 ? bytes[j] & 15 : bytes[j] >> 4;
  return q;
}

/// Q4_K (fifth == nullptr) and Q5_K.
bool pack_under_heads(const uint8_t* block, const uint8_t* fifth, const uint8_t* nibbles, int row,
                      int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block);
  const uint16_t d_min = u16_at(block + 2);
  if (!finite_half(d) || !finite_half(d_min)) return false;
  out.set_w4k_head(row, group / tensor::kHeadGroups, d, d_min);
  for (int index = 0; index < 8; ++index) {
    const auto [scale, minimum] = k_scale(block + 4, index);
    auto q = k_nibbles(nibbles, index);
    for (std::size_t j = 0; fifth != nullptr && j < 32; ++j) {
      q[j] = static_cast<uint8_t>(q[j] | (((fifth[j] >> index) & 1U) << 4));
    }
    out.set_w4k(row, group + index, static_cast<uint8_t>(scale), static_cast<uint8_t>(minimum), q);
  }
  return true;
}

bool pack_q4_k(const uint8_t* block, int row, int group, PackedMatrix& out) {
  return pack_under_heads(block, nullptr, block + 16, row, group, out);
}

bool pack_q5_k(const uint8_t* block, int row, int group, PackedMatrix& out) {
  return pack_under_heads(block, block + 16, block + 48, row, group, out);
}

bool pack_q6_k(const uint8_t* block, int row, int group, PackedMatrix& out) {
  const uint16_t d = u16_at(block + 208);
  if (!finite_half(d)) return false;
  out.set_w6k_head(row, group / tensor::kHeadGroups, d);
  for (int index = 0; index < 8; ++index) {
    const int half = index / 4;  // 128 elements each
    const int part = index % 4;  // 32 elements of that half
    const uint8_t* low = block + 64 * half + 32 * (part % 2);
    const uint8_t* high = block + 128 + 32 * half;
    std::array<uint8_t, 32> q;
    for (std::size_t j = 0; j < 32; ++j) {
      const int nibble = part < 2 ? low[j] & 15 : low[j] >> 4;
      q[j] = static_cast<uint8_t>(nibble | (((high[j] >> (2 * part)) & 3) << 4));
    }
    const uint8_t* scales = block + 192 + 8 * half + 2 * part;
    out.set_w6k(row, group + index,
                std::array{static_cast<int8_t>(scales[0]), static_cast<int8_t>(scales[1])}, q);
  }
  return true;
}

}  // namespace

bool finite_half(uint16_t bits) { return (bits & 0x7c00U) != 0x7c00U; }

std::optional<BlockPacker> packer_of(GgmlType type) {
  switch (type) {
    case GgmlType::kQ4_0:
      return BlockPacker{WeightFormat::kW4Centred, pack_q4_0};
    case GgmlType::kQ4_1:
      return BlockPacker{WeightFormat::kW4, pack_q4_1};
    case GgmlType::kQ5_0:
      return BlockPacker{WeightFormat::kW8, pack_q5_0};
    case GgmlType::kQ5_1:
      return BlockPacker{WeightFormat::kW8Affine, pack_q5_1};
    case GgmlType::kQ8_0:
      return BlockPacker{WeightFormat::kW8, pack_q8_0};
    case GgmlType::kQ4_K:
      return BlockPacker{WeightFormat::kW4k, pack_q4_k};
    case GgmlType::kQ5_K:
      return BlockPacker{WeightFormat::kW5k, pack_q5_k};
    case GgmlType::kQ6_K:
      return BlockPacker{WeightFormat::kW6k, pack_q6_k};
    default:
      return std::nullopt;
  }
}

}  // namespace mw::models
