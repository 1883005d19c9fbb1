// How the AVX2 and AVX-512 products walk panels and tiles; the file that includes this gives
// `template <class Format, int kTokens> void panel_tile(const PanelTile&)`.
#include <stddef.h>
#include <stdint.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// The sum of one token's integers over a half group, and over the group (exact: < 2^24).
inline float half_sum(const uint8_t* group, int token, int half) {
  float sum;
  __builtin_memcpy(&sum, group + 2 * kGroup * kTileTokens + 4 * (half * kTileTokens + token), 4);
  return sum;
}
inline float group_sum(const uint8_t* group, int token) {
  return half_sum(group, token, 0) + half_sum(group, token, 1);
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
    for (; left >= kTileTokens; left -= kTileTokens) {
      panel_tile<Format, kTileTokens>(work);
      work.tile += args.tile_bytes;
      work.scales += kTileTokens;
      work.y += kTileTokens * args.y_stride;
    }
    switch (left) {
      case 7:
        panel_tile<Format, 7>(work);
        break;
      case 6:
        panel_tile<Format, 6>(work);
        break;
      case 5:
        panel_tile<Format, 5>(work);
        break;
      case 4:
        panel_tile<Format, 4>(work);
        break;
      case 3:
        panel_tile<Format, 3>(work);
        break;
      case 2:
        panel_tile<Format, 2>(work);
        break;
      case 1:
        panel_tile<Format, 1>(work);
        break;
      default:
        break;
    }
  }
}

}  // namespace
}  // namespace mw::tensor
