// The hydraulic rig (evaluation.md 8.4): four temperatures, 2205 cycles of a minute in the order of
// their conditions, so that only contiguous folds are honest. Ten of them; extra trees over
// features of the cycle; for the pump, whose leak shows slowly, features averaged over the last ten
// cycles.
//   hydraulic_bench [--data build/data/hydraulic_ts]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/json.h"
#include "maintenance/classify/extra_trees.h"

namespace {

using namespace mw;               // NOLINT: a program of one file
using namespace mw::maintenance;  // NOLINT

constexpr std::size_t kFolds = 10;

SampleMatrix read_table(const std::filesystem::path& path) {
  std::ifstream in(path);
  MW_CHECK(in.good());
  SampleMatrix out;
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::vector<double> row;
    for (double value = 0; fields >> value;) row.push_back(value);
    out.columns = row.size();
    out.add(row);
  }
  return out;
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double each : values) sum += each;
  return sum / static_cast<double>(values.size());
}

/// Of one temperature in one cycle: level, spread, rise, range, and its shape in ten parts.
void add_cycle(std::span<const double> cycle, bool level, std::vector<double>& out) {
  const double middle = mean(cycle);
  double squares = 0;
  for (const double each : cycle) squares += (each - middle) * (each - middle);
  if (level) out.push_back(middle);
  out.push_back(std::sqrt(squares / static_cast<double>(cycle.size())));
  const std::size_t sixth = cycle.size() / 6;
  out.push_back(mean(cycle.last(sixth)) - mean(cycle.first(sixth)));
  const auto [low, high] = std::minmax_element(cycle.begin(), cycle.end());
  out.push_back(*high - *low);
  for (std::size_t part = 0; part < 10; ++part) {
    const std::size_t length = cycle.size() / 10;
    out.push_back(mean(cycle.subspan(part * length, length)) - middle);
  }
}

/// `level`: temperatures themselves too; else only shapes, differences between sensors, and how far
/// each moved since 1, 5 and 20 cycles ago: what a cycle says whatever the cooler does.
SampleMatrix cycle_features(const std::vector<SampleMatrix>& sensors, bool level) {
  SampleMatrix out;
  for (std::size_t i = 0; i < sensors[0].rows(); ++i) {
    std::vector<double> row;
    for (const SampleMatrix& sensor : sensors) add_cycle(sensor.row(i), level, row);
    for (std::size_t a = 0; a < sensors.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        row.push_back(mean(sensors[a].row(i)) - mean(sensors[b].row(i)));
      }
    }
    for (const std::size_t ago : {1u, 5u, 20u}) {
      for (const SampleMatrix& sensor : sensors) {
        row.push_back(level ? 0 : mean(sensor.row(i)) - mean(sensor.row(i < ago ? 0 : i - ago)));
      }
    }
    out.columns = row.size();
    out.add(row);
  }
  return out;
}

/// Each row the mean of itself and those before it, `window` in all: nothing of the future.
SampleMatrix averaged(const SampleMatrix& rows, std::size_t window) {
  SampleMatrix out{rows.columns, {}};
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::size_t first = i + 1 < window ? 0 : i + 1 - window;
    std::vector<double> sum(rows.columns, 0.0);
    for (std::size_t k = first; k <= i; ++k) {
      for (std::size_t j = 0; j < rows.columns; ++j) sum[j] += rows.row(k)[j];
    }
    for (double& each : sum) each /= static_cast<double>(i + 1 - first);
    out.add(sum);
  }
  return out;
}

/// Share of cycles that are named rightly, each by a model that its fold did not teach.
double accuracy(const SampleMatrix& rows, const std::vector<double>& truth, uint64_t seed,
                ThreadPool& pool) {
  std::map<double, int> classes;
  for (const double each : truth) classes.emplace(each, static_cast<int>(classes.size()));
  std::size_t right = 0;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const std::size_t begin = rows.rows() * fold / kFolds;
    const std::size_t end = rows.rows() * (fold + 1) / kFolds;
    SampleMatrix taught{rows.columns, {}};
    std::vector<int> labels;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (i >= begin && i < end) continue;
      taught.add(rows.row(i));
      labels.push_back(classes.at(truth[i]));
    }
    const auto forest = ExtraTrees::fit(taught, labels, static_cast<int>(classes.size()),
                                        {.trees = 200, .seed = seed}, pool);
    MW_CHECK(forest.has_value());
    for (std::size_t i = begin; i < end; ++i) {
      if (forest->predict(rows.row(i)) == classes.at(truth[i])) ++right;
    }
  }
  return static_cast<double>(right) / static_cast<double>(rows.rows());
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder =
      argc > 2 && std::string(argv[1]) == "--data" ? argv[2] : "build/data/hydraulic_ts";
  if (!std::filesystem::exists(folder)) {
    std::fprintf(stderr,
                 "hydraulic_bench: %s is not there: tar xJf "
                 "../shared/data/hydraulic_ts.tar.xz -C build/data\n",
                 folder.c_str());
    return 77;
  }
  std::vector<SampleMatrix> sensors;
  for (const char* name : {"TS1.txt", "TS2.txt", "TS3.txt", "TS4.txt"}) {
    sensors.push_back(read_table(folder / name));
  }
  const SampleMatrix profile = read_table(folder / "profile.txt");
  ThreadPool pool(2);
  const SampleMatrix levels = cycle_features(sensors, true);
  const SampleMatrix shapes = averaged(cycle_features(sensors, false), 10);
  struct Target {
    const char* name;
    std::size_t column;
    const SampleMatrix* rows;
    const char* features;
    double bar;
  };
  for (const Target& target :
       {Target{"cooler", 0, &levels, "levels and shapes of the cycle", 0.98},
        Target{"valve", 1, &shapes, "shapes and differences over 10 cycles", 0},
        Target{"pump", 2, &shapes, "shapes and differences over 10 cycles", 0.70},
        Target{"accumulator", 3, &shapes, "shapes and differences over 10 cycles", 0}}) {
    Json by_seed = Json::array();
    double sum = 0;
    for (const uint64_t seed : {1u, 2u, 3u}) {
      const double share = accuracy(*target.rows, profile.column(target.column), seed, pool);
      by_seed.push_back(share);
      sum += share / 3;
    }
    Json line = {{"bench", "hydraulic"},
                 {"target", target.name},
                 {"split", "contiguous 10-fold in the order of the cycles"},
                 {"model", "extra trees, 200"},
                 {"features", target.features},
                 {"accuracy", sum},
                 {"by_seed", by_seed}};
    if (target.bar > 0) line["bar"] = target.bar;
    std::printf("%s\n", to_text(line).c_str());
  }
  return 0;
}
