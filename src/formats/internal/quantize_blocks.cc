#include "formats/internal/quantize_blocks.h"

#include <array>
#include <span>

#include "formats/internal/block_bytes.h"
#include "formats/internal/scale_search.h"

namespace mw::formats {
namespace {

constexpr std::size_t kBlock = 32;
using Levels = std::array<float, kBlock>;

uint32_t level(const Levels& levels, std::size_t i, int offset) {
  return static_cast<uint32_t>(static_cast<int>(levels[i]) + offset);
}

/// Element j low, element j + 16 high; the fifth bits, where there are any, stay out.
void put_nibbles(const Levels& levels, int offset, std::byte* out) {
  for (std::size_t i = 0; i < kBlock / 2; ++i) {
    const uint32_t low = level(levels, i, offset) & 15U;
    const uint32_t high = level(levels, i + kBlock / 2, offset) & 15U;
    out[i] = as_byte(low | (high << 4));
  }
}

void put_fifth_bits(const Levels& levels, int offset, std::byte* out) {
  uint32_t bits = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    bits |= ((level(levels, i, offset) >> 4) & 1U) << i;
  }
  for (std::size_t i = 0; i < 4; ++i) out[i] = as_byte(bits >> (8 * i));
}

/// The best grid around 0 and its levels; writes the scale.
bool put_scale(const float* values, float low, float high, Levels& levels, std::byte* out) {
  const std::span<const float> x(values, kBlock);
  const Grid grid = search_scale(x, low, high, Stored::kHalf);
  round_to_grid(x, grid, low, high, levels);
  return put_half(grid.scale, out);
}

/// The best grid with a minimum and its levels; writes both.
bool put_grid(const float* values, float high, Levels& levels, std::byte* out) {
  const std::span<const float> x(values, kBlock);
  const Grid grid = search_grid(x, high, Minimum::kAny, Stored::kHalf);
  round_to_grid(x, grid, 0, high, levels);
  return put_half(grid.scale, out) && put_half(grid.minimum, out + 2);
}

}  // namespace

bool write_q8_0(const float* values, std::byte* block) {
  Levels levels;
  if (!put_scale(values, -127, 127, levels, block)) return false;
  for (std::size_t i = 0; i < kBlock; ++i) block[2 + i] = as_byte(level(levels, i, 0));
  return true;
}

bool write_q4_0(const float* values, std::byte* block) {
  Levels levels;
  if (!put_scale(values, -8, 7, levels, block)) return false;
  put_nibbles(levels, 8, block + 2);
  return true;
}

bool write_q4_1(const float* values, std::byte* block) {
  Levels levels;
  if (!put_grid(values, 15, levels, block)) return false;
  put_nibbles(levels, 0, block + 4);
  return true;
}

bool write_q5_0(const float* values, std::byte* block) {
  Levels levels;
  if (!put_scale(values, -16, 15, levels, block)) return false;
  put_fifth_bits(levels, 16, block + 2);
  put_nibbles(levels, 16, block + 6);
  return true;
}

bool write_q5_1(const float* values, std::byte* block) {
  Levels levels;
  if (!put_grid(values, 31, levels, block)) return false;
  put_fifth_bits(levels, 0, block + 4);
  put_nibbles(levels, 0, block + 8);
  return true;
}

}  // namespace mw::formats
