// The readable integer products: what every other instruction set must equal bit for bit. Each
// group's sum is exact in int32; the floats are then added in the order of the groups. Included
// after vector_scalar-inl.h, inputs_scalar-inl.h and weights_scalar-inl.h.
#include <stdint.h>
#include <string.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// Sums of each row's weights times inputs: of the first 16 and of the last 16 of a group.
struct GroupDots {
  I32x16 half[2];
  I32x16 whole() const { return add(half[0], half[1]); }
};

/// Of eight pairs of each row times eight of inputs.
inline I32x16 multiply_half(const I32x16* pairs, const int16_t* inputs) {
  I32x16 dots = {};
  for (int pair = 0; pair < 8; ++pair) {
    add_pairs(dots, pairs[pair], broadcast_pair(inputs + 2 * pair));
  }
  return dots;
}

inline GroupDots multiply_group(const Pairs& pairs, const Inputs& inputs) {
  return {multiply_half(pairs, inputs.values),
          multiply_half(pairs + kGroup / 4, inputs.values + kGroup / 2)};
}

inline F32x16 f16s_at(const uint8_t* p) {
  uint16_t halves[kPanelRows];
  memcpy(halves, p, sizeof halves);
  return load_f16(halves);
}

inline F32x16 floats_at(const uint8_t* p) {
  float floats[kPanelRows];
  memcpy(floats, p, sizeof floats);
  return load(floats);
}

template <class Byte>
F32x16 bytes_at(const uint8_t* p) {
  F32x16 out;
  for (int row = 0; row < kPanelRows; ++row)
    out.v[row] = static_cast<float>(static_cast<Byte>(p[row]));
  return out;
}

/// Of the rows of a panel in a group: a weight is d q + m.
struct Scales {
  F32x16 d;
  F32x16 m;
};

/// How the scales of a group stand before its weights: in kBytes, under a head of kHeadBytes.
struct OwnOffset {
  static constexpr size_t kBytes = 4 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static Scales at(const uint8_t* p, const uint8_t*) {
    return {f16s_at(p), f16s_at(p + 2 * kPanelRows)};
  }
};
struct CentreEight {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static Scales at(const uint8_t* p, const uint8_t*) {
    const F32x16 d = f16s_at(p);
    return {d, mul(d, broadcast(static_cast<float>(-kW4Centre)))};
  }
};
struct UnderHead {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = kW4kHeadBytes;
  static Scales at(const uint8_t* p, const uint8_t* head) {
    return {mul(f16s_at(head), bytes_at<uint8_t>(p)),
            mul(mul(f16s_at(head + 2 * kPanelRows), broadcast(-1.0F)),
                bytes_at<uint8_t>(p + kPanelRows))};
  }
};

/// One scale and offset a group.
template <class Column>
F32x16 add_group(F32x16 sum, const Scales& scales, const GroupDots& dots, const Column& x) {
  sum = fma(scales.d, x.numbers(dots.whole()), sum);
  return fma(scales.m, broadcast(x.sum()), sum);
}

/// One for each half of a group.
struct HalfScales {
  Scales half[2];
};
template <class Column>
F32x16 add_group(F32x16 sum, const HalfScales& scales, const GroupDots& dots, const Column& x) {
  for (int half = 0; half < 2; ++half) {
    sum = fma(scales.half[half].d, x.numbers(dots.half[half]), sum);
    sum = fma(scales.half[half].m, broadcast(x.half_sum(half)), sum);
  }
  return sum;
}

template <class Scale>
struct Nibbles {
  static constexpr size_t kGroupBytes = Scale::kBytes + kNibbleBytes;
  static constexpr size_t kHeadBytes = Scale::kHeadBytes;
  static void unpack(const uint8_t* weights, Pairs& pairs) {
    unpack_nibbles(weights + Scale::kBytes, pairs, [](int, int) { return 0U; });
  }
  static Scales scales(const uint8_t* weights, const uint8_t* head) {
    return Scale::at(weights, head);
  }
};
using W4 = Nibbles<OwnOffset>;
using W4Centred = Nibbles<CentreEight>;
using W4k = Nibbles<UnderHead>;

struct W5k {
  static constexpr size_t kGroupBytes = kW5kGroupBytes;
  static constexpr size_t kHeadBytes = kW5kHeadBytes;
  static void unpack(const uint8_t* weights, Pairs& pairs) {
    const uint8_t* nibbles = weights + 2 * kPanelRows;
    const uint8_t* upper = nibbles + kNibbleBytes;
    unpack_nibbles(nibbles, pairs,
                   [&](int quad, int row) { return four_at(upper, row) >> quad & 0x01010101; });
  }
  static Scales scales(const uint8_t* weights, const uint8_t* head) {
    return UnderHead::at(weights, head);
  }
};

struct W6k {
  static constexpr size_t kGroupBytes = kW6kGroupBytes;
  static constexpr size_t kHeadBytes = kW6kHeadBytes;
  static void unpack(const uint8_t* weights, Pairs& pairs) {
    const uint8_t* nibbles = weights + 2 * kPanelRows;
    const uint8_t* upper = nibbles + kNibbleBytes;
    unpack_nibbles(nibbles, pairs, [&](int quad, int row) {
      return four_at(upper + quad / 4 * 4 * kPanelRows, row) >> 2 * (quad % 4) & 0x03030303;
    });
  }
  static HalfScales scales(const uint8_t* weights, const uint8_t* head) {
    HalfScales out;
    for (int half = 0; half < 2; ++half) {
      const F32x16 d = mul(f16s_at(head), bytes_at<int8_t>(weights + half * kPanelRows));
      out.half[half] = {d, mul(d, broadcast(static_cast<float>(-kW6Centre)))};
    }
    return out;
  }
};

/// Weights of 8 bits around 128: the sum of the inputs is subtracted as an integer.
struct CentredScale {
  F32x16 d;
};
template <class Column>
F32x16 add_group(F32x16 sum, const CentredScale& scale, const GroupDots& dots, const Column& x) {
  return fma(scale.d, x.numbers(add(dots.whole(), -128 * x.whole_sum())), sum);
}

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static constexpr size_t kHeadBytes = 0;
  static void unpack(const uint8_t* weights, Pairs& pairs) {
    unpack_bytes(weights + 2 * kPanelRows, pairs);
  }
  static CentredScale scales(const uint8_t* weights, const uint8_t*) { return {f16s_at(weights)}; }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static constexpr size_t kHeadBytes = 0;
  static void unpack(const uint8_t* weights, Pairs& pairs) {
    unpack_bytes(weights + 16 * kPanelRows, pairs);
  }
  static HalfScales scales(const uint8_t* weights, const uint8_t*) {
    HalfScales out;
    for (int half = 0; half < 2; ++half) {
      const uint8_t* d = weights + 4 * half * kPanelRows;
      out.half[half] = {floats_at(d), floats_at(d + 8 * kPanelRows)};
    }
    return out;
  }
};

/// A panel times one tile: 16 sums of each of its tokens.
template <class Format, class Column>
void multiply_tile(const MatmulArgs& args, const uint8_t* weights, const uint8_t* tile, int tokens,
                   F32x16 (&sums)[kTileTokens]) {
  for (int g = 0; g < args.groups; ++g) {
    const uint8_t* head = weights + head_offset(Format::kHeadBytes, Format::kGroupBytes, g);
    const uint8_t* group = weights + group_offset(Format::kHeadBytes, Format::kGroupBytes, g);
    const uint8_t* inputs = tile + static_cast<size_t>(g) * Column::group_bytes(args.tile_tokens);
    Pairs pairs;
    Format::unpack(group, pairs);
    const auto scales = Format::scales(group, head);
    for (int token = 0; token < tokens; ++token) {
      const Column x(inputs, token, args.tile_tokens);
      sums[token] = add_group(sums[token], scales, multiply_group(pairs, x.inputs), x);
    }
  }
}

template <class Format, class Column>
void matmul_scalar(const MatmulArgs& args) {
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
    const uint8_t* tile = args.tiles;
    for (int first = 0; first < args.tokens; first += args.tile_tokens, tile += args.tile_bytes) {
      const int tokens =
          args.tokens - first < args.tile_tokens ? args.tokens - first : args.tile_tokens;
      F32x16 sums[kTileTokens] = {};
      multiply_tile<Format, Column>(args, weights, tile, tokens, sums);
      for (int token = 0; token < tokens; ++token) {
        float* y = args.y + (first + token) * args.y_stride + panel * kPanelRows;
        const F32x16 scaled = mul(broadcast(args.scales[first + token]), sums[token]);
        store(y, args.add ? add(load(y), scaled) : scaled);
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
