#include "maintenance/data/k_means.h"

#include <gtest/gtest.h>

#include <set>

namespace mw::maintenance {
namespace {

/// Three heaps of 20 rows, far from each other.
SampleMatrix heaps() {
  SampleMatrix rows{2, {}};
  const double middles[][2] = {{0, 0}, {10, 0}, {0, 10}};
  for (int i = 0; i < 60; ++i) {
    const auto& middle = middles[i % 3];
    rows.add(std::vector<double>{middle[0] + 0.01 * (i % 5), middle[1] - 0.01 * (i % 7)});
  }
  return rows;
}

TEST(KMeans, FindsHeapsWhereverItBegins) {
  const SampleMatrix rows = heaps();
  for (const FirstCentre first : {FirstCentre::kFirstRow, FirstCentre::kFarthestFromMean}) {
    const Clusters found = k_means(rows, 3, first);
    std::set<std::size_t> named;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      EXPECT_EQ(found.of_row[i], found.of_row[i % 3]);
      named.insert(found.of_row[i]);
    }
    EXPECT_EQ(named.size(), 3u);
    EXPECT_GT(found.silhouette, 0.99);
    EXPECT_LT(found.inertia, k_means(rows, 2, first).inertia);
  }
}

TEST(KMeans, OfOneCentreIsTheMeanAndNoCut) {
  const Clusters one = k_means(heaps(), 1);
  EXPECT_NEAR(one.centres[0][0], 10.0 / 3 + 0.02, 1e-9);
  EXPECT_EQ(one.silhouette, 0);
}

TEST(KMeans, LeavesACentreWithoutRowsWhereItIs) {
  SampleMatrix same{1, {}};
  for (int i = 0; i < 4; ++i) same.add(std::vector<double>{7});
  const Clusters found = k_means(same, 3);
  EXPECT_EQ(found.of_row, (std::vector<std::size_t>(4, 0)));
  EXPECT_EQ(found.inertia, 0);
}

}  // namespace
}  // namespace mw::maintenance
