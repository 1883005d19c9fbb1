// AMX int8: one instruction multiplies 16 tokens x 32 inputs with 32 inputs x 16 rows. The scales
// of a group of 32 inputs ask for its sums one by one (ADR 0018), so a tile is filled by half, and
// what decides is turning 16 x 16 pairs of sums into floats: some 40 cycles, against 32 for the two
// products and 160 for all of it with vpdpbusd.
#include <immintrin.h>

#include "tensor/kernels/amx_tiles-inl.h"
//
#include "tensor/kernels/matmul_tiles-inl.h"
//
#include "tensor/kernels/scales_avx512-inl.h"
//
#include "tensor/kernels/amx_sums-inl.h"

namespace mw::tensor {
namespace {

/// Groups whose weights are unpacked at a time: 16 KB, which stay in L1 for all tokens.
constexpr int kSegmentGroups = 32;
static_assert(kSegmentGroups % kHeadGroups == 0);
/// Tokens that pass over an unpacked segment; their sums are 8 KB.
constexpr int kPassTokens = 128;
/// Groups between a product and the use of its sums: a tile that is stored can only be loaded from
/// L1, not from the store itself.
constexpr int kLag = 2;
constexpr int kRing = 4;
/// Unpacked weights of a group: [8 quads][16 rows][4].
constexpr int kUnpackedGroup = kGroup * kPanelRows;

inline void store_unpacked(const __m512i (&weights)[8], uint8_t* out) {
  MW_UNROLL
  for (int quad = 0; quad < 8; ++quad) _mm512_store_si512(out + 64 * quad, weights[quad]);
}

/// Scales, then weights of 4 or 5 bits.
template <class Scale, class Bits>
struct Packed {
  static constexpr size_t kGroupBytes = Scale::kBytes + Bits::kBytes;
  static constexpr size_t kHeadBytes = Scale::kHeadBytes;
  static constexpr int kInputs = kGroup;
  static constexpr int kParts = 1;
  static void unpack(const uint8_t* p, uint8_t* out) {
    __m512i weights[8];
    Bits::unpack(p + Scale::kBytes, weights);
    store_unpacked(weights, out);
  }
  template <class Form>
  static inline void multiply(const uint8_t* weights, const uint8_t* group, Products* out) {
    multiply_group<false>(weights, group, out, Form());
  }
  template <class Form>
  static inline void add(const uint8_t* p, const uint8_t* head, const uint8_t* group,
                         const Products* of, __m512* sums) {
    const TokenSums totals(group_sums(group, Form()));
    const Numbers<Form> numbers(group);
    const Scales scales = Scale::load(p, head);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      sums[t] = _mm512_fmadd_ps(scales.d, numbers.of(*of, t), sums[t]);
      sums[t] = _mm512_fmadd_ps(scales.m, _mm512_set1_ps(totals.of[t]), sums[t]);
    }
  }
};
using W4 = Packed<OwnOffset, FourBits>;
using W4Centred = Packed<CentreEight, FourBits>;
using W4k = Packed<UnderHead, FourBits>;
using W5k = Packed<UnderHead, FiveBits>;

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static constexpr size_t kHeadBytes = 0;
  static constexpr int kInputs = kGroup;
  static constexpr int kParts = 1;
  /// q - 128 as signed bytes: the sums come out centred.
  static void unpack(const uint8_t* p, uint8_t* out) {
    const __m512i sign = _mm512_set1_epi8(-128);
    MW_UNROLL
    for (int quad = 0; quad < 8; ++quad) {
      const __m512i raw = _mm512_loadu_si512(p + 32 + 64 * quad);
      _mm512_store_si512(out + 64 * quad, _mm512_xor_si512(raw, sign));
    }
  }
  template <class Form>
  static inline void multiply(const uint8_t* weights, const uint8_t* group, Products* out) {
    multiply_group<true>(weights, group, out, Form());
  }
  template <class Form>
  static inline void add(const uint8_t* p, const uint8_t*, const uint8_t* group, const Products* of,
                         __m512* sums) {
    const Numbers<Form> numbers(group);
    const __m512 d = load_halves(p);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) sums[t] = _mm512_fmadd_ps(d, numbers.of(*of, t), sums[t]);
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static constexpr size_t kHeadBytes = 0;
  static constexpr int kInputs = kGroup / 2;
  static constexpr int kParts = 2;
  static void unpack(const uint8_t* p, uint8_t* out) {
    MW_UNROLL
    for (int quad = 0; quad < 8; ++quad) {
      _mm512_store_si512(out + 64 * quad, _mm512_loadu_si512(p + 256 + 64 * quad));
    }
  }
  template <class Form>
  static inline void multiply(const uint8_t* weights, const uint8_t* group, Products* out) {
    multiply_halves(weights, group, out, Form());
  }
  template <class Form>
  static inline void add(const uint8_t* p, const uint8_t*, const uint8_t* group, const Products* of,
                         __m512* sums) {
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const Scales scales{load_floats(p + 64 * half), load_floats(p + 128 + 64 * half)};
      add_half<Form>(scales, group, half, of[half], sums);
    }
  }
};

struct W6k {
  static constexpr size_t kGroupBytes = kW6kGroupBytes;
  static constexpr size_t kHeadBytes = kW6kHeadBytes;
  static constexpr int kInputs = kGroup / 2;
  static constexpr int kParts = 2;
  static void unpack(const uint8_t* p, uint8_t* out) {
    __m512i weights[8];
    unpack_six_bits(p + 2 * kPanelRows, weights);
    store_unpacked(weights, out);
  }
  template <class Form>
  static inline void multiply(const uint8_t* weights, const uint8_t* group, Products* out) {
    multiply_halves(weights, group, out, Form());
  }
  template <class Form>
  static inline void add(const uint8_t* p, const uint8_t* head, const uint8_t* group,
                         const Products* of, __m512* sums) {
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const Scales scales =
          centred(times_signed_bytes(load_halves(head), p + kPanelRows * half), kW6Centre);
      add_half<Form>(scales, group, half, of[half], sums);
    }
  }
};

/// One segment of a panel times one tile of 16 tokens: kept += its groups, in their order.
template <class Format, class Form>
void add_segment(const uint8_t* segment, const uint8_t* unpacked, const uint8_t* tile, int groups,
                 float* kept) {
  alignas(64) Products ring[kRing][Format::kParts];
  __m512 sums[kTokens];
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) sums[t] = _mm512_load_ps(kept + kPanelRows * t);
  for (int g = 0; g < groups + kLag; ++g) {
    if (g < groups) {
      Format::template multiply<Form>(unpacked + g * kUnpackedGroup,
                                      tile + static_cast<size_t>(g) * Form::group_bytes(kTokens),
                                      ring[g % kRing]);
    }
    const int done = g - kLag;
    if (done >= 0) {
      Format::template add<Form>(
          segment + group_offset(Format::kHeadBytes, Format::kGroupBytes, done),
          segment + head_offset(Format::kHeadBytes, Format::kGroupBytes, done),
          tile + static_cast<size_t>(done) * Form::group_bytes(kTokens), ring[done % kRing], sums);
    }
  }
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) _mm512_store_ps(kept + kPanelRows * t, sums[t]);
}

/// All segments of one panel for up to kPassTokens tokens from `first`, a multiple of 16.
template <class Format, class Form>
void panel_pass(const MatmulArgs& args, int panel, int first, int tokens) {
  alignas(64) uint8_t unpacked[kSegmentGroups * kUnpackedGroup];
  alignas(64) float kept[kPassTokens * kPanelRows];
  const int tiles = (tokens + kTokens - 1) / kTokens;
  __builtin_memset(kept, 0, static_cast<size_t>(tiles) * kTokens * kPanelRows * sizeof(float));
  const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
  const uint8_t* tile = args.tiles + static_cast<size_t>(first / kTokens) * args.tile_bytes;
  for (int group = 0; group < args.groups; group += kSegmentGroups) {
    const int left = args.groups - group;
    const int groups = left < kSegmentGroups ? left : kSegmentGroups;
    const uint8_t* segment = weights + head_offset(Format::kHeadBytes, Format::kGroupBytes, group);
    for (int g = 0; g < groups; ++g) {
      Format::unpack(segment + group_offset(Format::kHeadBytes, Format::kGroupBytes, g),
                     unpacked + g * kUnpackedGroup);
    }
    const uint8_t* at = tile + static_cast<size_t>(group) * Form::group_bytes(kTokens);
    for (int t = 0; t < tiles; ++t) {
      add_segment<Format, Form>(segment, unpacked, at, groups, kept + t * kTokens * kPanelRows);
      at += args.tile_bytes;
    }
  }
  float* y = args.y + first * args.y_stride + panel * kPanelRows;
  for (int t = 0; t < tokens; ++t, y += args.y_stride) {
    const __m512 scaled = _mm512_mul_ps(_mm512_set1_ps(args.scales[first + t]),
                                        _mm512_load_ps(kept + kPanelRows * t));
    _mm512_storeu_ps(y, args.add ? _mm512_add_ps(_mm512_loadu_ps(y), scaled) : scaled);
  }
}

template <class Format, class Form>
void tile_product(const MatmulArgs& args) {
  const TileShapes shapes(Format::kInputs);
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    for (int first = 0; first < args.tokens; first += kPassTokens) {
      const int left = args.tokens - first;
      panel_pass<Format, Form>(args, panel, first, left < kPassTokens ? left : kPassTokens);
    }
  }
}

/// Up to 8 tokens come in narrow tiles, which AVX-512 reads.
template <class Format, class Form, IntegerProducts KernelTable::*kForm,
          void (*IntegerProducts::*kNarrow)(const MatmulArgs&)>
void product(const MatmulArgs& args) {
  if (args.tile_tokens == kTokens) return tile_product<Format, Form>(args);
  (kAvx512Kernels.*kForm.*kNarrow)(args);
}
template <class Form, IntegerProducts KernelTable::*kForm>
constexpr IntegerProducts products() {
  return {product<W4, Form, kForm, &IntegerProducts::w4>,
          product<W4Centred, Form, kForm, &IntegerProducts::w4_centred>,
          product<W4k, Form, kForm, &IntegerProducts::w4k>,
          product<W5k, Form, kForm, &IntegerProducts::w5k>,
          product<W8, Form, kForm, &IntegerProducts::w8>,
          product<W8Affine, Form, kForm, &IntegerProducts::w8_affine>,
          product<W6k, Form, kForm, &IntegerProducts::w6k>};
}

}  // namespace

const OwnProducts kAmxProducts{products<Words, &KernelTable::of_words>(),
                               products<Bytes, &KernelTable::of_bytes>(), kTokens};

}  // namespace mw::tensor
