#include "maintenance/health/train_health.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "maintenance/health/health_scorer.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kFewestTrainingRows = 600;  // of the whole window
constexpr std::size_t kFewestOfRegime = 100;      // to learn a state from
constexpr std::size_t kMostOfRegime = 8'000;      // more say nothing new, and the file grows
constexpr double kLeastGood = 0.9;
constexpr double kMostSensorFaults = 0.002;  // share of normal rows on which a check cries wolf
constexpr double kMostOver = 0.05;           // share of replayed rows over the threshold
constexpr double kLeastReplayed = 0.5;       // share of replayed rows that get a score
constexpr double kFitShare = 0.5;
constexpr double kThresholdEnd = 0.8;

std::string percent(double share) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.0f %%", 100 * share);
  return out.data();
}

std::size_t rows_that_count(const HealthHistory& history, std::size_t begin, std::size_t end) {
  if (history.left_out.empty()) return end - begin;
  std::size_t out = 0;
  for (std::size_t i = begin; i < end; ++i) out += history.counts(i) ? 1 : 0;
  return out;
}

/// The row before which such a share of those that count lies.
std::size_t row_at(const HealthHistory& history, double share) {
  const std::size_t rows = history.rows.rows();
  const auto before =
      static_cast<std::size_t>(share * static_cast<double>(rows_that_count(history, 0, rows)));
  if (history.left_out.empty()) return before;
  std::size_t counted = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (!history.counts(i)) continue;
    if (counted == before) return i;
    ++counted;
  }
  return rows;
}

Result<void> check_input(const HealthHistory& history) {
  if (history.tags.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "the machine has no numeric tag: there is nothing to learn from",
                       "该设备没有数值标签，无从学习", "asset");
  }
  const std::size_t rows = rows_that_count(history, 0, history.rows.rows());
  if (rows < kFewestTrainingRows) {
    return Error::make(Code::kInvalidArgument,
                       "not enough evidence: the window has " + std::to_string(rows) + " rows, " +
                           std::to_string(kFewestTrainingRows) +
                           " are the least: name a longer one",
                       "依据不足：该时段只有 " + std::to_string(rows) + " 行数据，至少需要 " +
                           std::to_string(kFewestTrainingRows) + " 行，请选择更长的时段",
                       "window");
  }
  for (std::size_t j = 0; j < history.tags.size(); ++j) {
    if (history.good_share[j] >= kLeastGood) continue;
    const std::string& tag = history.tags[j]->id;
    return Error::make(Code::kInvalidArgument,
                       "doubtful history: " + tag + " is good for only " +
                           percent(history.good_share[j]) + " of the window (" +
                           percent(kLeastGood) + " are the least): repair it, or choose another",
                       "历史数据可疑：" + tag + " 仅有 " + percent(history.good_share[j]) +
                           " 的时间数据良好（至少应为 " + percent(kLeastGood) +
                           "），请修复该测点或选择其他时段",
                       "window");
  }
  return {};
}

/// Tags without a single move in the rows.
std::vector<std::string> flat_tags(const HealthHistory& history, std::size_t rows) {
  std::vector<std::string> out;
  for (std::size_t j = 0; j < history.tags.size(); ++j) {
    double first = std::nan("");
    bool moves = false;
    for (std::size_t i = 0; i < rows && !moves; ++i) {
      const double value = history.rows.row(i)[j];
      if (std::isnan(value)) continue;
      if (std::isnan(first)) first = value;
      moves = value != first;
    }
    if (!moves) out.push_back(history.tags[j]->id);
  }
  return out;
}

/// The columns that are learned from, of a row.
std::vector<double> used_of(const HealthHistory& history, const std::vector<std::size_t>& columns,
                            std::size_t row) {
  std::vector<double> out;
  out.reserve(columns.size());
  for (const std::size_t j : columns) out.push_back(history.rows.row(row)[j]);
  return out;
}

Result<void> collect_regimes(const HealthHistory& history, const std::vector<std::size_t>& columns,
                             std::size_t rows, HealthModel& model) {
  std::map<std::string, SampleMatrix> by_state;
  for (std::size_t i = rows; i-- > 0;) {  // the newest first: those are kept of too many
    SampleMatrix& mine = by_state[history.states[i]];
    mine.columns = columns.size();
    if (!history.states[i].empty() && mine.rows() < kMostOfRegime) {
      mine.add(used_of(history, columns, i));
    }
  }
  for (auto& [state, backwards] : by_state) {
    if (state.empty()) continue;
    if (backwards.rows() < kFewestOfRegime) {
      model.card.rare_states.push_back(state);
      continue;
    }
    SampleMatrix forwards{columns.size(), {}};
    for (std::size_t i = backwards.rows(); i-- > 0;) forwards.add(backwards.row(i));
    model.regimes.push_back({state, std::move(forwards)});
  }
  if (!model.regimes.empty()) return {};
  return Error::make(Code::kInvalidArgument,
                     "not enough evidence: the machine is in no known state for " +
                         std::to_string(kFewestOfRegime) +
                         " rows of the part that is learned from: name a window in which it ran",
                     "依据不足：在用于学习的时段内，设备没有任何状态达到 " +
                         std::to_string(kFewestOfRegime) + " 行数据，请选择设备运行的时段",
                     "window");
}

struct Walk {
  std::vector<double> scores;               // NaN where there is none
  std::map<std::string, std::size_t> wolf;  // rows on which a sensor was said to be at fault
};

Result<Walk> walk(const HealthModel& model, const HealthHistory& history,
                  const std::vector<std::size_t>& columns, std::size_t begin, std::size_t end) {
  MW_ASSIGN(HealthScorer scorer, HealthScorer::make(model));
  Walk out;
  for (std::size_t i = begin; i < end; ++i) {
    const HealthPoint point =
        scorer.take(history.time_of(i), history.states[i], used_of(history, columns, i));
    out.scores.push_back(point.score.value_or(std::nan("")));
    if (point.verdict == HealthVerdict::kSensorFault) ++out.wolf[point.sensor];
  }
  return out;
}

/// One long alarm is one alarm, so a fault that stays would keep any contract: its length counts,
/// too. A contract that is kept on a few rows was not tested.
Result<void> check_replay(const std::vector<double>& scores, std::size_t rows_that_count,
                          const HealthCard& card) {
  const auto known =
      std::count_if(scores.begin(), scores.end(), [](double each) { return !std::isnan(each); });
  const double judged = static_cast<double>(known) / static_cast<double>(rows_that_count);
  if (judged < kLeastReplayed) {
    return Error::make(Code::kInvalidArgument,
                       "not enough evidence: only " + percent(judged) +
                           " of the window's last fifth can be judged (" + percent(kLeastReplayed) +
                           " are the least): name a window in which the machine was in the same "
                           "states throughout",
                       "依据不足：该时段最后五分之一中只有 " + percent(judged) +
                           " 的时间可以判断（至少应为 " + percent(kLeastReplayed) +
                           "），请选择设备工况前后一致的时段",
                       "window");
  }
  const double over = card.replay.standing_share;
  if (over > kMostOver) {
    return Error::make(Code::kInvalidArgument,
                       "the machine is unlike the rest for " + percent(over) +
                           " of the window's last fifth: is there a fault in it? Name a window "
                           "that ends before it",
                       "该时段最后五分之一中有 " + percent(over) +
                           " 的时间设备与其余时间不同：是否已有故障？请选择故障前结束的时段",
                       "window");
  }
  if (card.replay.kept) return {};
  const Text text = replay_text(card.replay, card.contract);
  return Error::make(
      Code::kInvalidArgument,
      text.en + " Is there a fault in the window? Choose another, or agree to more alarms",
      text.zh + "该时段内是否有故障？请选择其他时段，或约定更高的误报次数", "contract");
}

}  // namespace

Result<HealthModel> train_health(const HealthHistory& history, const HealthTraining& training) {
  MW_TRY(check_input(history));
  const std::size_t rows = history.rows.rows();
  const std::size_t fit_rows = row_at(history, kFitShare);
  const std::size_t threshold_end = row_at(history, kThresholdEnd);
  HealthModel model;
  HealthCard& card = model.card;
  card.asset = history.tags.front()->asset;
  card.trained_by = training.trained_by;
  card.trained_ns = training.now_ns;
  card.simulated = training.simulated;
  card.step_s = history.step_s;
  card.fit = {history.time_of(0), history.time_of(fit_rows)};
  card.calibration = {history.time_of(fit_rows), history.time_of(threshold_end)};
  card.replay_window = {history.time_of(threshold_end), history.time_of(rows)};
  card.left_out = history.left_out;
  card.contract = training.contract;
  card.counting.step_s = history.step_s;
  card.flat_tags = flat_tags(history, fit_rows);
  std::vector<std::size_t> columns;
  for (std::size_t j = 0; j < history.tags.size(); ++j) {
    const std::string& tag = history.tags[j]->id;
    if (std::find(card.flat_tags.begin(), card.flat_tags.end(), tag) != card.flat_tags.end()) {
      continue;
    }
    columns.push_back(j);
    model.tags.push_back(tag);
  }
  if (columns.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "no sensor of the machine moves in the window: is it off, or are its "
                       "sensors dead? Name a stretch of running",
                       "该时段内设备的传感器均无变化：设备是否停机、传感器是否失效？请选择运行时段",
                       "window");
  }
  MW_TRY(collect_regimes(history, columns, fit_rows, model));
  card.threshold.score = 1;  // until it is known: the scores do not depend on it
  MW_ASSIGN(Walk found, walk(model, history, columns, fit_rows, threshold_end));
  for (const auto& [tag, faulty] : found.wolf) {
    if (static_cast<double>(faulty) >
        kMostSensorFaults * static_cast<double>(threshold_end - fit_rows)) {
      card.unchecked_tags.push_back(tag);
    }
  }
  if (!card.unchecked_tags.empty()) {
    MW_ASSIGN(found, walk(model, history, columns, fit_rows, threshold_end));
  }
  MW_ASSIGN(card.threshold, alarm_threshold(found.scores, card.contract, card.counting));
  // A threshold under what 1 in 100 normal rows reaches would alarm on noise.
  card.threshold.score = std::max(card.threshold.score, 1.0);
  MW_ASSIGN(const Walk replayed, walk(model, history, columns, threshold_end, rows));
  card.replay =
      replay_contract(replayed.scores, card.threshold.score, card.contract, card.counting);
  MW_TRY(check_replay(replayed.scores, rows_that_count(history, threshold_end, rows), card));
  return model;
}

}  // namespace mw::maintenance
