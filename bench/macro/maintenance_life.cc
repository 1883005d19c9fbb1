// C-MAPSS by the protocol of reference/evaluation.md 8.1: trained on each subset's training engines
// alone, one prediction a test engine at its last cycle, labels capped and raw, all engines, a
// model a seed. Prints a JSON line a subset. Run by bench/macro/maintenance_bench.py, which
// unpacks.
//
//   maintenance_life FOLDER [FD001 ...]
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/usable_cores.h"
#include "maintenance/remaining_life.h"

namespace {

using namespace mw;
using namespace mw::maintenance;

constexpr uint64_t kMostBytes = uint64_t{1} << 28;
constexpr uint64_t kSeeds[] = {1, 2, 3};

Result<RunTable> read_runs(const std::filesystem::path& file) {
  MW_ASSIGN(const std::string text, read_file(file, kMostBytes));
  return read_run_table(text, cmapss_mapping());
}

Result<std::vector<double>> read_lives(const std::filesystem::path& file) {
  MW_ASSIGN(const std::string text, read_file(file, kMostBytes));
  TableMapping mapping;
  mapping.form = TableMapping::Form::kBlanks;
  mapping.headers = {"life"};
  MW_ASSIGN(const RunTable table, read_run_table(text, mapping));
  return table.columns[0].values;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

Result<Json> run(const std::filesystem::path& folder, const std::string& set, ThreadPool& pool) {
  const int64_t start_ns = steady_ns();
  MW_ASSIGN(const RunTable train, read_runs(folder / ("train_" + set + ".txt")));
  MW_ASSIGN(const RunTable test, read_runs(folder / ("test_" + set + ".txt")));
  MW_ASSIGN(const std::vector<double> raw, read_lives(folder / ("RUL_" + set + ".txt")));
  const double read_s = static_cast<double>(steady_ns() - start_ns) * 1e-9;
  LifeOptions options;
  options.settings = {"setting_1", "setting_2", "setting_3"};
  std::vector<double> capped;
  for (const double life : raw) capped.push_back(std::min(life, options.cap));
  std::vector<double> rmse, penalty, raw_rmse, raw_penalty, coverage, width, held_rmse, held_share,
      train_s, score_s;
  int64_t ranges = 0, early = 0, unseen = 0, regimes = 0;
  for (const uint64_t seed : kSeeds) {
    options.seed = seed;
    const int64_t begin_ns = steady_ns();
    MW_ASSIGN(const LifeModel model, LifeModel::train(train, options, pool));
    const int64_t trained_ns = steady_ns();
    MW_ASSIGN(const std::vector<LifeAnswer> answers, model.answers(test, pool));
    score_s.push_back(static_cast<double>(steady_ns() - trained_ns) * 1e-9);
    train_s.push_back(static_cast<double>(trained_ns - begin_ns) * 1e-9);
    std::vector<double> said;
    double inside = 0, wide = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const LifeAnswer& each = answers[i];
      said.push_back(each.point);
      inside += capped[i] >= each.low && capped[i] <= each.high ? 1 : 0;
      wide += each.high - each.low;
      ranges += each.kind == LifeAnswerKind::kRange ? 1 : 0;
      early += each.kind == LifeAnswerKind::kTooEarly ? 1 : 0;
      unseen += each.kind == LifeAnswerKind::kUnseenRegime ? 1 : 0;
    }
    const auto engines = static_cast<double>(answers.size());
    rmse.push_back(root_mean_square(said, capped));
    penalty.push_back(late_penalty(said, capped));
    raw_rmse.push_back(root_mean_square(said, raw));
    raw_penalty.push_back(late_penalty(said, raw));
    coverage.push_back(inside / engines);
    width.push_back(wide / engines);
    held_rmse.push_back(model.held_out_scores()[0].value());
    held_share.push_back(model.held_out_scores()[1].value());
    regimes = model.regimes();
  }
  return Json{
      {"bench", "cmapss"},
      {"set", set},
      {"split", "given_test"},
      {"cap", options.cap},
      {"engines", test.assets.size()},
      {"seeds", kSeeds},
      {"regimes", regimes},
      {"rmse_capped_labels", mean(rmse)},
      {"rmse_capped_each", rmse},
      {"score_capped_labels", mean(penalty)},
      {"rmse_raw_labels", mean(raw_rmse)},
      {"score_raw_labels", mean(raw_penalty)},
      {"coverage_90", mean(coverage)},
      {"coverage_each", coverage},
      {"width_90", mean(width)},
      {"answers", {{"range", ranges}, {"too_early", early}, {"unseen_regime", unseen}}},
      {"held_out",
       {{"split", "asset_wise"}, {"rmse", mean(held_rmse)}, {"coverage_90", mean(held_share)}}},
      {"read_s", read_s},
      {"train_s_a_seed", mean(train_s)},
      {"score_s_a_seed", mean(score_s)},
      {"threads", pool.threads()}};
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: maintenance_life FOLDER [FD001 ...]\n");
    return 2;
  }
  std::vector<std::string> sets(words + 2, words + count);
  if (sets.empty()) sets = {"FD001", "FD002", "FD003", "FD004"};
  ThreadPool pool(usable_cores());
  for (const std::string& set : sets) {
    const auto line = run(words[1], set, pool);
    if (!line) {
      std::fprintf(stderr, "%s\n", line.error().message.en.c_str());
      return 1;
    }
    std::printf("%s\n", to_text(*line).c_str());
    std::fflush(stdout);
  }
  return 0;
}
