#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "plant/rollup.h"

namespace mw::plant {

/// Most rollups in one row; a row holds the stretches of one such run of the time line.
inline constexpr int64_t kRollupsPerRow = 128;

/// Packs rollups of one width, ascending, column by column, in two parts with a checksum each:
/// what a chart needs, and what statistics need besides. Format docs/formats/plant_block.md.
std::string encode_rollups(std::span<const Rollup> rollups);

enum class RollupParts {
  kChart,  // mean_minutes, times, times_values, spread, increase and resets stay 0
  kAll,
};
/// Unpacks any bytes: kCorrupt when they are not what encode_rollups made.
Result<std::vector<Rollup>> decode_rollups(std::span<const std::byte> bytes, RollupParts parts);

}  // namespace mw::plant
