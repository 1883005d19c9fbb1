#include "plant/internal/rollup_maker.h"

#include "plant/internal/rollup_fold.h"
#include "plant/testing/test_tables.h"

namespace mw::plant {
namespace {

constexpr uint32_t kTag = 1;
constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;  // a whole hour
constexpr TagRole kNumber{true, 10 * kNsPerSecond}, kState{false, 10 * kNsPerSecond};

class RollupMakerTest : public TablesTest {
 protected:
  void SetUp() override {
    TablesTest::SetUp();
    sealer_ = std::make_unique<BlockSealer>(*tables_, no_log());
    maker_ = std::make_unique<RollupMaker>(*tables_, *sealer_, no_log());
  }
  /// A sample each second of so many hours.
  void fill(int64_t hours) {
    ASSERT_TRUE(sealer_->seal(kTag, ramp(kStart, kNsPerSecond, hours * 3600)));
  }
  uint64_t thin_all(const TagRole& role, const KeptFrom& target) {
    uint64_t removed = 0;
    for (int step = 0; step < 100; ++step) {
      const ThinStep done = maker_->thin(kTag, role, target, thinned_).value();
      removed += done.removed_samples;
      EXPECT_EQ(tables_->thinned(kTag).value().from, thinned_.from);
      if (done.done) return removed;
    }
    ADD_FAILURE() << "it does not end";
    return removed;
  }
  std::size_t count(int64_t width_ns) {
    return maker_->rows().read(kTag, width_ns, {INT64_MIN, INT64_MAX}, RollupParts::kAll)->size();
  }

  std::unique_ptr<BlockSealer> sealer_;
  std::unique_ptr<RollupMaker> maker_;
  Thinned thinned_;
};

TEST_F(RollupMakerTest, RollsUpAnHourFromItsOwnSamplesOnly) {
  fill(3);
  const Rollup hour = maker_->hour(kTag, kStart + kHourNs, kNumber).value().value();
  EXPECT_EQ(hour.count, 3600u);
  EXPECT_EQ(hour.first, (ValueAt{3600, kStart + kHourNs}));
  EXPECT_EQ(hour.last.value, 7199);
  EXPECT_EQ(hour.increase, 3599);
  EXPECT_FALSE(maker_->hour(kTag, kStart + 3 * kHourNs, kNumber).value().has_value());
}

TEST_F(RollupMakerTest, MakesHourAfterHourUntilItIsEnoughAndGoesOnThere) {
  fill(5);
  int asked = 0;
  const auto enough = [&] { return ++asked == 2; };
  const RollupMaker::Hours some =
      maker_->hours_from(kTag, kStart + kHourNs, kNumber, enough).value();
  ASSERT_EQ(some.made.size(), 2u);
  const Rollup hour = maker_->hour(kTag, kStart + kHourNs, kNumber).value().value();
  EXPECT_EQ(some.made[0].start_ns, hour.start_ns);
  EXPECT_EQ(some.made[0].count, hour.count);
  EXPECT_EQ(some.made[0].mean, hour.mean);
  EXPECT_EQ(some.made[0].usable_ns, hour.usable_ns);
  EXPECT_EQ(some.go_on_ns, kStart + 3 * kHourNs);
  const RollupMaker::Hours rest =
      maker_->hours_from(kTag, *some.go_on_ns, kNumber, [] { return false; }).value();
  EXPECT_EQ(rest.made.size(), 2u);
  EXPECT_FALSE(rest.go_on_ns.has_value());
}

TEST_F(RollupMakerTest, ReplacesSamplesByMinutesAndHoursInBoundedSteps) {
  fill(24);
  const KeptFrom target{kStart + 20 * kHourNs, kStart + 5 * kHourNs, INT64_MIN};
  const ThinStep first = maker_->thin(kTag, kNumber, target, thinned_).value();
  EXPECT_LT(first.removed_samples, 20u * 3600) << "one step is not all of it";
  EXPECT_LT(thinned_.from.raw_from_ns, target.raw_from_ns);
  EXPECT_EQ(first.removed_samples + thin_all(kNumber, target), 20u * 3600);
  EXPECT_EQ(thinned_.from, target);
  EXPECT_EQ(count(kMinuteNs), 15u * 60);
  EXPECT_EQ(count(kHourNs), 20u);
}

TEST_F(RollupMakerTest, MakesNoAggregatesOfStates) {
  fill(4);
  EXPECT_EQ(thin_all(kState, {kStart + 2 * kHourNs, kStart + 2 * kHourNs, kStart + 2 * kHourNs}),
            7200u);
  EXPECT_EQ(count(kMinuteNs) + count(kHourNs), 0u);
}

TEST_F(RollupMakerTest, AddsALateSampleWhereItIsTheLastOfItsMinuteAndCountsTheOthers) {
  fill(2);
  thin_all(kNumber, {kStart + kHourNs, INT64_MIN, INT64_MIN});
  const auto late = [&](TimeNs ts_ns) {
    return maker_->add_late(kTag, kNumber, thinned_.from, std::vector{stored(ts_ns, 7)}).value();
  };
  EXPECT_EQ(late(kStart + 30 * kNsPerSecond), 1u) << "between what was added up";
  EXPECT_EQ(late(kStart + 59 * kNsPerSecond + 5), 0u);
  const auto minutes =
      maker_->rows().read(kTag, kMinuteNs, {kStart, kStart + kMinuteNs}, RollupParts::kAll).value();
  ASSERT_EQ(minutes.size(), 1u);
  EXPECT_EQ(minutes[0].count, 61u);
  const auto hours =
      maker_->rows().read(kTag, kHourNs, {kStart, kStart + kHourNs}, RollupParts::kAll).value();
  ASSERT_EQ(hours.size(), 1u);
  EXPECT_EQ(hours[0].count, 3601u);
}

}  // namespace
}  // namespace mw::plant
