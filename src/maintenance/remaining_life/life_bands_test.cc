#include "maintenance/remaining_life/life_bands.h"

#include <gtest/gtest.h>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

struct Points {
  std::vector<double> predicted, actual;
};

/// Errors that grow with the prediction: within 10 % of it.
Points made_points(std::size_t count, uint64_t seed) {
  Points out;
  for (std::size_t i = 0; i < count; ++i) {
    const double predicted = 62.5 * (noise(seed + 2 * i) + 1);
    out.predicted.push_back(predicted);
    out.actual.push_back(predicted * (1 + 0.1 * noise(seed + 2 * i + 1)));
  }
  return out;
}

TEST(LifeBands, HoldTheirShareOfPointsThatTheyNeverSaw) {
  const Points taught = made_points(4000, 0), fresh = made_points(4000, 1'000'000);
  const auto bands = LifeBands::fit(taught.predicted, taught.actual, 100, 200, 0.9);
  ASSERT_TRUE(bands);
  int inside = 0;
  for (std::size_t i = 0; i < fresh.actual.size(); ++i) {
    const auto range = bands->around(fresh.predicted[i]);
    inside += fresh.actual[i] >= range.low && fresh.actual[i] <= range.high ? 1 : 0;
  }
  EXPECT_NEAR(inside / 4000.0, 0.9, 0.02);
}

TEST(LifeBands, AreNarrowWhereErrorsAreSmall) {
  const Points taught = made_points(4000, 0);
  const auto bands = LifeBands::fit(taught.predicted, taught.actual, 100, 200, 0.9);
  const auto near = bands->around(20), far = bands->around(110);
  EXPECT_LT(near.high - near.low, 6);
  EXPECT_GT(far.high - far.low, 15);
}

TEST(LifeBands, StayInsideWhatIsClaimedAtAll) {
  const Points taught = made_points(1000, 0);
  const auto bands = LifeBands::fit(taught.predicted, taught.actual, 10, 100, 0.9);
  for (const double prediction : {-5.0, 0.0, 99.0, 100.0, 400.0}) {
    const auto range = bands->around(prediction);
    EXPECT_GE(range.low, 0);
    EXPECT_LE(range.high, 100);
    EXPECT_LE(range.low, range.high);
  }
}

TEST(LifeBands, NeedEnoughPoints) {
  const Points few = made_points(99, 0);
  EXPECT_FALSE(LifeBands::fit(few.predicted, few.actual, 5, 100, 0.9));
}

TEST(LifeBands, AreReadBackAndRefusedWhereDamaged) {
  const Points taught = made_points(1000, 0);
  const Json stored = LifeBands::fit(taught.predicted, taught.actual, 10, 100, 0.9)->to_json();
  EXPECT_EQ(LifeBands::from_json(stored)->to_json(), stored);
  for (const auto& [key, value] : {std::pair<const char*, Json>{"cap", 0},
                                   {"level", 1},
                                   {"below", Json::array({1, 2})},
                                   {"above", "x"}}) {
    Json broken = stored;
    broken[key] = value;
    EXPECT_FALSE(LifeBands::from_json(broken)) << key;
  }
}

}  // namespace
}  // namespace mw::maintenance
