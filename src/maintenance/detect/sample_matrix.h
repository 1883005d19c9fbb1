#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/check.h"

namespace mw::maintenance {

/// Samples of several sensors, a row a time, row-major. NaN is a value that is missing.
struct SampleMatrix {
  std::size_t columns = 0;
  std::vector<double> values;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const double> row(std::size_t index) const {
    return std::span(values).subspan(index * columns, columns);
  }
  void add(std::span<const double> row) {
    MW_CHECK_EQ(row.size(), columns);
    values.insert(values.end(), row.begin(), row.end());
  }
  /// Rows [begin, end), copied.
  SampleMatrix slice(std::size_t begin, std::size_t end) const {
    MW_CHECK(begin <= end && end <= rows());
    SampleMatrix out{columns, {}};
    out.values.assign(values.begin() + static_cast<std::ptrdiff_t>(begin * columns),
                      values.begin() + static_cast<std::ptrdiff_t>(end * columns));
    return out;
  }
  std::vector<double> column(std::size_t index) const {
    std::vector<double> out(rows());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i * columns + index];
    return out;
  }
};

}  // namespace mw::maintenance
