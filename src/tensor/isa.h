#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::tensor {

/// Instruction sets that kernels are written for, lowest first. A further one is a further value
/// here, a further row in isa.cc, and its files in kernels/.
enum class Isa {
  kScalar,   // x86-64 baseline; the reference
  kAvx2,     // AVX2, FMA, F16C
  kAvxVnni,  // the same with vpdpbusd on 256 bits
  kAvx512,   // AVX-512 F, BW, DQ, VL and VNNI
  kAmx,      // the same with AMX int8 tiles
};

std::string_view isa_name(Isa isa);

/// What this processor can run, lowest first; never empty.
const std::vector<Isa>& available_isas();

/// The best available one, or the one named by `forced` ("scalar", "avx2", "avx_vnni", "avx512",
/// "amx"; empty is no wish). kInvalidArgument for an unknown name, kUnsupported for one this
/// processor lacks.
Result<Isa> choose_isa(std::string_view forced);

}  // namespace mw::tensor
