#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/ggml_type.h"

namespace mw::app {

/// How large a model may become: bytes of the file, or bits a weight of its tensors.
struct SizeBudget {
  uint64_t bytes = 0;
  double bits_per_weight = 0;  // where not 0, instead of bytes
};

/// "80MB", "76MiB", "1.5GB", "4.5bpw", "80000000". Errors: kInvalidArgument, param "budget".
Result<SizeBudget> parse_budget(std::string_view text);

/// A type that `quantize` writes, in either case: "q4_1", "Q4_K". Errors: kInvalidArgument naming
/// the types, param `param`.
Result<formats::GgmlType> parse_type(std::string_view text, std::string_view param);

/// Types separated by commas.
Result<std::vector<formats::GgmlType>> parse_types(std::string_view text);

}  // namespace mw::app
