// The readable integer products: what every other instruction set must equal bit for bit. Each
// group's sum is exact in int32; the floats are then added in the order of the groups.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/half.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// One token's integers in a group of a tile.
struct Column {
  const uint8_t* group;
  int token;
  int tile_tokens;
};

/// Input k of the group, from its signed high and low byte.
inline int32_t activation(Column x, int k) {
  const int at = k / 4 * 4 * x.tile_tokens + 4 * x.token + k % 4;
  const auto hi = static_cast<int8_t>(x.group[at]);
  const auto lo = static_cast<int8_t>(x.group[at + kGroup * x.tile_tokens]);
  return 256 * hi + lo;
}

/// The sum of the inputs of the group, and of a half of it.
inline float group_sum(Column x) {
  float sum;
  memcpy(&sum, x.group + 2 * kGroup * x.tile_tokens + 4 * x.token, 4);
  return sum;
}
inline float half_sum(Column x, int half) {
  float first;
  memcpy(&first, x.group + 2 * kGroup * x.tile_tokens + 4 * (x.tile_tokens + x.token), 4);
  return half == 0 ? first : group_sum(x) - first;
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

/// How a group's 16 scales, and then its 16 offsets, stand in a panel.
struct HalfScales {
  static constexpr int kBytes = 2 * kPanelRows;
  static float at(const uint8_t* p, int row) { return half_at(p, row); }
};
struct FloatScales {
  static constexpr int kBytes = 4 * kPanelRows;
  static float at(const uint8_t* p, int row) { return float_at(p, row); }
};

template <class Scales>
struct W4 {
  static constexpr int kNibbles = 2 * Scales::kBytes;
  static constexpr size_t kGroupBytes = kNibbles + kGroup * kPanelRows / 2;
  static float step(float sum, const uint8_t* weights, Column x, int row) {
    const uint8_t* nibbles = weights + kNibbles;
    int32_t dot = 0;
    for (int k = 0; k < kGroup; ++k) {
      const uint8_t byte = nibbles[(k / 8) * 4 * kPanelRows + 4 * row + k % 4];
      const int32_t q = k % 8 < 4 ? byte & 15 : byte >> 4;
      dot += q * activation(x, k);
    }
    sum = fmaf(Scales::at(weights, row), static_cast<float>(dot), sum);
    const float total = group_sum(x);
    return fmaf(Scales::at(weights + Scales::kBytes, row), total, sum);
  }
};

inline int32_t w8_dot(const uint8_t* bytes, Column x, int row, int begin, int end) {
  int32_t dot = 0;
  for (int k = begin; k < end; ++k) {
    dot += bytes[(k / 4) * 4 * kPanelRows + 4 * row + k % 4] * activation(x, k);
  }
  return dot;
}

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static float step(float sum, const uint8_t* weights, Column x, int row) {
    const int32_t dot = w8_dot(weights + 2 * kPanelRows, x, row, 0, kGroup);
    const float total = group_sum(x);
    const int32_t centred = dot - 128 * static_cast<int32_t>(total);
    return fmaf(half_at(weights, row), static_cast<float>(centred), sum);
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static float step(float sum, const uint8_t* weights, Column x, int row) {
    const uint8_t* offsets = weights + 8 * kPanelRows;
    const uint8_t* bytes = weights + 16 * kPanelRows;
    for (int half = 0; half < 2; ++half) {
      const int32_t dot = w8_dot(bytes, x, row, half * 16, half * 16 + 16);
      const int column = half * kPanelRows + row;
      sum = fmaf(float_at(weights, column), static_cast<float>(dot), sum);
      sum = fmaf(float_at(offsets, column), half_sum(x, half), sum);
    }
    return sum;
  }
};

template <class Format>
void matmul_scalar(const MatmulArgs& args) {
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
    for (int token = 0; token < args.tokens; ++token) {
      const uint8_t* tile =
          args.tiles + static_cast<size_t>(token / args.tile_tokens) * args.tile_bytes;
      float* y = args.y + token * args.y_stride + panel * kPanelRows;
      for (int row = 0; row < kPanelRows; ++row) {
        float sum = 0.0F;
        for (int g = 0; g < args.groups; ++g) {
          const Column x{tile + static_cast<size_t>(g) * tile_group_bytes(args.tile_tokens),
                         token % args.tile_tokens, args.tile_tokens};
          sum = Format::step(sum, weights + static_cast<size_t>(g) * Format::kGroupBytes, x, row);
        }
        const float scaled = args.scales[token] * sum;
        y[row] = args.add ? y[row] + scaled : scaled;
      }
    }
  }
}

}  // namespace
}  // namespace mw::tensor
