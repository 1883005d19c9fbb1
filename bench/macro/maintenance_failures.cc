// AI4I 2020 by the protocol of reference/evaluation.md 8.2: five folds, three seeds, measured and
// derived columns; mode flags are what rules are looked for and never inputs. Each fold finds its
// own derived columns, rules and trees. Prints one JSON line. Run by
// bench/macro/maintenance_bench.py.
//
//   maintenance_failures ai4i2020.csv
#include <cstdio>

#include "core/clock.h"
#include "core/file.h"
#include "core/usable_cores.h"
#include "maintenance/failure_modes.h"

namespace {

using namespace mw;
using namespace mw::maintenance;

Result<Json> run(const char* file) {
  MW_ASSIGN(const std::string text, read_file(file, uint64_t{1} << 28));
  TableMapping mapping;
  mapping.label = "Machine_failure";
  mapping.modes = {"TWF", "HDF", "PWF", "OSF", "RNF"};
  MW_ASSIGN(const RunTable table, read_run_table(text, mapping));
  ThreadPool pool(usable_cores());
  const FailureOptions options;
  const int64_t start_ns = steady_ns();
  MW_ASSIGN(const FailureModel model, FailureModel::train(table, options, pool));
  const double train_s = static_cast<double>(steady_ns() - start_ns) * 1e-9;
  MW_ASSIGN(const std::vector<Score> scores, FailureModel::scores(table, options, pool));
  Json out = {{"bench", "ai4i2020"}, {"folds", options.folds}, {"train_s", train_s}};
  out["confirmed"] = model.confirmed();
  for (const ModeCard& each : model.modes()) {
    out["modes"].push_back({{"mode", each.mode},
                            {"failures", each.failures},
                            {"rule", each.rule.en},
                            {"exact", each.exactness.en}});
  }
  for (const Score& each : scores) out["scores"].push_back(each.to_json());
  return out;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "usage: maintenance_failures ai4i2020.csv\n");
    return 2;
  }
  const auto line = run(words[1]);
  if (!line) {
    std::fprintf(stderr, "%s\n", line.error().message.en.c_str());
    return 1;
  }
  std::printf("%s\n", to_text(*line).c_str());
  return 0;
}
