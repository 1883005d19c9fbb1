#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.h"

namespace mw::formats {

/// Element types of GGUF tensors; the values are the ids stored in files. Ids 4, 5, 31-33 and 36-38
/// were withdrawn by the format and have no name here.
enum class GgmlType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ8_1 = 9,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kQ8_K = 15,
  kIQ2_XXS = 16,
  kIQ2_XS = 17,
  kIQ3_XXS = 18,
  kIQ1_S = 19,
  kIQ4_NL = 20,
  kIQ3_S = 21,
  kIQ2_S = 22,
  kIQ4_XS = 23,
  kI8 = 24,
  kI16 = 25,
  kI32 = 26,
  kI64 = 27,
  kF64 = 28,
  kIQ1_M = 29,
  kBF16 = 30,
  kTQ1_0 = 34,
  kTQ2_0 = 35,
  kMXFP4 = 39,
};

/// The smallest piece of a row that can be stored: `elements` values in `bytes` bytes.
struct BlockLayout {
  int elements = 0;
  int bytes = 0;
};

/// The layout of a type. Errors: kUnsupported for an id that was withdrawn or is not known, naming
/// the id.
Result<BlockLayout> block_layout(GgmlType type);

/// "Q4_K"; "unknown" for an id that block_layout refuses.
std::string_view type_name(GgmlType type);

}  // namespace mw::formats
