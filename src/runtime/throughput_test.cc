#include "runtime/throughput.h"

#include <gtest/gtest.h>

#include "core/clock.h"

namespace mw::runtime {
namespace {

TEST(Throughput, CountsTheLastTenSecondsOnly) {
  Throughput rate;
  rate.add(0, 1000);
  rate.add(5 * kNsPerSecond, 50);
  EXPECT_DOUBLE_EQ(rate.per_second(6 * kNsPerSecond), 105.0);
  EXPECT_DOUBLE_EQ(rate.per_second(11 * kNsPerSecond), 5.0);
  rate.add(12 * kNsPerSecond, 50);
  EXPECT_DOUBLE_EQ(rate.per_second(12 * kNsPerSecond), 10.0);
  EXPECT_DOUBLE_EQ(rate.per_second(60 * kNsPerSecond), 0.0);
}

}  // namespace
}  // namespace mw::runtime
