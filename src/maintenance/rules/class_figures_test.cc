#include "maintenance/rules/class_figures.h"

#include <gtest/gtest.h>

#include <array>

namespace mw::maintenance {
namespace {

TEST(ClassFigures, CountDecisionsAgainstAnswers) {
  const ClassFigures figures = figures_of(std::array{1.0, 1.0, 1.0, 0.0, 0.0, 0.0},
                                          std::array{1.0, 1.0, 0.0, 1.0, 0.0, 0.0});
  EXPECT_EQ(figures.hits, 2);
  EXPECT_DOUBLE_EQ(figures.f1(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(figures.precision(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(figures.matthews(), 1.0 / 3);
}

TEST(ClassFigures, AreZeroAndNoErrorWhereNothingIsSaid) {
  const ClassFigures figures = figures_of(std::array{0.0, 0.0}, std::array{1.0, 0.0});
  EXPECT_EQ(figures.f1(), 0);
  EXPECT_EQ(figures.precision(), 0);
  EXPECT_EQ(figures.matthews(), 0);
}

TEST(AveragePrecision, AgreesWithScikitLearn) {
  // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.8333, of its documentation.
  EXPECT_NEAR(average_precision(std::array{0.1, 0.4, 0.35, 0.8}, std::array{0.0, 0.0, 1.0, 1.0}),
              0.8333333, 1e-6);
  // Ties count together: all alike is the share of failures.
  EXPECT_NEAR(average_precision(std::array{0.5, 0.5, 0.5, 0.5}, std::array{0.0, 0.0, 1.0, 0.0}),
              0.25, 1e-12);
}

}  // namespace
}  // namespace mw::maintenance
