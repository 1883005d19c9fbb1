#include "maintenance/health/health_history.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

TimeWindow days(int64_t count) { return {0, count * kNsPerDay}; }

TEST(HealthHistory, RowsLieAsCloseAsTheWindowAllows) {
  EXPECT_EQ(step_for(days(1), 5), 5) << "17,280 rows";
  EXPECT_EQ(step_for(days(3), 5), 10) << "51,840 rows of 5 s would be too many";
  EXPECT_EQ(step_for(days(20), 5), 60);
  EXPECT_EQ(step_for(days(400), 5), 300) << "the coarsest";
}

TEST(HealthHistory, RowsLieNoCloserThanSamplesDo) {
  EXPECT_EQ(step_for({0, kNsPerHour}, 1), 1);
  EXPECT_EQ(step_for({0, kNsPerHour}, 5), 5);
  EXPECT_EQ(step_for({0, kNsPerHour}, 20), 30);
}

}  // namespace
}  // namespace mw::maintenance
