#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "formats/ggml_type.h"

namespace mw::runtime {

/// One way to store a tensor: what it takes, and what it loses (in any unit that adds up).
struct TypeOption {
  formats::GgmlType type = formats::GgmlType::kF32;
  uint64_t bytes = 0;
  double loss = 0;
};

/// Chooses an option for each tensor so that all together take at most `budget` bytes and lose
/// little. Everything starts at its best option; the step that adds least loss for each byte saved
/// is taken until the rest fits; what is left over then buys back loss where it is cheapest. Only
/// options on the lower convex hull of (bytes, loss) take part in the first, so that no step hides
/// a better one behind it.
///
/// Numbers  returns the index of the chosen option of each tensor; ties go to the earlier tensor.
/// Errors   kInvalidArgument where even the smallest options take more, naming the least.
Result<std::vector<std::size_t>> plan_bits(std::span<const std::vector<TypeOption>> tensors,
                                           uint64_t budget);

}  // namespace mw::runtime
