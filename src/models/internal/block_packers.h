#pragma once

#include <cstdint>
#include <optional>

#include "formats/ggml_type.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// How the weights of a type are repacked, block by block.
struct BlockPacker {
  tensor::WeightFormat format;
  /// One block of a row, whose first group is `group`; false when a scale is not finite.
  bool (*pack)(const uint8_t* block, int row, int group, tensor::PackedMatrix& out);
};

/// Nothing for types that are not in blocks, and for those that no kernel reads.
std::optional<BlockPacker> packer_of(formats::GgmlType type);

/// Whether f16 bits are a finite number.
bool finite_half(uint16_t bits);

}  // namespace mw::models
