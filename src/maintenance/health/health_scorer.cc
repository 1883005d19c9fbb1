#include "maintenance/health/health_scorer.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kBandRows = 4;
constexpr std::size_t kSensorRows = 60;
constexpr std::size_t kFewestSensorRows = 30;  // SensorHealth's
constexpr std::size_t kCheckEach = 10;
constexpr double kGapSteps = 10;

double middle_of(const std::deque<Deviation>& last) {
  std::vector<double> values;
  for (const Deviation& each : last) values.push_back(each.score);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// One row's shares jump about; those of the rows that the median stands on do less.
std::vector<double> mean_shares(const std::deque<Deviation>& last) {
  std::vector<double> sums(last.front().contributions.size(), 0.0);
  for (const Deviation& each : last) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += each.contributions[j];
  }
  return shares_of(std::move(sums));
}

std::vector<double> known_values(const SampleMatrix& rows, std::size_t column) {
  std::vector<double> out = rows.column(column);
  std::erase_if(out, [](double each) { return std::isnan(each); });
  return out;
}

}  // namespace

std::string_view verdict_name(HealthVerdict verdict) {
  switch (verdict) {
    case HealthVerdict::kHealthy:
      return "healthy";
    case HealthVerdict::kAlarm:
      return "alarm";
    case HealthVerdict::kNotEnoughEvidence:
      return "not_enough_evidence";
    case HealthVerdict::kNeverSeen:
      return "never_seen";
    case HealthVerdict::kSensorFault:
      return "sensor_fault";
  }
  return "not_enough_evidence";
}

Text verdict_text(HealthVerdict verdict) {
  switch (verdict) {
    case HealthVerdict::kHealthy:
      return {"as in normal running", "与正常运行一致"};
    case HealthVerdict::kAlarm:
      return {"unlike normal running", "偏离正常运行"};
    case HealthVerdict::kNotEnoughEvidence:
      return {"not enough evidence", "依据不足"};
    case HealthVerdict::kNeverSeen:
      return {"never seen this regime", "从未见过该工况"};
    case HealthVerdict::kSensorFault:
      return {"a sensor is at fault", "传感器故障"};
  }
  return {};
}

Result<HealthScorer::Regime> HealthScorer::make_regime(const HealthRegime& regime) {
  MW_ASSIGN(BandDetector bands,
            BandDetector::fit(regime.rows, {.window = kBandRows, .robust = true}));
  MW_ASSIGN(PcaDetector pca, PcaDetector::fit(regime.rows));
  Regime out{regime.state, std::move(bands), std::move(pca), {}, {}, {}, 0, 0, {}};
  out.recent.columns = regime.rows.columns;
  if (regime.rows.columns > 1) {
    if (auto sensors = SensorHealth::fit(regime.rows)) out.sensors = std::move(*sensors);
  }
  for (std::size_t j = 0; j < regime.rows.columns; ++j) {
    std::vector<double> values = known_values(regime.rows, j);
    out.limits.push_back({quantile(values, 0.01), quantile(values, 0.99)});
  }
  return out;
}

Result<HealthScorer> HealthScorer::make(const HealthModel& model) {
  HealthScorer out;
  out.tags_ = model.tags;
  out.threshold_ = model.card.threshold.score;
  out.gap_ns_ = static_cast<int64_t>(kGapSteps * model.card.step_s * kNsPerSecond);
  for (const std::string& tag : model.tags) {
    const auto& off = model.card.unchecked_tags;
    out.checked_.push_back(std::find(off.begin(), off.end(), tag) == off.end());
  }
  for (const HealthRegime& each : model.regimes) {
    MW_ASSIGN(Regime regime, make_regime(each));
    out.regimes_.push_back(std::move(regime));
  }
  return out;
}

HealthScorer::Regime* HealthScorer::regime_of(const std::string& state) {
  const auto found = std::find_if(regimes_.begin(), regimes_.end(),
                                  [&](const Regime& each) { return each.state == state; });
  return found == regimes_.end() ? nullptr : &*found;
}

std::vector<HealthScorer::Limits> HealthScorer::limits(const std::string& state) const {
  for (const Regime& each : regimes_) {
    if (each.state == state) return each.limits;
  }
  return {};
}

void HealthScorer::forget() {
  last_.clear();
  for (Regime& each : regimes_) {
    each.bands.restart();
    each.recent.values.clear();
    each.since_check = 0;
    each.faulty = 0;
    each.fault = SensorFault::kNone;
  }
}

void HealthScorer::check_sensors(Regime& regime, std::span<const double> row) {
  if (!regime.sensors) return;
  regime.recent.add(row);
  auto& values = regime.recent.values;
  if (regime.recent.rows() > kSensorRows) {
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(row.size()));
  }
  if (regime.recent.rows() < kFewestSensorRows || ++regime.since_check < kCheckEach) return;
  regime.since_check = 0;
  regime.faulty = 0;
  regime.fault = SensorFault::kNone;
  const std::vector<SensorVerdict> verdicts = regime.sensors->check(regime.recent);
  for (std::size_t j = 0; j < verdicts.size() && regime.faulty == 0; ++j) {
    if (!checked_[j] || verdicts[j].fault == SensorFault::kNone) continue;
    regime.faulty = j + 1;
    regime.fault = verdicts[j].fault;
  }
}

HealthPoint HealthScorer::take(TimeNs ts_ns, const std::string& state,
                               std::span<const double> row) {
  MW_CHECK_EQ(row.size(), tags_.size());
  if (ts_ns - last_ns_ > gap_ns_) forget();
  last_ns_ = ts_ns;
  HealthPoint out;
  out.state = state;
  if (state.empty()) return out;
  Regime* regime = regime_of(state);
  if (regime == nullptr) {
    out.verdict = HealthVerdict::kNeverSeen;
    return out;
  }
  if (state != state_) regime->bands.restart();  // its window would span another state's rows
  state_ = state;
  check_sensors(*regime, row);
  if (regime->faulty > 0) {
    out.verdict = HealthVerdict::kSensorFault;
    out.sensor = tags_[regime->faulty - 1];
    out.fault = regime->fault;
    return out;
  }
  const Deviation bands = regime->bands.take(row);
  Deviation worst = regime->pca.take(row);
  if (!worst.known()) {
    for (std::size_t j = 0; j < row.size() && out.sensor.empty(); ++j) {
      if (std::isnan(row[j])) out.sensor = tags_[j];
    }
    return out;
  }
  if (bands.known() && bands.score > worst.score) worst = bands;
  last_.push_back(std::move(worst));
  if (last_.size() > kScoredRows) last_.pop_front();
  if (last_.size() < kScoredRows) return out;
  out.score = middle_of(last_);
  out.contributions = mean_shares(last_);
  out.index = std::clamp(100 - 50 * *out.score / threshold_, 0.0, 100.0);
  out.verdict = *out.score > threshold_ ? HealthVerdict::kAlarm : HealthVerdict::kHealthy;
  return out;
}

}  // namespace mw::maintenance
