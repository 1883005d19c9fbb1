#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::tensor {

/// Instruction sets that kernels are written for, lowest first. A further one (AMX) is a further
/// value here, a further file a kernel and a further row in kernels/table.cc.
enum class Isa {
  kScalar,  // x86-64 baseline; the reference
  kAvx2,    // AVX2, FMA, F16C
  kAvx512,  // AVX-512 F, BW, DQ, VL and VNNI
};

std::string_view isa_name(Isa isa);

/// What this processor can run, lowest first; never empty.
const std::vector<Isa>& available_isas();

/// The best available one, or the one named by `forced` ("scalar", "avx2", "avx512"; empty is no
/// wish). kInvalidArgument for an unknown name, kUnsupported for one this processor lacks.
Result<Isa> choose_isa(std::string_view forced);

}  // namespace mw::tensor
