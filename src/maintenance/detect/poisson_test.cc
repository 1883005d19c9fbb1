#include "maintenance/detect/poisson.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mw::maintenance {
namespace {

TEST(Poisson, ChanceOfAtMostACountAddsItsTerms) {
  EXPECT_DOUBLE_EQ(poisson_at_most(0, 2), std::exp(-2.0));
  EXPECT_NEAR(poisson_at_most(3, 2), std::exp(-2.0) * (1 + 2 + 2 + 8.0 / 6), 1e-12);
}

TEST(Poisson, IntervalIsGarwoods) {
  // Of 0 and of 10 events, two-sided 95 %: the printed tables' 0 to 3.689 and 4.795 to 18.390.
  const auto none = poisson_interval(0, 0.95);
  EXPECT_EQ(none.first, 0);
  EXPECT_NEAR(none.second, 3.689, 1e-3);
  const auto ten = poisson_interval(10, 0.95);
  EXPECT_NEAR(ten.first, 4.795, 1e-3);
  EXPECT_NEAR(ten.second, 18.390, 1e-3);
}

}  // namespace
}  // namespace mw::maintenance
