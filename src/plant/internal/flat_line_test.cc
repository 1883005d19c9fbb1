// A value that should move and does not: when it turns uncertain in the live table, when not, and
// what a restart knows of it.
#include <gtest/gtest.h>

#include "plant/ingest.h"
#include "plant/internal/live_table.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;
constexpr TagIndex kWatched = 0, kExact = 1, kUnwatched = 2;

TimeNs after(double seconds) { return kNow + static_cast<int64_t>(seconds * 1e9); }

std::shared_ptr<const Catalogue> watched_catalogue() {
  return Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}],
    "kinds": [{"id": "oven", "tags": [
      {"id": "temperature", "unit": "degC", "deadband": 0.5, "flat_after_s": 60},
      {"id": "pressure", "unit": "bar", "flat_after_s": 60},
      {"id": "power", "unit": "kW"}]}],
    "assets": [{"id": "o1", "kind": "oven", "line": "a"}]
  })json")
      .value();
}

class FlatLineTest : public testing::Test {
 protected:
  void take(TagIndex tag, double seconds, double value, Quality quality = Quality::kGood) {
    now_ns_ = after(seconds) + kNsPerMs;  // when it reaches us
    table_.take(std::vector<Sample>{number_at(tag, after(seconds), value, quality)});
  }
  /// One sample each five seconds of [from, to].
  void hold(TagIndex tag, double from, double to, double value) {
    for (double s = from; s <= to; s += 5) take(tag, s, value);
  }
  TagValue value(TagIndex tag) { return table_.value(catalogue_->tags()[tag], now_ns_); }
  const std::shared_ptr<const Catalogue> catalogue_ = watched_catalogue();
  LiveTable table_{catalogue_};
  TimeNs now_ns_ = kNow;
};

TEST_F(FlatLineTest, IsUncertainOnceItStoodStillForSoLongAndGoodWhenItMoves) {
  hold(kExact, 0, 55, 3);
  EXPECT_EQ(value(kExact).quality, Quality::kGood);
  take(kExact, 60, 3);
  EXPECT_EQ(value(kExact).quality, Quality::kUncertain);
  EXPECT_EQ(value(kExact).reason, QualityReason::kFlat);
  EXPECT_EQ(value(kExact).value, 3);
  take(kExact, 65, 3.0001);
  EXPECT_EQ(value(kExact).quality, Quality::kGood);
  EXPECT_EQ(value(kExact).reason, QualityReason::kNone);
}

TEST_F(FlatLineTest, NoiseWithinTheDeadbandIsNoMoveAndASlowDriftIs) {
  for (int s = 0; s <= 60; s += 5) take(kWatched, s, 100 + (s % 2 == 0 ? 0.5 : -0.5));
  EXPECT_EQ(value(kWatched).reason, QualityReason::kFlat);
  for (int s = 65; s <= 300; s += 5) take(kWatched, s, 100.4 + 0.1 * (s - 60) / 5);
  EXPECT_EQ(value(kWatched).quality, Quality::kGood) << "each step is small, the way is not";
}

TEST_F(FlatLineTest, NobodyLooksWhereTheTagDoesNotSaySo) {
  hold(kUnwatched, 0, 600, 1);
  EXPECT_EQ(value(kUnwatched).quality, Quality::kGood);
}

TEST_F(FlatLineTest, ASilenceDoesNotCountAndDoesNotMakeItGood) {
  hold(kExact, 0, 40, 3);
  now_ns_ = after(55);
  EXPECT_EQ(value(kExact).reason, QualityReason::kSilent);
  take(kExact, 500, 3);
  EXPECT_EQ(value(kExact).quality, Quality::kGood) << "what it did meanwhile is not known";
  hold(kExact, 505, 515, 3);
  EXPECT_EQ(value(kExact).quality, Quality::kGood);
  take(kExact, 520, 3);
  EXPECT_EQ(value(kExact).reason, QualityReason::kFlat) << "40 s before and 20 s after it";
  now_ns_ = after(535);
  EXPECT_EQ(value(kExact).quality, Quality::kBad) << "silence is worse than a flat line";
  EXPECT_EQ(value(kExact).reason, QualityReason::kSilent);
  take(kExact, 600, 3);
  EXPECT_EQ(value(kExact).reason, QualityReason::kFlat) << "stuck as before";
}

TEST_F(FlatLineTest, AClockThatJumpsMakesNoFlatLine) {
  hold(kExact, 0, 30, 3);
  take(kExact, 3630, 3);
  EXPECT_EQ(value(kExact).quality, Quality::kGood) << "an hour that nobody heard";
  Sample back = number_at(kExact, after(3631), 3);
  back.server_ts_ns = now_ns_ = after(35);  // the device's clock goes on, ours was set back
  table_.take(std::vector<Sample>{back});
  EXPECT_EQ(value(kExact).quality, Quality::kGood);
}

TEST_F(FlatLineTest, WhatTheDeviceItselfDoubtsKeepsItsReasonAndABadValueIsNoMove) {
  hold(kExact, 0, 55, 3);
  take(kExact, 57, 9, Quality::kBad);
  EXPECT_EQ(value(kExact).quality, Quality::kBad);
  take(kExact, 60, 3);
  EXPECT_EQ(value(kExact).reason, QualityReason::kFlat);
  Sample doubted = number_at(kExact, after(62), 3, Quality::kUncertain);
  doubted.reason = QualityReason::kDevice;
  table_.take(std::vector<Sample>{doubted});
  EXPECT_EQ(value(kExact).reason, QualityReason::kDevice);
}

TEST_F(FlatLineTest, ABacklogOfEqualValuesInOneMomentIsNoFlatLine) {
  std::vector<Sample> backlog;
  for (int s = 0; s <= 600; s += 5) {
    backlog.push_back(number_at(kExact, after(s - 600), 3));
    backlog.back().server_ts_ns = after(0);
  }
  table_.take(backlog);
  EXPECT_EQ(value(kExact).quality, Quality::kGood) << "ages count from when samples reached us";
}

TEST_F(FlatLineTest, SaysWhyInBothLanguagesWhereAbnormalValuesShow) {
  hold(kExact, 0, 60, 3);
  const Snapshot snapshot = table_.snapshot(*catalogue_, now_ns_);
  for (const Abnormal& one : snapshot.assets[0].abnormal) {
    if (one.tag != "o1/pressure") continue;
    EXPECT_NE(one.reason.en.find("has not moved"), std::string::npos);
    EXPECT_NE(one.reason.zh.find("长时间未变化"), std::string::npos);
    return;
  }
  FAIL() << "not shown";
}

/// The same over a store, with restarts between.
class FlatLineRestartTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = watched_catalogue();
    options.clock = &clock_;
    plant_ = Plant::open(std::move(options)).value();
  }
  void restart(double seconds) {
    plant_.reset();
    clock_.set(after(seconds));
    open();
  }
  void hold(const char* tag, double from, double to, double value) {
    for (double s = from; s <= to; s += 5) {
      clock_.set(after(s));
      Reading reading;
      reading.tag = tag;
      reading.ts_ns = clock_.now_ns();
      reading.value = value;
      ASSERT_TRUE(plant_->ingest().take(std::vector<Reading>{reading}));
    }
  }
  TagValue latest(const char* tag) { return *plant_->latest(Identity::local_viewer(), tag); }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<Plant> plant_;
};

TEST_F(FlatLineRestartTest, AStuckSensorIsNotGoodAfterARestart) {
  hold("o1/pressure", 0, 100, 3);
  EXPECT_EQ(latest("o1/pressure").reason, QualityReason::kFlat);
  restart(104);
  EXPECT_EQ(latest("o1/pressure").reason, QualityReason::kFlat) << "before anything came";
  hold("o1/pressure", 105, 105, 3);
  EXPECT_EQ(latest("o1/pressure").reason, QualityReason::kFlat);
  restart(400);
  EXPECT_EQ(latest("o1/pressure").reason, QualityReason::kSilent);
  hold("o1/pressure", 401, 401, 3);
  EXPECT_EQ(latest("o1/pressure").reason, QualityReason::kFlat) << "stuck as before";
  hold("o1/pressure", 405, 405, 3.1);
  EXPECT_EQ(latest("o1/pressure").quality, Quality::kGood);
  restart(406);
  EXPECT_EQ(latest("o1/pressure").quality, Quality::kGood) << "it moved last";
}

TEST_F(FlatLineRestartTest, CountsOnFromWhatTheStoreHolds) {
  hold("o1/pressure", 0, 300, 2);
  hold("o1/pressure", 305, 335, 3);
  restart(339);
  hold("o1/pressure", 340, 360, 3);
  EXPECT_EQ(latest("o1/pressure").quality, Quality::kGood) << "55 s";
  hold("o1/pressure", 365, 365, 3);
  EXPECT_EQ(latest("o1/pressure").reason, QualityReason::kFlat);
}

TEST_F(FlatLineRestartTest, NoiseWithinTheDeadbandStandsStillInTheStoreToo) {
  for (int s = 0; s <= 90; s += 5) hold("o1/temperature", s, s, s % 2 == 0 ? 100.5 : 99.5);
  restart(91);
  EXPECT_EQ(latest("o1/temperature").reason, QualityReason::kFlat);
  hold("o1/temperature", 95, 95, 100.5);
  EXPECT_EQ(latest("o1/temperature").reason, QualityReason::kFlat);
  hold("o1/temperature", 100, 100, 100.6);
  EXPECT_EQ(latest("o1/temperature").quality, Quality::kGood);
  hold("o1/power", 105, 400, 1);
  restart(401);
  EXPECT_EQ(latest("o1/power").quality, Quality::kGood) << "nobody looks";
}

}  // namespace
}  // namespace mw::plant
