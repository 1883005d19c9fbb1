// Q4_K, Q5_K, Q6_K. Each group of a block gets the best scale of its own first; the scale of scales
// then rounds them, and each group tries the neighbours of its rounded scale.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "formats/internal/block_bytes.h"
#include "formats/internal/quantize_blocks.h"
#include "formats/internal/scale_search.h"

namespace mw::formats {
namespace {

constexpr std::size_t kValues = 256;
using Levels = std::array<float, kValues>;

/// A block of Q4_K or Q5_K before it is bytes: x is about
/// scale * scales[j] * q - minimum * minima[j] in group j.
struct KBlock {
  static constexpr std::size_t kGroups = 8;
  static constexpr std::size_t kGroup = 32;
  static constexpr float kMost = 63;

  float scale = 0;
  float minimum = 0;
  std::array<float, kGroups> scales{};
  std::array<float, kGroups> minima{};
  Levels levels{};
  float error = std::numeric_limits<float>::infinity();
};

float clipped(float value, float low, float high) {
  return std::min(std::max(std::nearbyint(value), low), high);
}

/// Rounds the groups' grids to whole multiples of `block.scale` and `block.minimum`.
void round_groups(std::span<const float> x, const std::array<Grid, KBlock::kGroups>& grids,
                  float high, KBlock& block) {
  block.error = 0;
  for (std::size_t j = 0; j < KBlock::kGroups; ++j) {
    const auto group = x.subspan(j * KBlock::kGroup, KBlock::kGroup);
    const float scale = block.scale > 0 ? grids[j].scale / block.scale : 0;
    const float minimum = block.minimum > 0 ? -grids[j].minimum / block.minimum : 0;
    std::array<float, KBlock::kGroup> levels{};
    float best = std::numeric_limits<float>::infinity();
    for (const float scale_step : {0.0F, -1.0F, 1.0F}) {
      for (const float minimum_step : {0.0F, -1.0F, 1.0F}) {
        const float s = clipped(scale + scale_step, 0, KBlock::kMost);
        const float m = clipped(minimum + minimum_step, 0, KBlock::kMost);
        const Grid grid{block.scale * s, -(block.minimum * m)};
        const float error = round_to_grid(group, grid, 0, high, levels);
        if (error >= best) continue;
        best = error;
        block.scales[j] = s;
        block.minima[j] = m;
        std::copy(levels.begin(), levels.end(),
                  block.levels.begin() + static_cast<std::ptrdiff_t>(j * KBlock::kGroup));
      }
    }
    block.error += best;
  }
}

/// The scale of scales and the scale of minima that fit the levels of a block best.
void solve_block(std::span<const float> x, KBlock& block) {
  double aa = 0;
  double ab = 0;
  double bb = 0;
  double ax = 0;
  double bx = 0;
  for (std::size_t i = 0; i < kValues; ++i) {
    const double a = double{block.scales[i / KBlock::kGroup]} * double{block.levels[i]};
    const double b = -double{block.minima[i / KBlock::kGroup]};
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ax += a * double{x[i]};
    bx += b * double{x[i]};
  }
  const double determinant = aa * bb - ab * ab;
  if (determinant > 1e-9 * aa * bb) {
    block.scale = half_rounded(static_cast<float>((ax * bb - bx * ab) / determinant));
    block.minimum = half_rounded(static_cast<float>((bx * aa - ax * ab) / determinant));
  } else if (aa > 0) {
    block.scale = half_rounded(static_cast<float>(ax / aa));
  }
}

KBlock search_block(std::span<const float> x, float high) {
  std::array<Grid, KBlock::kGroups> grids;
  KBlock best;
  for (std::size_t j = 0; j < KBlock::kGroups; ++j) {
    grids[j] = search_grid(x.subspan(j * KBlock::kGroup, KBlock::kGroup), high,
                           Minimum::kAtMostZero, Stored::kExact);
    best.scale = std::max(best.scale, grids[j].scale);
    best.minimum = std::max(best.minimum, -grids[j].minimum);
  }
  best.scale = half_rounded(best.scale / KBlock::kMost);
  best.minimum = half_rounded(best.minimum / KBlock::kMost);
  round_groups(x, grids, high, best);
  for (int round = 0; round < 2; ++round) {
    KBlock next = best;
    solve_block(x, next);
    if (!(next.scale > 0) || !(next.minimum >= 0)) break;
    round_groups(x, grids, high, next);
    if (next.error >= best.error) break;
    best = next;
  }
  return best;
}

uint32_t whole(float value) { return static_cast<uint32_t>(value); }

/// Eight pairs of six bits in twelve bytes.
void put_k_scales(const KBlock& block, std::byte* out) {
  for (std::size_t j = 0; j < 4; ++j) {
    const uint32_t scale = whole(block.scales[j + 4]);
    const uint32_t minimum = whole(block.minima[j + 4]);
    out[j] = as_byte(whole(block.scales[j]) | ((scale >> 4) << 6));
    out[j + 4] = as_byte(whole(block.minima[j]) | ((minimum >> 4) << 6));
    out[j + 8] = as_byte((scale & 15U) | ((minimum & 15U) << 4));
  }
}

/// Groups 2g and 2g + 1 share 32 bytes.
void put_k_nibbles(const Levels& levels, std::byte* out) {
  for (std::size_t i = 0; i < kValues / 2; ++i) {
    const std::size_t low = 64 * (i / 32) + i % 32;
    out[i] = as_byte((whole(levels[low]) & 15U) | ((whole(levels[low + 32]) & 15U) << 4));
  }
}

bool put_k_head(const KBlock& block, std::byte* out) {
  put_k_scales(block, out + 4);
  return std::isfinite(block.error) && put_half(block.scale, out) &&
         put_half(block.minimum, out + 2);
}

/// Q6_K: 16 groups of 16, x about scale * scales[j] * q with q from -32 to 31.
struct SixBitBlock {
  static constexpr std::size_t kGroups = 16;
  static constexpr std::size_t kGroup = 16;
  static constexpr float kMostScale = 127;

  float scale = 0;
  std::array<float, kGroups> scales{};
  Levels levels{};
};

SixBitBlock search_six_bits(std::span<const float> x) {
  SixBitBlock block;
  std::array<float, SixBitBlock::kGroups> wanted{};
  for (std::size_t j = 0; j < SixBitBlock::kGroups; ++j) {
    const auto group = x.subspan(j * SixBitBlock::kGroup, SixBitBlock::kGroup);
    wanted[j] = search_scale(group, -32, 31, Stored::kExact).scale;
    block.scale = std::max(block.scale, std::fabs(wanted[j]));
  }
  block.scale = half_rounded(block.scale / SixBitBlock::kMostScale);
  for (std::size_t j = 0; j < SixBitBlock::kGroups; ++j) {
    const auto group = x.subspan(j * SixBitBlock::kGroup, SixBitBlock::kGroup);
    const float scale = block.scale > 0 ? wanted[j] / block.scale : 0;
    std::array<float, SixBitBlock::kGroup> levels{};
    float best = std::numeric_limits<float>::infinity();
    for (const float step : {0.0F, -1.0F, 1.0F}) {
      const float s = clipped(scale + step, -SixBitBlock::kMostScale, SixBitBlock::kMostScale);
      const float error = round_to_grid(group, {block.scale * s, 0}, -32, 31, levels);
      if (error >= best) continue;
      best = error;
      block.scales[j] = s;
      std::copy(levels.begin(), levels.end(),
                block.levels.begin() + static_cast<std::ptrdiff_t>(j * SixBitBlock::kGroup));
    }
  }
  return block;
}

}  // namespace

bool write_q4_k(const float* values, std::byte* block) {
  const KBlock found = search_block({values, kValues}, 15);
  put_k_nibbles(found.levels, block + 16);
  return put_k_head(found, block);
}

bool write_q5_k(const float* values, std::byte* block) {
  const KBlock found = search_block({values, kValues}, 31);
  for (std::size_t i = 0; i < 32; ++i) {
    uint32_t bits = 0;
    for (std::size_t j = 0; j < KBlock::kGroups; ++j) {
      bits |= ((whole(found.levels[32 * j + i]) >> 4) & 1U) << j;
    }
    block[16 + i] = as_byte(bits);
  }
  put_k_nibbles(found.levels, block + 48);
  return put_k_head(found, block);
}

bool write_q6_k(const float* values, std::byte* block) {
  const SixBitBlock found = search_six_bits({values, kValues});
  std::fill(block, block + 192, std::byte{0});
  for (std::size_t i = 0; i < kValues; ++i) {
    const auto q = static_cast<uint32_t>(static_cast<int>(found.levels[i]) + 32);
    const std::size_t half = i / 128;
    const std::size_t quarter = i / 32 % 4;
    block[64 * half + i % 32 + 32 * (quarter & 1)] |= as_byte((q & 15U) << (4 * (quarter / 2)));
    block[128 + 32 * half + i % 32] |= as_byte((q >> 4) << (2 * quarter));
  }
  for (std::size_t j = 0; j < SixBitBlock::kGroups; ++j) {
    block[192 + j] = as_byte(static_cast<uint32_t>(static_cast<int>(found.scales[j])));
  }
  return put_half(found.scale, block + 208);
}

}  // namespace mw::formats
