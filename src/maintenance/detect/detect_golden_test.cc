// Scope: each detector's figures against scikit-learn on small tables. Tolerance: 1e-9 relative;
// the logistic regression, fitted step by step on both sides, 1e-5.

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/file.h"
#include "core/json.h"
#include "maintenance/classify/logistic_classifier.h"
#include "maintenance/detect/forecast_detector.h"
#include "maintenance/detect/patch_memory.h"
#include "maintenance/detect/pca_detector.h"
#include "tests/support/source_dir.h"

namespace mw::maintenance {
namespace {

const Json& golden() {
  static const Json kGolden =
      parse_json(*read_file(testing_support::source_path("tests/golden/maintenance/detect.json"),
                            uint64_t{1} << 24))
          .value();
  return kGolden;
}

SampleMatrix table(const std::string& name) {
  SampleMatrix out;
  for (const Json& row : golden().at(name)) {
    const auto values = row.get<std::vector<double>>();
    out.columns = values.size();
    out.add(values);
  }
  return out;
}

void expect_near(double got, double wanted, double relative) {
  EXPECT_NEAR(got, wanted, relative * std::max(std::abs(wanted), 1e-3));
}

TEST(DetectGolden, T2AndQAsScikitLearnsPca) {
  const auto detector = PcaDetector::fit(table("rows"), 2);
  ASSERT_TRUE(detector);
  const SampleMatrix fresh = table("fresh");
  for (std::size_t i = 0; i < fresh.rows(); ++i) {
    const PcaStatistics found = detector->statistics(fresh.row(i));
    expect_near(found.t2, golden().at("pca_t2")[i].get<double>(), 1e-9);
    expect_near(found.q, golden().at("pca_q")[i].get<double>(), 1e-9);
    for (std::size_t j = 0; j < fresh.columns; ++j) {
      expect_near(found.q_parts[j], golden().at("pca_q_contributions")[i][j].get<double>(), 1e-9);
    }
  }
}

TEST(DetectGolden, LogisticRegressionAsScikitLearns) {
  const auto labels = golden().at("labels").get<std::vector<int>>();
  const auto model =
      LogisticClassifier::fit(table("rows"), labels, 3, golden().at("logistic_c").get<double>());
  ASSERT_TRUE(model);
  const SampleMatrix fresh = table("fresh");
  for (std::size_t i = 0; i < fresh.rows(); ++i) {
    const std::vector<double> found = model->probabilities(fresh.row(i));
    for (std::size_t k = 0; k < found.size(); ++k) {
      EXPECT_NEAR(found[k], golden().at("logistic_probabilities")[i][k].get<double>(), 1e-5);
    }
  }
}

TEST(DetectGolden, PatchDistanceAsScikitLearnsNearestNeighbours) {
  const SampleMatrix rows = table("rows");
  const Scaling scaling{golden().at("patch_mean").get<std::vector<double>>(),
                        golden().at("patch_deviation").get<std::vector<double>>()};
  SampleMatrix scaled{rows.columns, {}};
  std::vector<double> row(rows.columns);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    scaling.apply(rows.row(i), row);
    scaled.add(row);
  }
  const auto taught = golden().at("patch_train_rows").get<std::size_t>();
  const PatchOptions options{.length = golden().at("patch").get<std::size_t>()};
  const PatchMemory memory = PatchMemory::of_scaled(scaled.slice(0, taught), options);
  const Json& wanted = golden().at("patch_distance");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto stretch = std::span(scaled.values)
                             .subspan((taught + i) * rows.columns, options.length * rows.columns);
    expect_near(memory.distance(stretch, nullptr), wanted[i].get<double>(), 1e-9);
  }
}

TEST(DetectGolden, ForecastResidualsAsALinearRegressionOnTheLags) {
  const auto series = golden().at("series").get<std::vector<double>>();
  const auto taught = golden().at("forecast_train").get<std::size_t>();
  const SampleMatrix all{1, series};
  auto detector = ForecastDetector::fit(
      all.slice(0, taught), {.order = golden().at("forecast_order").get<std::size_t>()});
  ASSERT_TRUE(detector);
  score_rows(*detector, all.slice(0, taught));
  for (std::size_t i = taught; i < series.size(); ++i) {
    detector->take(all.row(i));
    ASSERT_EQ(detector->residuals().size(), 1u);
    expect_near(detector->residuals()[0],
                golden().at("forecast_residual")[i - taught].get<double>(), 1e-7);
  }
}

}  // namespace
}  // namespace mw::maintenance
