// How the AVX2 and AVX-512 products walk panels and tiles; the file that includes this gives
// `template <class Format, class Form, int kTokens, int kRoom> void panel_tile(const PanelTile&)`
// for tiles with room for kRoom tokens, whose activations have that form.
#include <stddef.h>
#include <stdint.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

inline float float_in(const uint8_t* p) {
  float value;
  __builtin_memcpy(&value, p, 4);
  return value;
}

/// What stands beside the integers of a group in a tile of words: sums without the token's scale,
/// exact (< 2^24).
struct Words {
  static constexpr size_t group_bytes(int room) { return words_group_bytes(room); }
  static constexpr size_t low_at(int room) { return static_cast<size_t>(kGroup) * room; }
  template <int kRoom>
  static inline float sum(const uint8_t* group, int token) {
    return float_in(group + 2 * kGroup * kRoom + 4 * token);
  }
  template <int kRoom>
  static inline float half_sum(const uint8_t* group, int token, int half) {
    const float first = float_in(group + 2 * kGroup * kRoom + 4 * (kRoom + token));
    return half == 0 ? first : sum<kRoom>(group, token) - first;
  }
  template <int kRoom>
  static inline int32_t whole_sum(const uint8_t* group, int token) {
    return static_cast<int32_t>(sum<kRoom>(group, token));
  }
};
/// The same in a tile of bytes: sums times the group's scale.
struct Bytes {
  static constexpr size_t group_bytes(int room) { return bytes_group_bytes(room); }
  static constexpr size_t low_at(int room) { return low_bytes_at(room); }
  /// A bit for each token that has a low byte here.
  template <int kRoom>
  static inline uint32_t fine(const uint8_t* group) {
    uint32_t tokens;
    __builtin_memcpy(&tokens, group + fine_at(kRoom), 4);
    return tokens;
  }
  template <int kRoom>
  static inline float scale(const uint8_t* group, int token) {
    return float_in(group + kept_at(kRoom, Kept::kScale, token));
  }
  template <int kRoom>
  static inline float sum(const uint8_t* group, int token) {
    return float_in(group + kept_at(kRoom, Kept::kSum, token));
  }
  template <int kRoom>
  static inline float half_sum(const uint8_t* group, int token, int half) {
    return float_in(group + kept_at(kRoom, half == 0 ? Kept::kFirstSum : Kept::kSecondSum, token));
  }
  template <int kRoom>
  static inline int32_t whole_sum(const uint8_t* group, int token) {
    int32_t value;
    __builtin_memcpy(&value, group + kept_at(kRoom, Kept::kWholeSum, token), 4);
    return value;
  }
};

/// Weights are fetched 4 KB ahead of the products; panels follow one another. With AVX2 one token
/// against 64 MB took 1.9 times as long without it (AMD Zen 3), and 1.2 times as long with 1 KB.
template <size_t kGroupBytes>
inline void fetch_weights_ahead(const uint8_t* weights) {
  constexpr size_t kAheadBytes = 4096;
  for (size_t line = 0; line < kGroupBytes; line += 64) {
    __builtin_prefetch(weights + kAheadBytes + line, 0, 3);
  }
}

/// One panel of 16 rows times one tile of up to 8 tokens.
struct PanelTile {
  const uint8_t* weights;
  const uint8_t* tile;
  const float* scales;
  int groups;
  float* y;
  ptrdiff_t y_stride;
  bool add;
};

template <class Format, class Form>
void walk_tiles(const MatmulArgs& args) {
  // Panels outside, tiles inside: a panel (5.8 KB at width 576, 4 bits) stays in L1 while the
  // tiles stream from L2.
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    PanelTile work{args.panels + static_cast<size_t>(panel) * args.panel_bytes,
                   args.tiles,
                   args.scales,
                   args.groups,
                   args.y + panel * kPanelRows,
                   args.y_stride,
                   args.add};
    int left = args.tokens;
    if (args.tile_tokens < kTileTokens) {  // so few that they are one tile
      if (left == 1) panel_tile<Format, Form, 1, 1>(work);
      if (left == 2) panel_tile<Format, Form, 2, 2>(work);
      if (left == 3) panel_tile<Format, Form, 3, 4>(work);
      if (left == 4) panel_tile<Format, Form, 4, 4>(work);
      continue;
    }
    for (; left >= kTileTokens; left -= kTileTokens) {
      panel_tile<Format, Form, kTileTokens, kTileTokens>(work);
      work.tile += args.tile_bytes;
      work.scales += kTileTokens;
      work.y += kTileTokens * args.y_stride;
    }
    switch (left) {
      case 7:
        panel_tile<Format, Form, 7, kTileTokens>(work);
        break;
      case 6:
        panel_tile<Format, Form, 6, kTileTokens>(work);
        break;
      case 5:
        panel_tile<Format, Form, 5, kTileTokens>(work);
        break;
      case 4:
        panel_tile<Format, Form, 4, kTileTokens>(work);
        break;
      case 3:
        panel_tile<Format, Form, 3, kTileTokens>(work);
        break;
      case 2:
        panel_tile<Format, Form, 2, kTileTokens>(work);
        break;
      case 1:
        panel_tile<Format, Form, 1, kTileTokens>(work);
        break;
      default:
        break;
    }
  }
}

}  // namespace
}  // namespace mw::tensor
