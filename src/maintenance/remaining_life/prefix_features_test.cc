#include "maintenance/remaining_life/prefix_features.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

/// Two sensors: a line of slope 0.5, and one that stands still.
std::vector<double> line_and_rest(std::size_t rows) {
  std::vector<double> z;
  for (std::size_t row = 0; row < rows; ++row) {
    z.push_back(0.5 * static_cast<double>(row));
    z.push_back(-1.7);
  }
  return z;
}

std::map<std::string, float> features_at(std::size_t end, std::size_t rows) {
  std::vector<double> age;
  for (std::size_t row = 0; row < rows; ++row) age.push_back(static_cast<double>(row) + 1);
  FeatureRows out;
  append_prefix_features(line_and_rest(rows), 2, age, std::array{end}, out);
  std::map<std::string, float> named;
  const auto features = prefix_features({"a", "b"});
  EXPECT_EQ(features.size(), out.columns);
  for (std::size_t i = 0; i < features.size(); ++i) named[features[i].name] = out.row(0)[i];
  return named;
}

TEST(PrefixFeatures, SayLevelAndSlopeOfALine) {
  auto named = features_at(119, 200);
  EXPECT_FLOAT_EQ(named["a last"], 59.5F);
  EXPECT_FLOAT_EQ(named["a mean 5"], 58.5F);
  EXPECT_FLOAT_EQ(named["a mean all"], 29.75F);
  for (const char* slope : {"a slope 30", "a slope 60", "a slope 100", "a slope all"}) {
    EXPECT_FLOAT_EQ(named[slope], 0.5F) << slope;
  }
  EXPECT_FLOAT_EQ(named["a deviation 30"], 0.5F * std::sqrt((30.0F * 30 - 1) / 12));
  EXPECT_FLOAT_EQ(named["age"], 120.0F);
}

TEST(PrefixFeatures, SayExactlyNothingOfASensorThatStandsStill) {
  auto named = features_at(119, 200);
  EXPECT_EQ(named["b slope all"], 0.0F);
  EXPECT_EQ(named["b slope 100"], 0.0F);
  EXPECT_FLOAT_EQ(named["b mean 30"], -1.7F);
  EXPECT_NEAR(named["b deviation 30"], 0, 1e-6);
}

TEST(PrefixFeatures, DoNotLookAhead) { EXPECT_EQ(features_at(40, 41), features_at(40, 200)); }

TEST(PrefixFeatures, BeginWithTheFirstRow) {
  auto named = features_at(0, 3);
  EXPECT_EQ(named["a slope 30"], 0.0F);
  EXPECT_EQ(named["a mean 30"], 0.0F);
  EXPECT_EQ(named["age"], 1.0F);
}

}  // namespace
}  // namespace mw::maintenance
