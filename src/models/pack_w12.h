#pragma once

#include "core/result.h"
#include "formats/stored_tensor.h"
#include "tensor/exec_context.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// Whether a tensor (N, D) can be packed as 12-bit integers: floats, N a multiple of 16, D of 32.
bool fits_w12(const formats::StoredTensor& stored);

/// Each row's largest value as 2047 steps of its scale, the others to the nearest step: a relative
/// error of 1 / 4094 of the largest at most. Error: kCorrupt, where one is no finite number.
Result<tensor::PackedMatrix> pack_w12(const formats::StoredTensor& stored,
                                      const tensor::ExecContext& ctx);

}  // namespace mw::models
