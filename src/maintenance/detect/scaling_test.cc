#include "maintenance/detect/scaling.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mw::maintenance {
namespace {

TEST(Scaling, LeavesOutIncompleteRowsAndKeepsASensorThatStandsStillInItsUnit) {
  const SampleMatrix rows{2, {1, 5, 3, 5, std::nan(""), 900}};
  const Scaling scaling = Scaling::of(rows);
  EXPECT_EQ(scaling.mean, (std::vector<double>{2, 5}));
  EXPECT_EQ(scaling.deviation, (std::vector<double>{1, 1}));
  std::vector<double> out(2);
  scaling.apply(std::vector<double>{4, 5.5}, out);
  EXPECT_EQ(out, (std::vector<double>{2, 0.5}));
}

TEST(Scaling, ARowIsCompleteWithoutNan) {
  EXPECT_TRUE(complete(std::vector<double>{1, 2}));
  EXPECT_FALSE(complete(std::vector<double>{1, std::nan("")}));
}

}  // namespace
}  // namespace mw::maintenance
