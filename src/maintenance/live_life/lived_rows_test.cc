#include "maintenance/live_life/lived_rows.h"

#include <gmock/gmock.h>

#include "maintenance/health/health_machine.h"
#include "maintenance/testing/lived_plant.h"

namespace mw::maintenance {
namespace {

using testing::ElementsAre;

class LivedRowsTest : public LivedPlant {
 protected:
  LifeSource source_{"p1", {{"heat", "p1/heat"}}, {}, 3600};
  Result<LivedRows> read(TimeNs from, TimeNs to) {
    return read_lived_rows(*plant_, everybody(), source_, {from, to});
  }
};

TEST_F(LivedRowsTest, AreThoseOfTheTableThatTheMachineLived) {
  const RunTable made = made_runs(kMachine + 1, 0.5, 9);
  live_through("p1", made, kMachine, kBegan);
  source_.columns = {{"heat", "p1/heat"}, {"load", "p1/load"}};
  const auto rows = read(kBegan, clock_.now_ns());
  ASSERT_TRUE(rows) << rows.error().message.en;
  const auto [first, last] = made.rows_of(kMachine);
  ASSERT_EQ(rows->values.size(), last - first);
  for (std::size_t i = 0; i < rows->values.size(); ++i) {
    EXPECT_NEAR(rows->values[i][0], made.column("heat")->values[first + i], 1e-9);
    EXPECT_NEAR(rows->values[i][1], made.column("load")->values[first + i], 1e-9);
    EXPECT_DOUBLE_EQ(rows->worn_s[i], 3600.0 * static_cast<double>(i + 1));
  }
  const RunTable table = table_of_life(*rows, source_, 3600, "cycle");
  EXPECT_EQ(table.time_of_row.back(), static_cast<double>(last - first));
  EXPECT_EQ(table.column("load")->values.size(), table.rows());
}

TEST_F(LivedRowsTest, CountOnlyTheTimeInWhichTheMachineWears) {
  for (int hour = 0; hour < 10; ++hour) {  // runs for the first half of each hour
    const TimeNs at = kBegan + hour * kNsPerHour;
    store("p1/state", at, std::string("running"));
    store("p1/state", at + kNsPerHour / 2, std::string("idle"));
    store("p1/heat", at, 100.0 + hour);
    store("p1/heat", at + kNsPerHour / 2, 20.0);
  }
  clock_.set(kBegan + 10 * kNsPerHour);
  stored();
  source_.states = {"running"};
  const auto rows = read(kBegan, clock_.now_ns());
  ASSERT_TRUE(rows) << rows.error().message.en;
  ASSERT_EQ(rows->values.size(), 5u) << "ten hours of the clock are five of wear";
  EXPECT_NEAR(rows->values[0][0], 100.5, 1e-9) << "what it read when it stood does not count";
  EXPECT_EQ(rows->end_ns[0], kBegan + kNsPerHour + kNsPerHour / 2);
  EXPECT_NEAR(rows->worn_last_week, 0.5, 1e-9);
  EXPECT_EQ(rows->unknown_state_s, 0);
}

TEST_F(LivedRowsTest, SayForHowLongNobodyKnowsWhetherItRan) {
  store("p1/state", kBegan, std::string("running"));
  store("p1/heat", kBegan, 50.0);
  clock_.set(kBegan + 10 * kNsPerHour);
  stored();
  source_.states = {"running"};
  const auto rows = read(kBegan, clock_.now_ns());
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->values.size(), 2u) << "as long as the watchdog lets the state hold";
  EXPECT_NEAR(rows->unknown_state_s, 8 * 3600, 1);
}

TEST_F(LivedRowsTest, HoldAValueAsLongAsItsWatchdogLetsItAndNoLonger) {
  store("p1/heat", kBegan, 50.0);
  store("p1/heat", kBegan + 6 * kNsPerHour, 60.0);
  clock_.set(kBegan + 8 * kNsPerHour);
  stored();
  const auto rows = read(kBegan, clock_.now_ns());
  ASSERT_TRUE(rows);
  std::vector<double> heat;
  for (const auto& row : rows->values) heat.push_back(std::isnan(row[0]) ? -1 : row[0]);
  EXPECT_THAT(heat, ElementsAre(50, 50, 50, -1, -1, -1, 60, 60));
}

TEST_F(LivedRowsTest, LeaveOutAStretchThatIsNotOver) {
  store("p1/heat", kBegan, 50.0);
  clock_.set(kBegan + kNsPerHour + 59 * kNsPerMinute);
  stored();
  EXPECT_EQ(read(kBegan, clock_.now_ns())->values.size(), 1u);
  EXPECT_TRUE(read(kBegan + kNsPerHour + 1, clock_.now_ns())->values.empty());
}

TEST_F(LivedRowsTest, RefuseALifeOfTooManyRows) {
  clock_.set(kBegan + 400 * kNsPerDay);
  source_.row_s = 60;
  const auto rows = read(kBegan, clock_.now_ns());
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().param, "row");
}

}  // namespace
}  // namespace mw::maintenance
