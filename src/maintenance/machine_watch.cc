#include "maintenance/machine_watch.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/check.h"
#include "maintenance/detect/band_detector.h"
#include "maintenance/detect/pca_detector.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kRecentRows = 60;
constexpr std::size_t kFewestRowsOfAState = 200;

/// "not enough evidence" and which part it was.
Error part_error(const Error& error, const std::string& en, const std::string& zh) {
  Error out = error;
  out.message.en = en + ": " + error.message.en;
  if (!error.message.zh.empty()) out.message.zh = zh + "：" + error.message.zh;
  return out;
}

}  // namespace

std::vector<double> MachineWatch::drive(std::span<const double> row) const {
  // No signal of the state: a constant, so that there is one state.
  if (options_.state_columns.empty()) return {1.0};
  std::vector<double> out;
  for (const std::size_t column : options_.state_columns) out.push_back(row[column]);
  return out;
}

Result<void> MachineWatch::learn_states(const SampleMatrix& history) {
  SampleMatrix rows{std::max<std::size_t>(options_.state_columns.size(), 1), {}};
  for (std::size_t i = 0; i < history.rows(); ++i) rows.add(drive(history.row(i)));
  auto model = StateModel::fit(rows, {.load_column = options_.load_column});
  if (!model) return part_error(model.error(), "operating states", "运行状态");
  states_ = std::make_unique<StateModel>(std::move(*model));
  tracker_ = std::make_unique<StateTracker>(states_.get());
  return {};
}

Result<void> MachineWatch::learn_detectors(const SampleMatrix& history) {
  std::vector<SampleMatrix> of_state(states_->states().size(), {history.columns, {}});
  StateTracker tracker(states_.get());
  for (std::size_t i = 0; i < history.rows(); ++i) {
    const auto state = tracker.take(drive(history.row(i)));
    if (state) of_state[*state].add(history.row(i));
  }
  detectors_.clear();
  std::size_t learned = 0;
  std::optional<Error> problem;
  SampleMatrix running{history.columns, {}};
  for (std::size_t k = 0; k < of_state.size(); ++k) {
    auto& own = detectors_.emplace_back();
    if (states_->states()[k].kind == StateKind::kOff || of_state[k].rows() < kFewestRowsOfAState) {
      continue;
    }
    running.values.insert(running.values.end(), of_state[k].values.begin(),
                          of_state[k].values.end());
    auto bands = BandDetector::fit(of_state[k], {.robust = true});
    auto components = PcaDetector::fit(of_state[k]);
    if (!bands || !components) {
      problem = !bands ? bands.error() : components.error();
      continue;
    }
    own.push_back(std::make_unique<BandDetector>(std::move(*bands)));
    own.push_back(std::make_unique<PcaDetector>(std::move(*components)));
    ++learned;
  }
  if (learned == 0) {
    if (problem) return part_error(*problem, "detectors", "检测器");
    return Error::make(Code::kInvalidArgument,
                       "not enough evidence: no state of running has 200 rows or more in the first "
                       "half of the history: record for longer",
                       "依据不足：历史数据前半部分中没有任何运行状态达到 200 行：请延长采集时间",
                       "history");
  }
  auto health = SensorHealth::fit(running);
  if (health) health_ = std::move(*health);  // else an alarm comes without the sensors' verdicts
  return {};
}

Deviation MachineWatch::look(std::span<const double> row, WatchReading& out) {
  out.state = tracker_->take(drive(row));
  out.unseen_regime = !out.state && complete(row);
  if (tracker_->changed()) {
    for (auto& own : detectors_) {
      for (auto& each : own) each->restart();
    }
    recent_.values.clear();
  }
  recent_.add(row);
  if (recent_.rows() > kRecentRows) recent_ = recent_.slice(1, recent_.rows());
  Deviation highest;
  if (!out.state) return highest;
  for (auto& each : detectors_[*out.state]) {
    Deviation found = each->take(row);
    if (found.known() && !(found.score <= highest.score)) highest = std::move(found);
  }
  return highest;
}

Result<MachineWatch> MachineWatch::learn(const SampleMatrix& history, const WatchOptions& options) {
  MW_CHECK(options.step_s > 0);
  for (const std::size_t column : options.state_columns) MW_CHECK(column < history.columns);
  MachineWatch out(options);
  out.recent_.columns = history.columns;
  const std::size_t taught = history.rows() / 2;
  const std::size_t calibrated = history.rows() * 8 / 10;
  MW_TRY(out.learn_states(history.slice(0, taught)));
  MW_TRY(out.learn_detectors(history.slice(0, taught)));
  std::vector<double> scores;
  for (std::size_t i = taught; i < history.rows(); ++i) {
    WatchReading ignored;
    scores.push_back(out.look(history.row(i), ignored).score);
  }
  const AlarmCounting counting{options.step_s, options.quiet_s};
  const auto first = std::span(scores).first(calibrated - taught);
  auto threshold = alarm_threshold(first, options.contract, counting);
  if (!threshold) return part_error(threshold.error(), "alarm contract", "报警约定");
  out.threshold_ = *threshold;
  out.replay_ = replay_contract(std::span(scores).subspan(calibrated - taught),
                                out.threshold_.score, options.contract, counting);
  if (!out.replay_.kept) {
    const Text text = replay_text(out.replay_, options.contract);
    return Error::make(Code::kConflict, text.en, text.zh, "contract");
  }
  out.tracker_ = std::make_unique<StateTracker>(out.states_.get());
  return out;
}

WatchReading MachineWatch::take(TimeNs ts_ns, std::span<const double> row) {
  MW_CHECK_EQ(row.size(), recent_.columns);
  WatchReading out;
  out.deviation = look(row, out);
  const auto quiet_ns = static_cast<int64_t>(options_.quiet_s * static_cast<double>(kNsPerSecond));
  const bool stood = last_over_ns_ && ts_ns - *last_over_ns_ <= quiet_ns;
  if (out.deviation.score > threshold_.score) {
    last_over_ns_ = ts_ns;
    out.begins = !stood;
  }
  out.alarm = stood || out.begins;
  if (out.begins) {
    alarm_number_ = budget_.note_alarm(ts_ns);
    if (health_ && recent_.rows() >= kRecentRows / 2) out.sensors = health_->check(recent_);
  }
  if (out.alarm) out.alarm_number = alarm_number_;
  return out;
}

}  // namespace mw::maintenance
