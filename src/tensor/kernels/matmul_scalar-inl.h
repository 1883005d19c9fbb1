// The readable integer products: what every other instruction set must equal bit for bit. Each
// group's sum is exact in int32; the floats are then added in the order of the groups.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/half.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// Byte `index` (0..3) of quad `quad` of one token: as signed high and low part of 16 bits.
inline int32_t activation(const uint8_t* group, int token, int k) {
  const size_t at = static_cast<size_t>(k / 4) * 4 * kTileTokens + 4 * token + k % 4;
  const auto hi = static_cast<int8_t>(group[at]);
  const auto lo = static_cast<int8_t>(group[at + kGroup * kTileTokens]);
  return 256 * hi + lo;
}

inline float half_sum(const uint8_t* group, int token, int half) {
  float sum;
  memcpy(&sum, group + 2 * kGroup * kTileTokens + (half * kTileTokens + token) * 4, 4);
  return sum;
}

inline float half_at(const uint8_t* p, int row) {
  uint16_t bits;
  memcpy(&bits, p + 2 * row, 2);
  return f16_to_f32(bits);
}

inline float float_at(const uint8_t* p, int row) {
  float value;
  memcpy(&value, p + 4 * row, 4);
  return value;
}

struct W4 {
  static constexpr size_t kGroupBytes = kW4GroupBytes;
  static float step(float sum, const uint8_t* weights, const uint8_t* group, int token, int row) {
    const uint8_t* nibbles = weights + 4 * kPanelRows;
    int32_t dot = 0;
    for (int k = 0; k < kGroup; ++k) {
      const uint8_t byte = nibbles[(k / 8) * 4 * kPanelRows + 4 * row + k % 4];
      const int32_t q = k % 8 < 4 ? byte & 15 : byte >> 4;
      dot += q * activation(group, token, k);
    }
    sum = fmaf(half_at(weights, row), static_cast<float>(dot), sum);
    const float total = half_sum(group, token, 0) + half_sum(group, token, 1);
    return fmaf(half_at(weights + 2 * kPanelRows, row), total, sum);
  }
};

inline int32_t w8_dot(const uint8_t* bytes, const uint8_t* group, int token, int row, int begin,
                      int end) {
  int32_t dot = 0;
  for (int k = begin; k < end; ++k) {
    dot += bytes[(k / 4) * 4 * kPanelRows + 4 * row + k % 4] * activation(group, token, k);
  }
  return dot;
}

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static float step(float sum, const uint8_t* weights, const uint8_t* group, int token, int row) {
    const int32_t dot = w8_dot(weights + 2 * kPanelRows, group, token, row, 0, kGroup);
    const float total = half_sum(group, token, 0) + half_sum(group, token, 1);
    const int32_t centred = dot - 128 * static_cast<int32_t>(total);
    return fmaf(half_at(weights, row), static_cast<float>(centred), sum);
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static float step(float sum, const uint8_t* weights, const uint8_t* group, int token, int row) {
    const uint8_t* offsets = weights + 8 * kPanelRows;
    const uint8_t* bytes = weights + 16 * kPanelRows;
    for (int half = 0; half < 2; ++half) {
      const int32_t dot = w8_dot(bytes, group, token, row, half * 16, half * 16 + 16);
      const int column = half * kPanelRows + row;
      sum = fmaf(float_at(weights, column), static_cast<float>(dot), sum);
      sum = fmaf(float_at(offsets, column), half_sum(group, token, half), sum);
    }
    return sum;
  }
};

template <class Format>
void matmul_scalar(const MatmulArgs& args) {
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
    for (int token = 0; token < args.tokens; ++token) {
      const uint8_t* tile = args.tiles + static_cast<size_t>(token / kTileTokens) * args.tile_bytes;
      float* y = args.y + token * args.y_stride + panel * kPanelRows;
      for (int row = 0; row < kPanelRows; ++row) {
        float sum = 0.0F;
        for (int g = 0; g < args.groups; ++g) {
          sum = Format::step(sum, weights + static_cast<size_t>(g) * Format::kGroupBytes,
                             tile + static_cast<size_t>(g) * kTileGroupBytes, token % kTileTokens,
                             row);
        }
        const float scaled = args.scales[token] * sum;
        y[row] = args.add ? y[row] + scaled : scaled;
      }
    }
  }
}

}  // namespace
}  // namespace mw::tensor
