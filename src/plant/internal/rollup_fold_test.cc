#include "plant/internal/rollup_fold.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;  // a whole hour
constexpr int64_t kHold = 10 * kNsPerSecond;
constexpr TimeWindow kMinute{kStart, kStart + kMinuteNs};

TimeNs at(int64_t s) { return kStart + s * kNsPerSecond; }

TEST(RollupFold, WeighsByHoldingTimeAndNoLongerThanTheWatchdogPeriod) {
  RollupFold fold(kMinute, kHold);
  fold.add(at(0), 10, true, true);
  fold.add(at(5), 40, true, true);  // holds 10 s, then nothing is known
  const Rollup sum = fold.finish();
  EXPECT_EQ(sum.count, 2u);
  EXPECT_EQ(sum.usable_ns, 15 * kNsPerSecond);
  EXPECT_EQ(sum.good_ns, 15 * kNsPerSecond);
  EXPECT_DOUBLE_EQ(sum.mean, (5 * 10.0 + 10 * 40.0) / 15);
  EXPECT_EQ(sum.min, (ValueAt{10, at(0)}));
  EXPECT_EQ(sum.max, (ValueAt{40, at(5)}));
}

TEST(RollupFold, CountsMarksButNoTimeAndNoValueOfThem) {
  RollupFold fold(kMinute, kHold);
  fold.add(at(0), 10, true, false);  // doubtful
  fold.add(at(4), 999, false, false);
  fold.add(at(20), 12, true, true);
  const Rollup sum = fold.finish();
  EXPECT_EQ(sum.count, 2u);
  EXPECT_EQ(sum.bad_count, 1u);
  EXPECT_EQ(sum.usable_ns, 14 * kNsPerSecond);
  EXPECT_EQ(sum.good_ns, 10 * kNsPerSecond);
  EXPECT_EQ(sum.max.value, 12);
}

TEST(RollupFold, CountsACounterThatFellFromZero) {
  RollupFold fold(kMinute, kHold);
  for (const auto& [s, value] : {std::pair{0, 100.0}, {1, 105.0}, {2, 3.0}, {3, 4.0}}) {
    fold.add(at(s), value, true, true);
  }
  const Rollup sum = fold.finish();
  EXPECT_EQ(sum.increase, 5 + 3 + 1);
  EXPECT_EQ(sum.resets, 1u);
}

TEST(RollupFold, AddsUpMinutesToWhatTheSamplesAddUpTo) {
  RollupFold whole({kStart, kStart + kHourNs}, kHold), parts({kStart, kStart + kHourNs}, kHold);
  std::optional<RollupFold> minute;
  for (int64_t s = 3; s < 3600; s += 7) {
    const TimeNs minute_ns = stretch_of(at(s), kMinuteNs);
    if (s % 60 < 7) {
      if (minute) parts.add(minute->finish());
      minute.emplace(TimeWindow{minute_ns, minute_ns + kMinuteNs}, kHold);
    }
    if (!minute) minute.emplace(TimeWindow{minute_ns, minute_ns + kMinuteNs}, kHold);
    const double value = 1000 + static_cast<double>(s * s % 101);
    whole.add(at(s), value, s % 5 != 0, s % 3 != 0);
    minute->add(at(s), value, s % 5 != 0, s % 3 != 0);
  }
  parts.add(minute->finish());
  const Rollup a = whole.finish(), b = parts.finish();
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.bad_count, b.bad_count);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(a.last, b.last);
  EXPECT_EQ(a.resets, b.resets);
  EXPECT_NEAR(a.increase, b.increase, 1e-9 * a.increase);
  EXPECT_NEAR(a.times, b.times, 1e-9 * a.times);
  EXPECT_NEAR(a.times_values, b.times_values, 1e-9 * std::abs(a.times) + 1e-6);
}

TEST(RollupFold, GoesOnWithARollupAsIfItsSamplesHadBeenAdded) {
  RollupFold whole(kMinute, kHold), first(kMinute, kHold), second(kMinute, kHold);
  for (const auto& [s, value] : {std::pair{1, 5.0}, {9, 7.0}}) {
    whole.add(at(s), value, true, true);
    first.add(at(s), value, true, true);
  }
  second.resume(first.finish());
  EXPECT_EQ(second.last_ns(), at(9));
  whole.add(at(13), -2, true, true);
  second.add(at(13), -2, true, true);
  const Rollup a = whole.finish(), b = second.finish();
  EXPECT_EQ(a.usable_ns, b.usable_ns);
  EXPECT_EQ(a.good_ns, b.good_ns);
  EXPECT_NEAR(a.mean, b.mean, 1e-9);
  EXPECT_NEAR(a.spread, b.spread, 1e-9 * a.spread);
}

TEST(RollupFold, FindsStretchesBefore1970AndNoEndAtTheEndOfTime) {
  EXPECT_EQ(stretch_of(-1, kHourNs), -kHourNs);
  EXPECT_EQ(stretch_of(0, kHourNs), 0);
  EXPECT_EQ(stretch_of(-kHourNs, kHourNs), -kHourNs);
  EXPECT_EQ(stale_at(INT64_MAX - 5, kHold), INT64_MAX);
}

}  // namespace
}  // namespace mw::plant
