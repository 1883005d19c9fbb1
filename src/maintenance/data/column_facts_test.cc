#include "maintenance/data/column_facts.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mw::maintenance {
namespace {

TEST(ColumnFacts, OrderAgreementCountsPairsAndTiesHalf) {
  const std::vector<double> answers = {0, 0, 1, 1};
  EXPECT_EQ(order_agreement(std::vector<double>{1, 2, 3, 4}, answers), 1);
  EXPECT_EQ(order_agreement(std::vector<double>{4, 3, 2, 1}, answers), 0);
  EXPECT_EQ(order_agreement(std::vector<double>{1, 1, 1, 1}, answers), 0.5);
  EXPECT_EQ(order_agreement(std::vector<double>{1, 3, 2, std::nan("")}, answers), 0.5);
  EXPECT_EQ(order_agreement(std::vector<double>{1, 2}, std::vector<double>{1, 1}), 0.5);
}

TEST(ColumnFacts, CorrelationIsOfRowsWhereBothAreThere) {
  const std::vector<double> a = {1, 2, 3, std::nan("")};
  EXPECT_NEAR(correlation(a, std::vector<double>{2, 4, 6, -50}), 1, 1e-12);
  EXPECT_NEAR(correlation(a, std::vector<double>{6, 4, 2, 0}), -1, 1e-12);
  EXPECT_EQ(correlation(a, std::vector<double>{5, 5, 5, 5}), 0);
}

}  // namespace
}  // namespace mw::maintenance
