#pragma once

#include <cstddef>
#include <span>

#include "core/result.h"
#include "formats/ggml_type.h"

namespace mw::formats {

/// Whether `quantize` writes the type. It writes what `dequantize` reads.
bool can_quantize(GgmlType type);

/// Rounds f32 values to stored blocks, scales and minima by search for the least squared error.
///
/// Shapes   values: n * block_layout(type)->elements; blocks: n whole blocks of `type`.
/// Numbers  returns the squared error, summed over all values: what `dequantize` gives against
///          `values`. Plain f32 in one order: the same bytes on every machine.
/// Types    F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K.
/// Errors   kCorrupt for a value that is not finite or that the type cannot reach (over 65504 in
///          every type but F32 and BF16). Another type or sizes that disagree are a caller's bug.
/// Source   block layouts of ggml's GGUF types; the searches: internal/scale_search.h.
Result<double> quantize(GgmlType type, std::span<const float> values, std::span<std::byte> blocks);

}  // namespace mw::formats
