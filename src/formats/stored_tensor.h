#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/ggml_type.h"

namespace mw::formats {

/// A tensor's description and its bytes, borrowed from the file that holds them.
struct StoredTensor {
  std::string name;
  GgmlType type = GgmlType::kF32;
  std::vector<int64_t> shape;  // row-major, last axis contiguous
  std::span<const std::byte> bytes;

  int64_t elements() const {
    int64_t product = 1;
    for (const int64_t dim : shape) product *= dim;
    return product;
  }
};

}  // namespace mw::formats
