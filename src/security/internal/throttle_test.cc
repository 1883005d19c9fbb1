#include "security/internal/throttle.h"

#include <gtest/gtest.h>

namespace mw::security {
namespace {

TEST(Throttle, LocksAfterFiveAndTwiceAsLongEachTime) {
  Failures failures;
  const TimeNs now = 1000 * kNsPerSecond;
  for (int i = 0; i < 4; ++i) failures = after_failure(failures, now, 5);
  EXPECT_EQ(failures.locked_until_ns, 0);
  for (const int64_t seconds : {30, 60, 120, 240, 480, 900, 900}) {
    failures = after_failure(failures, now, 5);
    EXPECT_EQ(failures.locked_until_ns - now, seconds * kNsPerSecond);
  }
}

TEST(Throttle, AnHourWithoutFailureForgets) {
  Failures failures;
  for (int i = 0; i < 9; ++i) failures = after_failure(failures, kNsPerSecond, 5);
  failures = after_failure(failures, kNsPerSecond + kNsPerHour + 1, 5);
  EXPECT_EQ(failures.count, 1);
  EXPECT_EQ(failures.locked_until_ns, 0);
}

TEST(Throttle, CountsAnAddressOrItsNetwork) {
  EXPECT_EQ(throttled_address("10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(throttled_address("::ffff:10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(throttled_address("2001:db8:1:2:aaaa::1"), throttled_address("2001:db8:1:2::9"));
  EXPECT_NE(throttled_address("2001:db8:1:2::1"), throttled_address("2001:db8:1:3::1"));
  for (const char* own : {"", "::1", "127.0.0.1", "127.3.2.1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(throttled_address(own), "") << own;
  }
}

}  // namespace
}  // namespace mw::security
