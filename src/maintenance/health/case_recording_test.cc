#include "maintenance/health/case_recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

class CaseRecordingTest : public HealthMonitorFixture {
 protected:
  void SetUp() override {
    HealthMonitorFixture::SetUp();
    stores_ = true;
  }
  std::vector<const plant::Tag*> tags() const { return all_->tags_of("m1"); }
  std::shared_ptr<const plant::Catalogue> all_ = plant::Catalogue::parse(kMadePlant).value();
};

TEST_F(CaseRecordingTest, KeepsTheSamplesBeforeAndAfterAnAlarmWithItsCase) {
  run_rows(240, 0);
  run_rows(20, 1);
  const int64_t number = case_number();
  EXPECT_EQ(monitor_->recording(kEngineer, number).error().code, Code::kNotFound);
  run_rows(60, 1);
  for (int i = 0; i < 2; ++i) {
    const auto recording = monitor_->recording(kViewerOfA, number);
    ASSERT_TRUE(recording) << recording.error().message.en;
    const HealthCase one = *monitor_->find_case(kEngineer, number);
    EXPECT_EQ(recording->window.start_ns, one.opened_ns - kRecordedBeforeNs);
    EXPECT_TRUE(recording->thinned.empty());
    const auto readings = *monitor_->recorded(kViewerOfA, *recording);
    const auto points = recorded_points(readings, "m1/vibration", recording->window, 1000);
    EXPECT_NEAR(static_cast<double>(points.size()), 180, 2);
    EXPECT_LT(*points.front().mean, 3);
    EXPECT_GT(*points.back().mean, 4);
    open();
  }
  EXPECT_EQ(monitor_->recording(kOperatorOfB, number).error().message.en,
            monitor_->recording(kOperatorOfB, 7).error().message.en);
}

TEST_F(CaseRecordingTest, GivesTheRowsThatTheStoreWouldHaveGiven) {
  run_rows(240, 0);
  const TimeWindow window{clock_.now_ns() - 600 * kNsPerSecond, clock_.now_ns()};
  const auto recording = record_case(*plant_, kEngineer, tags(), window);
  ASSERT_TRUE(recording) << recording.error().message.en;
  const auto readings = *recorded_readings(*recording, *all_);
  const plant::Asset& asset = *all_->asset("m1");
  const HealthHistory kept = recorded_history(readings, asset, *all_, window, 5);
  const HealthHistory stored = *read_health_history(*plant_, kEngineer, asset, *all_, window, 5);
  EXPECT_EQ(kept.rows.values, stored.rows.values);
  EXPECT_EQ(kept.states, stored.states);
}

TEST_F(CaseRecordingTest, TakesATagThatNeedsTooManyBytesAtEvenTimes) {
  run_rows(240, 0);
  const TimeWindow window{clock_.now_ns() - 900 * kNsPerSecond, clock_.now_ns()};
  const auto recording = record_case(*plant_, kEngineer, tags(), window, 16'000);
  ASSERT_TRUE(recording) << recording.error().message.en;
  EXPECT_THAT(recording->thinned, ::testing::Contains("m1/vibration"));
  EXPECT_LE(recording->csv.size(), 16'100u);
  const auto points =
      recorded_points(*recorded_readings(*recording, *all_), "m1/vibration", window, 1000);
  EXPECT_GT(points.size(), 10u);
}

TEST(RecordedPoints, KeepTheExtremesOfAStretchAndShowGaps) {
  std::vector<plant::Reading> readings;
  const auto add = [&](TimeNs ts_ns, std::optional<double> value) {
    plant::Reading& one = readings.emplace_back();
    one.tag = "t";
    one.ts_ns = ts_ns;
    if (value) one.value = *value;
    one.quality = value ? Quality::kGood : Quality::kBad;
  };
  add(0, 1);
  add(1, 9);
  add(2, 2);
  add(60, {});
  add(90, 4);
  const auto points = recorded_points(readings, "t", {0, 100}, 2);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(*points[0].max, 9);
  EXPECT_EQ(*points[0].mean, 4);
  EXPECT_FALSE(points[1].mean);
  EXPECT_EQ(*points[2].mean, 4);
}

}  // namespace
}  // namespace mw::maintenance
