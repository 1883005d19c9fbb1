#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "plant/internal/stored_sample.h"

namespace mw::plant {

/// Most samples in one block: 34 minutes at 1 Hz, about 6 KB packed, 10 us to unpack.
inline constexpr std::size_t kBlockSamples = 2048;

/// Packs samples of one tag, ascending in time and without equal times, column by column: delta of
/// delta times, delay of the server time, status runs, values as scaled decimals (exact, checked)
/// or XOR of successive doubles, whichever is smaller; CRC-32 at the end.
///
/// Goals      lossless to the bit; 2 to 4 bytes a sample for a sensor with a few digits; a flipped
///            bit on disk is an error, never another number.
/// Non-goals  random access inside a block; aggregates in the header.
/// Format     docs/formats/plant_block.md
std::string encode_block(std::span<const StoredSample> samples);

/// Unpacks any bytes: kCorrupt when they are not what encode_block made.
Result<std::vector<StoredSample>> decode_block(std::span<const std::byte> bytes);

}  // namespace mw::plant
