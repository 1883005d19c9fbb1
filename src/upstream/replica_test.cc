// The breaker and the health of a replica, by a clock that the tests set.
#include "upstream/replica.h"

#include <gtest/gtest.h>

#include "core/clock.h"

namespace mw::upstream {
namespace {

constexpr int64_t kStart = 1000 * kNsPerSecond;

void fail(Replica& replica, int64_t now, bool unreachable = false) {
  const auto call = replica.enter(now, "m");
  ASSERT_NE(call, nullptr);
  call->broke(now, {"it broke", ""}, unreachable);
}

TEST(Replica, IsAskedBeforeAnybodyKnowsHowItIs) {
  Replica replica("http://a");
  EXPECT_NE(replica.enter(kStart, "m"), nullptr);
  EXPECT_EQ(replica.status(kStart).health, Health::kUnknown);
}

TEST(Replica, RestsAfterTwoFailuresInARowAndIsThenTriedByOne) {
  Replica replica("http://a");
  fail(replica, kStart);
  EXPECT_NE(replica.enter(kStart, "m"), nullptr);  // one may be chance
  fail(replica, kStart);
  EXPECT_EQ(replica.enter(kStart, "m"), nullptr);
  EXPECT_TRUE(replica.status(kStart).resting);
  EXPECT_EQ(replica.rest_ns(kStart), kNsPerSecond);

  const int64_t later = kStart + kNsPerSecond;
  auto trial = replica.enter(later, "m");
  ASSERT_NE(trial, nullptr);
  EXPECT_EQ(replica.enter(later, "m"), nullptr);  // only one finds out
  trial->answered();
  trial.reset();
  EXPECT_NE(replica.enter(later, "m"), nullptr);
  EXPECT_FALSE(replica.status(later).resting);
}

TEST(Replica, RestsLongerWithEachFailedTrialUpToAMinute) {
  Replica replica("http://a");
  fail(replica, kStart);
  fail(replica, kStart);
  int64_t now = kStart;
  for (const int64_t expected : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_EQ(replica.rest_ns(now), expected * kNsPerSecond);
    now += replica.rest_ns(now);
    fail(replica, now);
  }
}

TEST(Replica, ATrialWhoseClientLeavesLeavesThePlaceToTheNext) {
  Replica replica("http://a");
  fail(replica, kStart, true);
  const int64_t later = kStart + kNsPerSecond;
  ASSERT_NE(replica.enter(later, "m"), nullptr);
  EXPECT_NE(replica.enter(later, "m"), nullptr);
}

TEST(Replica, OneRefusedConnectionIsEnough) {
  Replica replica("http://a");
  fail(replica, kStart, true);
  EXPECT_EQ(replica.enter(kStart, "m"), nullptr);
}

TEST(Replica, ASuccessBetweenFailuresCountsAnew) {
  Replica replica("http://a");
  for (int i = 0; i < 5; ++i) {
    fail(replica, kStart);
    replica.enter(kStart, "m")->answered();
  }
  EXPECT_NE(replica.enter(kStart, "m"), nullptr);
  EXPECT_EQ(replica.status(kStart).failed, 5u);
  EXPECT_EQ(replica.status(kStart).answered, 5u);
}

TEST(Replica, IsLeftAloneAsLongAsItSaysThatItIsBusyButNotOverAMinute) {
  Replica replica("http://a");
  replica.enter(kStart, "m")->busy(kStart, 5 * kNsPerSecond);
  EXPECT_EQ(replica.enter(kStart + 4 * kNsPerSecond, "m"), nullptr);
  EXPECT_NE(replica.enter(kStart + 5 * kNsPerSecond, "m"), nullptr);
  replica.enter(kStart + 5 * kNsPerSecond, "m")->busy(kStart, kNsPerDay);
  EXPECT_EQ(replica.rest_ns(kStart), 60 * kNsPerSecond);
}

TEST(Replica, AFailedProbeEndsTheRequestsThatStillWait) {
  Replica replica("http://a");
  const auto waiting = replica.enter(kStart, "m");
  const auto speaking = replica.enter(kStart, "m");
  speaking->speaking();
  replica.probe_failed({"connection refused", ""});
  EXPECT_TRUE(waiting->stop.stop_requested());
  EXPECT_FALSE(speaking->stop.stop_requested());
  EXPECT_EQ(replica.enter(kStart, "m"), nullptr);
  EXPECT_EQ(replica.status(kStart).problem.en, "connection refused");
}

TEST(Replica, ThatComesBackIsTriedAtOnceByOne) {
  Replica replica("http://a");
  fail(replica, kStart, true);
  replica.probe_failed({"gone", ""});
  replica.probe_succeeded(std::vector<std::string>{"m"});
  const auto trial = replica.enter(kStart, "m");
  ASSERT_NE(trial, nullptr);
  EXPECT_EQ(replica.enter(kStart, "m"), nullptr);
  trial->answered();
  EXPECT_NE(replica.enter(kStart, "m"), nullptr);
  EXPECT_TRUE(replica.status(kStart).problem.en.empty());
}

TEST(Replica, IsNotAskedForAModelThatItDoesNotList) {
  Replica replica("http://a");
  replica.probe_succeeded(std::vector<std::string>{"m"});
  EXPECT_EQ(replica.enter(kStart, "other"), nullptr);
  EXPECT_NE(replica.enter(kStart, "m"), nullptr);
  replica.probe_succeeded(std::nullopt);  // it lists nothing: then it has to be asked
  EXPECT_NE(replica.enter(kStart, "other"), nullptr);
}

}  // namespace
}  // namespace mw::upstream
