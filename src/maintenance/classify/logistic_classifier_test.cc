#include "maintenance/classify/logistic_classifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mw::maintenance {
namespace {

TEST(LogisticClassifier, TellsSeparateClassesApart) {
  SampleMatrix rows{2, {}};
  std::vector<int> labels;
  for (int i = 0; i < 30; ++i) {
    const double wobble = 0.1 * std::sin(3.0 * i);
    const int label = i % 3;
    rows.add(std::vector<double>{label == 0 ? 5 + wobble : wobble, 100.0 * (label == 1) + wobble});
    labels.push_back(label);
  }
  const auto model = LogisticClassifier::fit(rows, labels, 3, 1.0);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->predict(std::vector<double>{5, 0}), 0);
  EXPECT_EQ(model->predict(std::vector<double>{0, 100}), 1);
  EXPECT_EQ(model->predict(std::vector<double>{0, 0}), 2);
}

TEST(LogisticClassifier, RefusesOneClassOnlyAndMissingValues) {
  SampleMatrix rows{1, {1, 2, 3}};
  EXPECT_EQ(LogisticClassifier::fit(rows, std::vector<int>{0, 0, 0}, 1, 1).error().param, "labels");
  EXPECT_EQ(LogisticClassifier::fit(rows, std::vector<int>{0, 0, 0}, 2, 1).error().param, "labels");
  rows.values[1] = std::numeric_limits<double>::quiet_NaN();
  const auto missing = LogisticClassifier::fit(rows, std::vector<int>{0, 1, 0}, 2, 1);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message.en, "row 1 has a missing value: fill or drop it");
}

}  // namespace
}  // namespace mw::maintenance
