#pragma once

#include <cstddef>
#include <span>

#include "formats/ggml_type.h"

namespace mw::formats {

/// Whether `dequantize` knows the type. Files may hold types that it does not: ask before.
bool can_dequantize(GgmlType type);

/// Turns stored blocks into the exact f32 values they stand for.
///
/// Shapes   blocks: n whole blocks of `type`; out: n * block_layout(type)->elements values.
/// Numbers  each value by the formula of its type in f32, multiplications before the addition, no
///          fused operations: bit-equal to the format's reference on every machine.
/// Types    F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K.
/// Errors   none returned; another type or sizes that disagree are a caller bug (MW_CHECK).
/// Source   block layouts of ggml's GGUF types; golden vectors in tests/golden/formats.
void dequantize(GgmlType type, std::span<const std::byte> blocks, std::span<float> out);

}  // namespace mw::formats
