#include "maintenance/data/shuffle.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mw::maintenance {
namespace {

TEST(Shuffle, HoldsEachNumberOnceInAnOrderOfTheSeedAlone) {
  const std::vector<std::size_t> one = shuffled(1000, 1);
  EXPECT_EQ(shuffled(1000, 1), one);
  EXPECT_NE(shuffled(1000, 2), one);
  std::vector<std::size_t> sorted = one;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) ASSERT_EQ(sorted[i], i);
  EXPECT_TRUE(shuffled(0, 1).empty());
}

}  // namespace
}  // namespace mw::maintenance
