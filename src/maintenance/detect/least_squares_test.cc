#include "maintenance/detect/least_squares.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

TEST(LeastSquares, FindsAPlaneFarFromNought) {
  LeastSquares sums(2);
  for (int i = 0; i < 40; ++i) {
    const double x = 1e6 + i;
    const double y = (i * 7) % 11;
    sums.add({x, y}, 3 * x - 2 * y + 5);
  }
  const std::vector<double> weights = sums.solve();
  ASSERT_EQ(weights.size(), 3u);
  EXPECT_NEAR(weights[0], 3, 1e-6);
  EXPECT_NEAR(weights[1], -2, 1e-6);
  EXPECT_NEAR(weights[0] * 1e6 + weights[2], 3e6 + 5, 1e-3);
}

TEST(LeastSquares, AColumnThatDoesNotMoveGetsNoWeight) {
  LeastSquares sums(2);
  for (int i = 0; i < 20; ++i) sums.add({static_cast<double>(i), 4}, 2.0 * i);
  const std::vector<double> weights = sums.solve();
  EXPECT_NEAR(weights[0], 2, 1e-6);
  EXPECT_NEAR(4 * weights[1] + weights[2], 0, 1e-6);
}

}  // namespace
}  // namespace mw::maintenance
