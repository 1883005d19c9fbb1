#pragma once

#include "core/result.h"
#include "formats/gguf.h"
#include "tensor/exec_context.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// The format that pack_weight gives a tensor; kUnsupported where there is none.
Result<tensor::WeightFormat> packed_format(const formats::GgufTensor& source);

/// Repacks a GGUF matrix (N, D) for our kernels without rounding any weight again: 4-bit types
/// with one scale a group stay 4-bit, Q8_0 stays 8-bit, the others keep their integers beside f32
/// scales, floats stay floats.
///
/// Errors   kUnsupported for a type or width that has no kernel; kCorrupt for a scale that is not
///          finite. Both name the tensor.
/// Threads  panels split over ctx.
Result<tensor::PackedMatrix> pack_weight(const formats::GgufTensor& source,
                                         const tensor::ExecContext& ctx);

/// A matrix of floats rounded to 8 bits, as Q8_0: each 32 inputs of a row share a scale of f16,
/// max / 127, and are rounded to nearest. A quarter of f32's bytes.
///
/// Errors   kUnsupported for a type that is no float or a width that is no multiple of 32;
///          kCorrupt for a weight that is not finite. Both name the tensor.
/// Threads  panels split over ctx.
Result<tensor::PackedMatrix> pack_rounded(const formats::GgufTensor& source,
                                          const tensor::ExecContext& ctx);

}  // namespace mw::models
