// The readable integer products: what every other instruction set must equal bit for bit. Each
// group's sum is exact in int32; the floats are then added in the order of the groups. Included
// after inputs_scalar-inl.h.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/half.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

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

/// The low nibbles of 64 bytes are one quad, the high ones the next.
inline void unpack_nibbles(const uint8_t* nibbles, Integers& q) {
  for (int quad = 0; quad < kGroup / 4; quad += 2, nibbles += 4 * kPanelRows) {
    for (int i = 0; i < 4 * kPanelRows; ++i) q[quad][i] = nibbles[i] & 15;
    for (int i = 0; i < 4 * kPanelRows; ++i) q[quad + 1][i] = nibbles[i] >> 4;
  }
}

inline void unpack_bytes(const uint8_t* bytes, Integers& q) {
  for (auto& quad : q) {
    for (int i = 0; i < 4 * kPanelRows; ++i) quad[i] = *bytes++;
  }
}

/// Sums of a row's weights times inputs: of the first 16 and of the last 16 of a group.
struct GroupDots {
  int32_t half[2];
  int32_t whole() const { return half[0] + half[1]; }
};

inline void multiply_group(const Integers& q, const Integers& inputs,
                           GroupDots (&dots)[kPanelRows]) {
  for (int half = 0; half < 2; ++half) {
    int32_t sums[4 * kPanelRows] = {};
    for (int quad = 4 * half; quad < 4 * half + 4; ++quad) {
      for (int i = 0; i < 4 * kPanelRows; ++i) sums[i] += q[quad][i] * inputs[quad][i];
    }
    for (int row = 0; row < kPanelRows; ++row) {
      const int32_t* of_row = sums + 4 * row;
      dots[row].half[half] = of_row[0] + of_row[1] + of_row[2] + of_row[3];
    }
  }
}

/// How the scales of a group stand before its weights: in kBytes, under a head of kHeadBytes. A
/// weight is d q + m.
struct OwnOffset {
  static constexpr size_t kBytes = 4 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static float d(const uint8_t* p, const uint8_t*, int row) { return half_at(p, row); }
  static float m(const uint8_t* p, const uint8_t*, int row) {
    return half_at(p + 2 * kPanelRows, row);
  }
};
struct CentreEight {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static float d(const uint8_t* p, const uint8_t*, int row) { return half_at(p, row); }
  static float m(const uint8_t* p, const uint8_t*, int row) {
    return half_at(p, row) * static_cast<float>(-kW4Centre);
  }
};
struct UnderHead {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = kW4kHeadBytes;
  static float d(const uint8_t* p, const uint8_t* head, int row) {
    return half_at(head, row) * static_cast<float>(p[row]);
  }
  static float m(const uint8_t* p, const uint8_t* head, int row) {
    return -half_at(head + 2 * kPanelRows, row) * static_cast<float>(p[kPanelRows + row]);
  }
};

template <class Scale, class Column>
float add_scaled(float sum, const uint8_t* weights, const uint8_t* head, int32_t dot,
                 const Column& x, int row) {
  sum = fmaf(Scale::d(weights, head, row), x.number(dot), sum);
  return fmaf(Scale::m(weights, head, row), x.sum(), sum);
}

template <class Scale>
struct Nibbles {
  static constexpr size_t kGroupBytes = Scale::kBytes + kNibbleBytes;
  static constexpr size_t kHeadBytes = Scale::kHeadBytes;
  static void unpack(const uint8_t* weights, Integers& q) {
    unpack_nibbles(weights + Scale::kBytes, q);
  }
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t* head, GroupDots dots,
                    const Column& x, int row) {
    return add_scaled<Scale>(sum, weights, head, dots.whole(), x, row);
  }
};
using W4 = Nibbles<OwnOffset>;
using W4Centred = Nibbles<CentreEight>;
using W4k = Nibbles<UnderHead>;

struct W5k {
  static constexpr size_t kGroupBytes = kW5kGroupBytes;
  static constexpr size_t kHeadBytes = kW5kHeadBytes;
  static void unpack(const uint8_t* weights, Integers& q) {
    const uint8_t* nibbles = weights + 2 * kPanelRows;
    const uint8_t* upper = nibbles + kNibbleBytes;
    unpack_nibbles(nibbles, q);
    for (int quad = 0; quad < kGroup / 4; ++quad) {
      for (int i = 0; i < 4 * kPanelRows; ++i) {
        q[quad][i] = static_cast<int16_t>(q[quad][i] | (upper[i] >> quad & 1) << 4);
      }
    }
  }
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t* head, GroupDots dots,
                    const Column& x, int row) {
    return add_scaled<UnderHead>(sum, weights, head, dots.whole(), x, row);
  }
};

struct W6k {
  static constexpr size_t kGroupBytes = kW6kGroupBytes;
  static constexpr size_t kHeadBytes = kW6kHeadBytes;
  static void unpack(const uint8_t* weights, Integers& q) {
    const uint8_t* nibbles = weights + 2 * kPanelRows;
    unpack_nibbles(nibbles, q);
    for (int quad = 0; quad < kGroup / 4; ++quad) {
      const uint8_t* upper = nibbles + kNibbleBytes + quad / 4 * 4 * kPanelRows;
      for (int i = 0; i < 4 * kPanelRows; ++i) {
        q[quad][i] = static_cast<int16_t>(q[quad][i] | (upper[i] >> 2 * (quad % 4) & 3) << 4);
      }
    }
  }
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t* head, GroupDots dots,
                    const Column& x, int row) {
    for (int half = 0; half < 2; ++half) {
      const auto scale = static_cast<int8_t>(weights[half * kPanelRows + row]);
      const float d = half_at(head, row) * static_cast<float>(scale);
      sum = fmaf(d, x.number(dots.half[half]), sum);
      sum = fmaf(d * static_cast<float>(-kW6Centre), x.half_sum(half), sum);
    }
    return sum;
  }
};

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static constexpr size_t kHeadBytes = 0;
  static void unpack(const uint8_t* weights, Integers& q) {
    unpack_bytes(weights + 2 * kPanelRows, q);
  }
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t*, GroupDots dots,
                    const Column& x, int row) {
    const int32_t centred = dots.whole() - 128 * x.whole_sum();
    return fmaf(half_at(weights, row), x.number(centred), sum);
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static constexpr size_t kHeadBytes = 0;
  static void unpack(const uint8_t* weights, Integers& q) {
    unpack_bytes(weights + 16 * kPanelRows, q);
  }
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t*, GroupDots dots,
                    const Column& x, int row) {
    const uint8_t* offsets = weights + 8 * kPanelRows;
    for (int half = 0; half < 2; ++half) {
      const int column = half * kPanelRows + row;
      sum = fmaf(float_at(weights, column), x.number(dots.half[half]), sum);
      sum = fmaf(float_at(offsets, column), x.half_sum(half), sum);
    }
    return sum;
  }
};

template <class Format, class Column>
void matmul_scalar(const MatmulArgs& args) {
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
    for (int token = 0; token < args.tokens; ++token) {
      const uint8_t* tile =
          args.tiles + static_cast<size_t>(token / args.tile_tokens) * args.tile_bytes;
      float sums[kPanelRows] = {};
      for (int g = 0; g < args.groups; ++g) {
        const Column x(tile + static_cast<size_t>(g) * Column::group_bytes(args.tile_tokens),
                       token % args.tile_tokens, args.tile_tokens);
        const uint8_t* head = weights + head_offset(Format::kHeadBytes, Format::kGroupBytes, g);
        const uint8_t* group = weights + group_offset(Format::kHeadBytes, Format::kGroupBytes, g);
        Integers q;
        Format::unpack(group, q);
        GroupDots dots[kPanelRows];
        multiply_group(q, x.inputs, dots);
        for (int row = 0; row < kPanelRows; ++row) {
          sums[row] = Format::step(sums[row], group, head, dots[row], x, row);
        }
      }
      float* y = args.y + token * args.y_stride + panel * kPanelRows;
      for (int row = 0; row < kPanelRows; ++row) {
        const float scaled = args.scales[token] * sums[row];
        y[row] = args.add ? y[row] + scaled : scaled;
      }
    }
  }
}

template <class Column>
constexpr IntegerProducts scalar_products() {
  return {matmul_scalar<W4, Column>,  matmul_scalar<W4Centred, Column>,
          matmul_scalar<W4k, Column>, matmul_scalar<W5k, Column>,
          matmul_scalar<W8, Column>,  matmul_scalar<W8Affine, Column>,
          matmul_scalar<W6k, Column>};
}

}  // namespace
}  // namespace mw::tensor
