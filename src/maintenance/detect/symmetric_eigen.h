#pragma once

#include <cstddef>
#include <vector>

namespace mw::maintenance {

/// Eigenvalues, largest first, and their vectors, a row each, of a symmetric matrix.
struct Eigen {
  std::vector<double> values;
  std::vector<double> vectors;  // (size, size)
};

/// By Jacobi's rotations in a fixed order: slow (size^3 a sweep) and exact, for tens of sensors.
Eigen symmetric_eigen(std::vector<double> matrix, std::size_t size);

}  // namespace mw::maintenance
