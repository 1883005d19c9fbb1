// How the AVX2 and AVX-512 products walk panels and tiles; the file that includes this gives
// `template <class Format, int kTokens, int kRoom> void panel_tile(const PanelTile&)` for tiles
// with room for kRoom tokens`.
#include <stddef.h>
#include <stdint.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// The sum of one token's integers over the group, and over a half of it (exact: < 2^24).
template <int kRoom>
inline float group_sum(const uint8_t* group, int token) {
  float sum;
  __builtin_memcpy(&sum, group + 2 * kGroup * kRoom + 4 * token, 4);
  return sum;
}
template <int kRoom>
inline float half_sum(const uint8_t* group, int token, int half) {
  float first;
  __builtin_memcpy(&first, group + 2 * kGroup * kRoom + 4 * (kRoom + token), 4);
  return half == 0 ? first : group_sum<kRoom>(group, token) - first;
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

template <class Format>
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
      if (left == 1) panel_tile<Format, 1, 1>(work);
      if (left == 2) panel_tile<Format, 2, 2>(work);
      if (left == 3) panel_tile<Format, 3, 4>(work);
      if (left == 4) panel_tile<Format, 4, 4>(work);
      continue;
    }
    for (; left >= kTileTokens; left -= kTileTokens) {
      panel_tile<Format, kTileTokens, kTileTokens>(work);
      work.tile += args.tile_bytes;
      work.scales += kTileTokens;
      work.y += kTileTokens * args.y_stride;
    }
    switch (left) {
      case 7:
        panel_tile<Format, 7, kTileTokens>(work);
        break;
      case 6:
        panel_tile<Format, 6, kTileTokens>(work);
        break;
      case 5:
        panel_tile<Format, 5, kTileTokens>(work);
        break;
      case 4:
        panel_tile<Format, 4, kTileTokens>(work);
        break;
      case 3:
        panel_tile<Format, 3, kTileTokens>(work);
        break;
      case 2:
        panel_tile<Format, 2, kTileTokens>(work);
        break;
      case 1:
        panel_tile<Format, 1, kTileTokens>(work);
        break;
      default:
        break;
    }
  }
}

}  // namespace
}  // namespace mw::tensor
