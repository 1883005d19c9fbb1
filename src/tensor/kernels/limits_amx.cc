// Limits of AMX: tdpbsud on tiles that are filled as the products fill them, 32 inputs of 64;
// floats and loads are AVX-512's.
#include <immintrin.h>

#include "tensor/kernels/amx_tiles-inl.h"
#include "tensor/kernels/limits_table.h"

namespace mw::tensor {
namespace {

constexpr int kSums = 4;
constexpr int kLanes = kAmxTileTokens * kPanelRows;

uint32_t dot_rounds(int64_t rounds) {
  alignas(64) int8_t activations[kAmxTileTokens * kGroup];
  alignas(64) uint8_t weights[kPanelRows * kGroup];
  alignas(64) uint32_t sums[kSums][kLanes];
  for (int8_t& each : activations) each = kLimitActivation;
  for (uint8_t& each : weights) each = kLimitWeight;
  const TileShapes shapes(kGroup);
  MW_TILE_LOAD(4, activations, kGroup);
  MW_TILE_LOAD(6, weights, 64);
  MW_TILE_ZERO(0);
  MW_TILE_ZERO(1);
  MW_TILE_ZERO(2);
  MW_TILE_ZERO(3);
  for (int64_t i = 0; i < rounds; ++i) {
    MW_TILE_DOT(false, 0, 4, 6);
    MW_TILE_DOT(false, 1, 4, 6);
    MW_TILE_DOT(false, 2, 4, 6);
    MW_TILE_DOT(false, 3, 4, 6);
  }
  MW_TILE_STORE(0, sums[0]);
  MW_TILE_STORE(1, sums[1]);
  MW_TILE_STORE(2, sums[2]);
  MW_TILE_STORE(3, sums[3]);
  uint32_t total = 0;
  for (const auto& tile : sums) {
    for (const uint32_t lane : tile) total += lane;
  }
  return total;
}

}  // namespace

const DotLimit kAmxDotLimit{.dot_rounds = dot_rounds,
                            .dot_macs = kSums * kLanes * kGroup,
                            .dot_lanes = kSums * kLanes,
                            .dot_lane_bits = 32,
                            .dot_lane_macs = kGroup,
                            .macs_a_weight = 2};

}  // namespace mw::tensor
