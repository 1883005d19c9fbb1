#include "maintenance/state/operating_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "maintenance/state/change_points.h"
#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void run(SampleMatrix& out, std::size_t rows, double speed, double current, uint64_t seed) {
  testing_support::MadeNoise noise(seed);
  for (std::size_t i = 0; i < rows; ++i) {
    out.add(std::vector<double>{speed + (speed > 0 ? 5 * noise.normal() : 0),
                                current + 0.2 * noise.normal()});
  }
}

/// Off, idle, light load, off, heavy load.
SampleMatrix shift() {
  SampleMatrix out{2, {}};
  run(out, 100, 0, 0.1, 1);
  run(out, 80, 400, 5, 2);
  run(out, 200, 1500, 20, 3);
  run(out, 60, 0, 0.1, 4);
  run(out, 200, 1500, 35, 5);
  return out;
}

TEST(StateModel, FindsAndNamesTheRegimesOfAShift) {
  const auto model = StateModel::fit(shift(), {.load_column = 1});
  ASSERT_TRUE(model);
  std::vector<std::string> names;
  for (const OperatingState& each : model->states()) names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("off", "idle", "load_1", "load_2"));
  EXPECT_EQ(model->states()[0].title.zh, "停机");
  EXPECT_NEAR(model->states()[0].share, 0.25, 0.01);
  std::vector<std::string> order;
  for (const StateStretch& each : model->segment(shift())) {
    ASSERT_TRUE(each.state);
    order.push_back(model->states()[*each.state].name);
  }
  EXPECT_THAT(order, ElementsAre("off", "idle", "load_1", "off", "load_2"));
}

TEST(StateModel, HasOneStateWhereNoCutIsClear) {
  SampleMatrix rows{2, {}};
  run(rows, 500, 1000, 12, 6);
  const auto model = StateModel::fit(rows);
  ASSERT_TRUE(model);
  ASSERT_THAT(model->states(), SizeIs(1));
  EXPECT_EQ(model->states()[0].kind, StateKind::kLoad);
}

TEST(StateModel, SaysThatARegimeWasNeverSeen) {
  const auto model = StateModel::fit(shift());
  ASSERT_TRUE(model);
  EXPECT_TRUE(model->state_of(std::vector<double>{1500, 20}));
  EXPECT_FALSE(model->state_of(std::vector<double>{2400, 20})) << "faster than ever";
  EXPECT_FALSE(model->state_of(std::vector<double>{0, 35})) << "stands and draws current";
  EXPECT_GT(model->strangeness(std::vector<double>{2400, 20}), 1);
  EXPECT_LT(model->strangeness(std::vector<double>{1500, 20}), 1);
  EXPECT_FALSE(model->state_of(std::vector<double>{std::nan(""), 20}));
}

TEST(StateModel, TakesWhatIsShorterThanADwellIntoWhatWas) {
  const auto model = StateModel::fit(shift());
  ASSERT_TRUE(model);
  SampleMatrix rows{2, {}};
  run(rows, 30, 1500, 20, 7);
  run(rows, 3, 400, 5, 8);
  run(rows, 30, 1500, 20, 9);
  EXPECT_THAT(model->segment(rows), SizeIs(1));
  StateTracker tracker(&*model);
  int changes = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    tracker.take(rows.row(i));
    changes += tracker.changed() ? 1 : 0;
  }
  EXPECT_EQ(changes, 1) << "the first row's";
}

TEST(StateModel, RefusesTooLittleHistory) {
  SampleMatrix rows{2, {}};
  run(rows, 49, 1000, 12, 6);
  EXPECT_EQ(StateModel::fit(rows).error().param, "history");
  EXPECT_EQ(StateModel::fit(shift(), {.load_column = 2}).error().param, "load_column");
}

TEST(ChangePoints, AreWhereTheLevelChanges) {
  EXPECT_THAT(change_points(shift()), ElementsAre(100, 180, 380, 440));
}

TEST(ChangePoints, AreNoneInNoise) {
  SampleMatrix rows{2, {}};
  run(rows, 500, 1000, 12, 6);
  EXPECT_THAT(change_points(rows), IsEmpty());
  EXPECT_THAT(change_points({2, {1, 2}}), IsEmpty());
}

}  // namespace
}  // namespace mw::maintenance
