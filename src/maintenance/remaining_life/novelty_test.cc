#include "maintenance/remaining_life/novelty.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

/// Two numbers that go together, and one of its own.
std::vector<double> made_rows(std::size_t count) {
  std::vector<double> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const double first = noise(3 * i);
    rows.insert(rows.end(), {first, first + 0.05 * noise(3 * i + 1), noise(3 * i + 2)});
  }
  return rows;
}

TEST(Novelty, IsLargeOnlyWhereNumbersDoNotGoTogetherAsTheyDid) {
  const auto rows = made_rows(2000);
  const Novelty novelty = Novelty::fit(rows, 3);
  EXPECT_LT(novelty.distance(std::array{0.9, 0.9, -0.9}), novelty.limit());
  // Each of these numbers alone is common.
  EXPECT_GT(novelty.distance(std::array{0.9, -0.9, 0.0}), novelty.limit());
}

TEST(Novelty, IsMahalanobisDistance) {
  // Independent numbers of variance 1/3: distance 1 is one deviation.
  std::vector<double> rows;
  for (uint64_t i = 0; i < 40'000; ++i) rows.push_back(noise(i));
  const Novelty novelty = Novelty::fit(rows, 2);
  EXPECT_NEAR(novelty.distance(std::array{std::sqrt(1.0 / 3), 0.0}), 1, 0.02);
}

TEST(Novelty, IsReadBackAndRefusedWhereDamaged) {
  const Novelty novelty = Novelty::fit(made_rows(500), 3);
  const Json stored = novelty.to_json();
  const auto read = Novelty::from_json(stored, 3);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->distance(std::array{1.0, 2.0, 3.0}), novelty.distance(std::array{1.0, 2.0, 3.0}));
  EXPECT_FALSE(Novelty::from_json(stored, 2));
  Json broken = stored;
  broken["root"][1][1] = 0;
  EXPECT_FALSE(Novelty::from_json(broken, 3));
}

}  // namespace
}  // namespace mw::maintenance
