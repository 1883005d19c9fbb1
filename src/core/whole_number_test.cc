#include "core/whole_number.h"

#include <gtest/gtest.h>

#include <limits>

namespace mw {
namespace {

TEST(WholeNumber, IsOneWhereDoublesStillTellThemApart) {
  EXPECT_EQ(whole_number(0), 0);
  EXPECT_EQ(whole_number(-0.0), 0);
  EXPECT_EQ(whole_number(-7), -7);
  EXPECT_EQ(whole_number(9007199254740991.0), 9007199254740991);
  for (const double none :
       {0.5, 9007199254740992.0, -9007199254740992.0, 1e300,
        std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(whole_number(none)) << none;
  }
}

}  // namespace
}  // namespace mw
