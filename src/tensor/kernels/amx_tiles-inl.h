// The tile registers of AMX, for products of 16 tokens with 16 rows: tmm0 to tmm3 hold sums, tmm4
// and tmm5 bytes of the tokens, tmm6 weights.
#include <stddef.h>
#include <stdint.h>

#include "tensor/kernels/table.h"

// The intrinsics of GCC 12 neither say that they read memory nor take all of the configuration
// (reference/performance.md 11); these do.
#define MW_TILE_LOAD(tile, from, stride)                                                      \
  asm volatile("tileloadd (%0,%1,1), %%tmm" #tile ::"r"(from), "r"(static_cast<long>(stride)) \
               : "memory")
#define MW_TILE_STORE(tile, to) \
  asm volatile("tilestored %%tmm" #tile ", (%0,%1,1)" ::"r"(to), "r"(64L) : "memory")
#define MW_TILE_ZERO(tile) asm volatile("tilezero %%tmm" #tile ::)
/// sums += signed tokens x weights, which have a sign or not.
#define MW_TILE_DOT(signed_weights, sums, tokens, weights)                       \
  if constexpr (signed_weights) {                                                \
    asm volatile("tdpbssd %%tmm" #weights ", %%tmm" #tokens ", %%tmm" #sums ::); \
  } else {                                                                       \
    asm volatile("tdpbsud %%tmm" #weights ", %%tmm" #tokens ", %%tmm" #sums ::); \
  }

namespace mw::tensor {
namespace {

/// The shapes of the tiles for products of `inputs` inputs; back to none when it ends, or the
/// operating system would save 8 KB at each switch of threads.
class TileShapes {
 public:
  explicit TileShapes(int inputs) {
    struct {
      uint8_t palette = 1;
      uint8_t start_row = 0;
      uint8_t reserved[14] = {};
      uint16_t row_bytes[16] = {};
      uint8_t rows[16] = {};
    } shapes;
    for (int tile = 0; tile < 4; ++tile) {
      shapes.row_bytes[tile] = 4 * kPanelRows;
      shapes.rows[tile] = kAmxTileTokens;
    }
    for (int tile = 4; tile < 6; ++tile) {
      shapes.row_bytes[tile] = static_cast<uint16_t>(inputs);
      shapes.rows[tile] = kAmxTileTokens;
    }
    shapes.row_bytes[6] = 4 * kPanelRows;
    shapes.rows[6] = static_cast<uint8_t>(inputs / 4);
    asm volatile("ldtilecfg %0" ::"m"(shapes));
  }
  ~TileShapes() { asm volatile("tilerelease" ::); }
  TileShapes(const TileShapes&) = delete;
  TileShapes& operator=(const TileShapes&) = delete;
};

}  // namespace
}  // namespace mw::tensor
