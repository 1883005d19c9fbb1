#include "maintenance/remaining_life/regimes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using testing::ElementsAre;

TEST(Regimes, AreFoundFromSettingsAndTakeTheirEffectOutOfSensors) {
  const RunTable table = made_runs(8);
  const auto regimes = Regimes::find(table, {"load"}, 0);
  ASSERT_TRUE(regimes);
  EXPECT_EQ(regimes->count(), 2);
  EXPECT_THAT(regimes->sensors(), ElementsAre("wear", "heat"));  // "still" never changes
  const auto places = regimes->places_in(table);
  double squares[2] = {0, 0};
  for (std::size_t row = 0; row < table.rows(); ++row) {
    double z[2];
    const auto placed = regimes->place(table, *places, row);
    EXPECT_FALSE(regimes->is_foreign(placed));
    regimes->z_scores(table, *places, row, placed.regime, {}, z);
    for (int i = 0; i < 2; ++i) squares[i] += z[i] * z[i];
  }
  for (const double sum : squares) EXPECT_NEAR(sum / static_cast<double>(table.rows()), 1, 1e-9);
}

TEST(Regimes, AreOneWhereSettingsOnlyWander) {
  RunTable table = made_runs(8);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    table.columns[0].values[row] = noise(row + 77);
  }
  EXPECT_EQ(Regimes::find(table, {"load"}, 0)->count(), 1);
}

TEST(Regimes, KnowALoadThatTheyNeverSaw) {
  const RunTable taught = made_runs(8);
  const auto regimes = Regimes::find(taught, {"load"}, 0);
  RunTable other = made_runs(2);
  other.columns[0].values[3] = 60;
  const auto places = regimes->places_in(other);
  EXPECT_TRUE(regimes->is_foreign(regimes->place(other, *places, 3)));
  EXPECT_FALSE(regimes->is_foreign(regimes->place(other, *places, 4)));
}

TEST(Regimes, TakeTheLastValueWhereThereIsNone) {
  RunTable table = made_runs(8);
  const auto regimes = Regimes::find(table, {"load"}, 0);
  const auto places = regimes->places_in(table);
  table.columns[1].values[3] = std::nan("");
  double z[2];
  regimes->z_scores(table, *places, 3, 0, std::array{0.25, 7.0}, z);
  EXPECT_EQ(z[0], 0.25);
}

TEST(Regimes, AreReadBackAndRefusedWhereDamaged) {
  const RunTable table = made_runs(8);
  const auto regimes = Regimes::find(table, {"load"}, 0);
  const Json stored = regimes->to_json();
  const auto read = Regimes::from_json(stored);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->to_json(), stored);
  for (const char* key : {"settings", "centres", "spreads", "farthest", "means", "deviations",
                          "sensors", "setting_mean", "setting_deviation"}) {
    Json broken = stored;
    broken[key] = Json::array();
    EXPECT_FALSE(Regimes::from_json(broken)) << key;
    broken.erase(key);
    EXPECT_FALSE(Regimes::from_json(broken)) << key;
  }
  Json flat = stored;
  flat["deviations"][0][0] = 0;
  EXPECT_FALSE(Regimes::from_json(flat));
}

}  // namespace
}  // namespace mw::maintenance
