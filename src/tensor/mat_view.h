#pragma once

#include <cstddef>

namespace mw::tensor {

/// Rows of numbers that somebody else owns and keeps alive: row-major, last axis contiguous.
template <class T>
struct MatView {
  T* data = nullptr;
  int rows = 0;
  int cols = 0;
  std::ptrdiff_t stride = 0;  // elements from row to row

  T* row(int index) const { return data + index * stride; }
  /// Rows [begin, begin + count).
  MatView rows_from(int begin, int count) const { return {row(begin), count, cols, stride}; }
  operator MatView<const T>() const { return {data, rows, cols, stride}; }
};

}  // namespace mw::tensor
