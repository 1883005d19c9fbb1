#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mw::maintenance {

/// Rows of numbers for a model, row-major; NaN: there is none.
struct FeatureRows {
  std::size_t columns = 0;
  std::vector<float> values;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const float> row(std::size_t at) const {
    return std::span(values).subspan(at * columns, columns);
  }
  void append(std::span<const float> row) { values.insert(values.end(), row.begin(), row.end()); }
};

}  // namespace mw::maintenance
