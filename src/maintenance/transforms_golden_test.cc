// Our transforms against scikit-learn's and SciPy's on the same numbers:
// tests/golden/maintenance/transforms, made by tools/golden/make_remaining_life_golden.py.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "core/file.h"
#include "core/json.h"
#include "maintenance/data/column_facts.h"
#include "maintenance/data/k_means.h"
#include "maintenance/remaining_life/novelty.h"
#include "maintenance/remaining_life/prefix_features.h"
#include "maintenance/remaining_life/regimes.h"
#include "maintenance/rules/class_figures.h"
#include "tests/support/source_dir.h"

namespace mw::maintenance {
namespace {

const Json& golden() {
  static const Json kGolden = [] {
    const std::string path =
        testing_support::source_path("tests/golden/maintenance/transforms/transforms.json");
    return *parse_json(*read_file(path, 1 << 20));
  }();
  return kGolden;
}

std::vector<double> numbers(const Json& list) { return list.get<std::vector<double>>(); }

/// The two walks of the file as a table of one asset.
RunTable walks() {
  RunTable table;
  table.assets = {"a"};
  table.has_assets = true;
  const std::vector<double> values = numbers(golden()["history"]);
  table.columns = {{"x", "", {}, {}}, {"y", "", {}, {}}};
  for (std::size_t i = 0; i < values.size(); ++i) table.columns[i % 2].values.push_back(values[i]);
  table.asset_of_row.assign(values.size() / 2, 0);
  table.time_of_row.assign(values.size() / 2, 0);
  return table;
}

TEST(TransformsGolden, KMeansEndsWhereScikitLearnEnds) {
  const Json& wanted = golden()["k_means"];
  const Clusters clusters = k_means({2, numbers(wanted["points"])}, 4);
  EXPECT_EQ(clusters.of_row, wanted["labels"].get<std::vector<std::size_t>>());
  EXPECT_NEAR(clusters.inertia, wanted["inertia"].get<double>(), 1e-9 * clusters.inertia);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(clusters.centres[i][j], wanted["centres"][i][j].get<double>(), 1e-9);
    }
  }
}

TEST(TransformsGolden, ZScoresAreThoseOfStandardScaler) {
  const RunTable table = walks();
  const auto regimes = Regimes::find(table, {}, 0);
  const auto places = regimes->places_in(table);
  const std::vector<double> wanted = numbers(golden()["z"]);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::array<double, 2> z{};
    regimes->z_scores(table, *places, row, 0, {}, z);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(z[i], wanted[row * 2 + i], 1e-9);
  }
}

TEST(TransformsGolden, SlopesAreThoseOfLinregress) {
  const std::vector<double> z = numbers(golden()["history"]);
  FeatureRows rows;
  append_prefix_features(z, 2, std::vector<double>(z.size() / 2, 0),
                         std::array<std::size_t, 1>{119}, rows);
  const auto features = prefix_features({"x", "y"});
  std::map<std::string, double> named;
  for (std::size_t i = 0; i < features.size(); ++i)
    named[features[i].name] = double{rows.row(0)[i]};
  const std::array<const char*, 4> slopes = {" slope 30", " slope 60", " slope 100", " slope all"};
  for (std::size_t sensor = 0; sensor < 2; ++sensor) {
    const std::string name = sensor == 0 ? "x" : "y";
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      EXPECT_NEAR(named[name + slopes[i]], golden()["slopes"][i][sensor].get<double>(), 1e-6);
    }
    EXPECT_NEAR(named[name + " deviation 30"], golden()["deviation_30"][sensor].get<double>(),
                1e-6);
  }
}

TEST(TransformsGolden, NoveltyIsScipysMahalanobis) {
  const std::vector<double> rows = numbers(golden()["mahalanobis"]["rows"]);
  const std::vector<double> wanted = numbers(golden()["mahalanobis"]["distances"]);
  const Novelty novelty = Novelty::fit(rows, 3);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(novelty.distance(std::span(rows).subspan(i * 3, 3)), wanted[i], 1e-9);
  }
}

TEST(TransformsGolden, FiguresAreThoseOfScikitLearnTiesIncluded) {
  const Json& classes = golden()["classes"];
  const auto ranks = numbers(classes["ranks"]), answers = numbers(classes["answers"]);
  const ClassFigures figures = figures_of(numbers(classes["decisions"]), answers);
  EXPECT_NEAR(figures.f1(), classes["f1"].get<double>(), 1e-12);
  EXPECT_NEAR(figures.matthews(), classes["matthews"].get<double>(), 1e-12);
  EXPECT_NEAR(average_precision(ranks, answers), classes["average_precision"].get<double>(), 1e-12);
  EXPECT_NEAR(order_agreement(ranks, answers), classes["roc_auc"].get<double>(), 1e-12);
  const RunTable table = walks();
  EXPECT_NEAR(correlation(table.columns[0].values, table.columns[1].values),
              golden()["pearson"].get<double>(), 1e-9);
}

}  // namespace
}  // namespace mw::maintenance
