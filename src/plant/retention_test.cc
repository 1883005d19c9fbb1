#include "plant/retention.h"

#include <gtest/gtest.h>

#include "core/clock.h"

namespace mw::plant {
namespace {

constexpr TimeNs kDay0 = 20'000 * kNsPerDay;  // 2024-10-04

RetentionRule rule(std::vector<std::string> tags, int raw_days, std::optional<int> minute_days = {},
                   std::optional<int> hour_days = {}) {
  return {std::move(tags), raw_days, minute_days, hour_days};
}

TEST(Retention, MatchesTagsByStars) {
  EXPECT_TRUE(matches_pattern("cnc-2/vibration", "cnc-*/vib*"));
  EXPECT_TRUE(matches_pattern("cnc-2/vibration", "*"));
  EXPECT_TRUE(matches_pattern("cnc-2/vibration", "cnc-2/vibration"));
  EXPECT_TRUE(matches_pattern("a/aab", "*a*ab"));
  EXPECT_FALSE(matches_pattern("cnc-2/vibration", "cnc-2"));
  EXPECT_FALSE(matches_pattern("cnc-2/vibration", "*temperature*"));
  EXPECT_FALSE(matches_pattern("", "a*"));
  EXPECT_TRUE(matches_pattern("", "**"));
}

TEST(Retention, RefusesRulesThatKeepTheCoarserForLess) {
  EXPECT_TRUE(check_retention({rule({"*"}, 30), rule({"*"}, 30, 0), rule({"*"}, 1, 10, 3650)}));
  for (const RetentionRule& wrong :
       {rule({}, 30), rule({"*"}, 0), rule({"*"}, 30, 29), rule({"*"}, 30, 60, 59),
        rule({"*"}, 30, {}, 400), rule({"*"}, 30, 0, 29), rule({"*"}, 40'000)}) {
    const Result<void> checked = check_retention({rule({"*"}, 30), wrong});
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().message.en.find("rule 2"), std::string::npos);
    EXPECT_FALSE(checked.error().message.zh.empty());
  }
}

TEST(Retention, KeepsWholeDaysAndStatesAsLongAsHours) {
  const TimeNs now_ns = kDay0 + 5 * kNsPerHour;
  const KeptFrom numbers = kept_by(rule({"*"}, 2, 5, 9), TagKind::kNumber, now_ns);
  EXPECT_EQ(numbers,
            (KeptFrom{kDay0 - 2 * kNsPerDay, kDay0 - 5 * kNsPerDay, kDay0 - 9 * kNsPerDay}));
  EXPECT_EQ(kept_by(rule({"*"}, 2, 5, 9), TagKind::kState, now_ns).raw_from_ns,
            kDay0 - 9 * kNsPerDay);
  EXPECT_EQ(kept_by(rule({"*"}, 2), TagKind::kState, now_ns), KeptFrom{});
  EXPECT_EQ(kept_by(rule({"*"}, 2, 0), TagKind::kCounter, now_ns),
            (KeptFrom{kDay0 - 2 * kNsPerDay, kDay0 - 2 * kNsPerDay, INT64_MIN}));
}

}  // namespace
}  // namespace mw::plant
