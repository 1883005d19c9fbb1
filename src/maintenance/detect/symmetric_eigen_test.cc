#include "maintenance/detect/symmetric_eigen.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

TEST(SymmetricEigen, FindsWhatMakesTheMatrixAgain) {
  const std::size_t size = 4;
  const std::vector<double> matrix = {4, 1, -2, 0.5, 1, 3, 0, 1, -2, 0, 5, -1, 0.5, 1, -1, 2};
  const Eigen found = symmetric_eigen(matrix, size);
  for (std::size_t k = 1; k < size; ++k) EXPECT_GE(found.values[k - 1], found.values[k]);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      double again = 0, dot = 0;
      for (std::size_t k = 0; k < size; ++k) {
        again += found.values[k] * found.vectors[k * size + i] * found.vectors[k * size + j];
        dot += found.vectors[i * size + k] * found.vectors[j * size + k];
      }
      EXPECT_NEAR(again, matrix[i * size + j], 1e-12);
      EXPECT_NEAR(dot, i == j ? 1 : 0, 1e-12);
    }
  }
}

}  // namespace
}  // namespace mw::maintenance
