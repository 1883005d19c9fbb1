// The readable integer products: what every other instruction set must equal bit for bit. Each
// group's sum is exact in int32; the floats are then added in the order of the groups.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/half.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// Where input k of a token stands in its group of a tile.
inline int place_of(int k, int token, int tile_tokens) {
  return k / 4 * 4 * tile_tokens + 4 * token + k % 4;
}

/// One token's words in a group of a tile. The inputs are put together once for all rows of a
/// panel: that was nine tenths of the time of this reference.
class Words {
 public:
  static constexpr size_t group_bytes(int tile_tokens) { return words_group_bytes(tile_tokens); }

  Words(const uint8_t* group, int token, int tile_tokens)
      : sums_(group + 2 * kGroup * tile_tokens + 4 * token), tile_tokens_(tile_tokens) {
    for (int k = 0; k < kGroup; ++k) {
      const int at = place_of(k, token, tile_tokens);
      const auto high = static_cast<int8_t>(group[at]);
      const auto low = static_cast<int8_t>(group[at + kGroup * tile_tokens]);
      inputs[k] = static_cast<int16_t>(256 * high + low);
    }
  }

  int16_t inputs[kGroup];
  /// What a sum over the group stands for, but for the scale of the token.
  static float number(int32_t dot) { return static_cast<float>(dot); }
  /// The sum of the inputs of the group, as an integer, and of a half of it.
  float sum() const { return kept(0); }
  int32_t whole_sum() const { return static_cast<int32_t>(sum()); }
  float half_sum(int half) const { return half == 0 ? kept(1) : sum() - kept(1); }

 private:
  float kept(int index) const {
    float value;
    memcpy(&value, sums_ + 4 * index * tile_tokens_, 4);
    return value;
  }

  const uint8_t* sums_;
  int tile_tokens_;
};

/// One token's bytes in a group of a tile; where the token is fine, a high and a low byte.
class Bytes {
 public:
  static constexpr size_t group_bytes(int tile_tokens) { return bytes_group_bytes(tile_tokens); }

  Bytes(const uint8_t* group, int token, int tile_tokens)
      : group_(group), token_(token), tile_tokens_(tile_tokens) {
    uint32_t fine;
    memcpy(&fine, group + fine_at(tile_tokens), 4);
    const bool is_fine = (fine >> token & 1) != 0;
    for (int k = 0; k < kGroup; ++k) {
      const int at = place_of(k, token, tile_tokens);
      inputs[k] = static_cast<int8_t>(group[at]);
      if (!is_fine) continue;
      const auto low = static_cast<int8_t>(group[low_bytes_at(tile_tokens) + at]);
      inputs[k] = static_cast<int16_t>(256 * inputs[k] + low);
    }
  }

  int16_t inputs[kGroup];
  float number(int32_t dot) const { return kept(Kept::kScale) * static_cast<float>(dot); }
  float sum() const { return kept(Kept::kSum); }
  float half_sum(int half) const { return kept(half == 0 ? Kept::kFirstSum : Kept::kSecondSum); }
  int32_t whole_sum() const { return kept<int32_t>(Kept::kWholeSum); }

 private:
  template <class Number = float>
  Number kept(Kept what) const {
    Number value;
    memcpy(&value, group_ + kept_at(tile_tokens_, what, token_), 4);
    return value;
  }

  const uint8_t* group_;
  int token_;
  int tile_tokens_;
};

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

inline int32_t nibble_at(const uint8_t* nibbles, int row, int k) {
  const uint8_t byte = nibbles[(k / 8) * 4 * kPanelRows + 4 * row + k % 4];
  return k % 8 < 4 ? byte & 15 : byte >> 4;
}

template <class Column>
int32_t nibble_dot(const uint8_t* nibbles, const Column& x, int row) {
  int16_t q[kGroup];
  for (int eight = 0; eight < kGroup; eight += 8) {
    const uint8_t* bytes = nibbles + eight / 2 * kPanelRows + 4 * row;
    for (int k = 0; k < 4; ++k) {
      q[eight + k] = bytes[k] & 15;
      q[eight + k + 4] = bytes[k] >> 4;
    }
  }
  int32_t dot = 0;
  for (int k = 0; k < kGroup; ++k) dot += q[k] * x.inputs[k];
  return dot;
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
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t* head, const Column& x,
                    int row) {
    const int32_t dot = nibble_dot(weights + Scale::kBytes, x, row);
    return add_scaled<Scale>(sum, weights, head, dot, x, row);
  }
};
using W4 = Nibbles<OwnOffset>;
using W4Centred = Nibbles<CentreEight>;
using W4k = Nibbles<UnderHead>;

struct W5k {
  static constexpr size_t kGroupBytes = kW5kGroupBytes;
  static constexpr size_t kHeadBytes = kW5kHeadBytes;
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t* head, const Column& x,
                    int row) {
    const uint8_t* nibbles = weights + 2 * kPanelRows;
    const uint8_t* upper = nibbles + kNibbleBytes;
    int32_t dot = 0;
    for (int k = 0; k < kGroup; ++k) {
      const int32_t bit = upper[4 * row + k % 4] >> (k / 4) & 1;
      dot += (nibble_at(nibbles, row, k) | bit << 4) * x.inputs[k];
    }
    return add_scaled<UnderHead>(sum, weights, head, dot, x, row);
  }
};

struct W6k {
  static constexpr size_t kGroupBytes = kW6kGroupBytes;
  static constexpr size_t kHeadBytes = kW6kHeadBytes;
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t* head, const Column& x,
                    int row) {
    const uint8_t* nibbles = weights + 2 * kPanelRows;
    const uint8_t* upper = nibbles + kNibbleBytes;
    for (int half = 0; half < 2; ++half) {
      int32_t dot = 0;
      for (int k = 16 * half; k < 16 * half + 16; ++k) {
        const uint8_t bits = upper[half * 4 * kPanelRows + 4 * row + k % 4];
        const int32_t q = nibble_at(nibbles, row, k) | (bits >> (2 * (k / 4 % 4)) & 3) << 4;
        dot += q * x.inputs[k];
      }
      const auto scale = static_cast<int8_t>(weights[half * kPanelRows + row]);
      const float d = half_at(head, row) * static_cast<float>(scale);
      sum = fmaf(d, x.number(dot), sum);
      sum = fmaf(d * static_cast<float>(-kW6Centre), x.half_sum(half), sum);
    }
    return sum;
  }
};

template <class Column>
int32_t w8_dot(const uint8_t* bytes, const Column& x, int row, int begin, int end) {
  int32_t dot = 0;
  for (int k = begin; k < end; ++k) {
    dot += bytes[(k / 4) * 4 * kPanelRows + 4 * row + k % 4] * x.inputs[k];
  }
  return dot;
}

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static constexpr size_t kHeadBytes = 0;
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t*, const Column& x, int row) {
    const int32_t dot = w8_dot(weights + 2 * kPanelRows, x, row, 0, kGroup);
    const int32_t centred = dot - 128 * x.whole_sum();
    return fmaf(half_at(weights, row), x.number(centred), sum);
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static constexpr size_t kHeadBytes = 0;
  template <class Column>
  static float step(float sum, const uint8_t* weights, const uint8_t*, const Column& x, int row) {
    const uint8_t* offsets = weights + 8 * kPanelRows;
    const uint8_t* bytes = weights + 16 * kPanelRows;
    for (int half = 0; half < 2; ++half) {
      const int32_t dot = w8_dot(bytes, x, row, half * 16, half * 16 + 16);
      const int column = half * kPanelRows + row;
      sum = fmaf(float_at(weights, column), x.number(dot), sum);
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
        for (int row = 0; row < kPanelRows; ++row) {
          sums[row] = Format::step(sums[row], group, head, x, row);
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
