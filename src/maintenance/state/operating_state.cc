#include "maintenance/state/operating_state.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"
#include "maintenance/data/k_means.h"
#include "maintenance/detect/detector.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kFewestRows = 50;
constexpr std::size_t kMostTaught = 5000;  // rows that are clustered; of more every k-th
constexpr double kClearCut = 0.6;          // a silhouette under this is a cut through one group
constexpr double kSmallestShare = 0.01;    // of the rows: fewer are transitions, no state
constexpr double kOffShare = 0.05;         // of the heaviest load
constexpr double kIdleShare = 0.5;
constexpr double kBeyond = 1.5;  // times as far as the history's rows

void name_states(std::vector<OperatingState>& states, std::size_t load_column) {
  std::stable_sort(states.begin(), states.end(), [&](const auto& a, const auto& b) {
    return std::abs(a.centre[load_column]) < std::abs(b.centre[load_column]);
  });
  const double heaviest = std::abs(states.back().centre[load_column]);
  std::size_t loads = 0;
  for (OperatingState& state : states) {
    const double load = std::abs(state.centre[load_column]);
    const bool alone = states.size() == 1;
    state.kind = load <= kOffShare * heaviest && !(alone && load > 0) ? StateKind::kOff
                 : load < kIdleShare * heaviest                       ? StateKind::kIdle
                                                                      : StateKind::kLoad;
    if (state.kind == StateKind::kLoad) ++loads;
  }
  std::size_t load = 0;
  std::size_t idle = 0;
  for (OperatingState& state : states) {
    if (state.kind == StateKind::kOff) {
      state.name = "off";
      state.title = {"off", "停机"};
    } else if (state.kind == StateKind::kIdle) {
      const std::string number = ++idle == 1 ? "" : std::to_string(idle);
      state.name = "idle" + (number.empty() ? "" : "_" + number);
      state.title = {"idling" + (number.empty() ? "" : " " + number), "空转" + number};
    } else {
      const std::string number = loads == 1 ? "" : std::to_string(++load);
      state.name = "load" + (number.empty() ? "" : "_" + number);
      state.title = {"under load" + (number.empty() ? "" : " " + number), "负载" + number};
    }
  }
}

}  // namespace

Result<StateModel> StateModel::fit(const SampleMatrix& history, const StateOptions& options) {
  MW_CHECK(options.most_states >= 1 && options.dwell >= 1);
  if (options.load_column >= history.columns) {
    return Error::make(Code::kInvalidArgument,
                       "the load's column is not among the signals of the state",
                       "运行状态信号中没有负载列", "load_column");
  }
  SampleMatrix rows{history.columns, {}};
  for (std::size_t i = 0; i < history.rows(); ++i) {
    if (complete(history.row(i))) rows.add(history.row(i));
  }
  if (rows.rows() < kFewestRows) {
    return Error::make(Code::kInvalidArgument,
                       "not enough evidence: operating states are found in 50 complete rows or "
                       "more, got " +
                           std::to_string(rows.rows()),
                       "依据不足：识别运行状态至少需要 50 行完整数据，实际为 " +
                           std::to_string(rows.rows()) + " 行",
                       "history");
  }
  const Scaling scaling = Scaling::of(rows);
  SampleMatrix taught{rows.columns, {}};
  std::vector<double> scaled(rows.columns);
  const std::size_t step = (rows.rows() + kMostTaught - 1) / kMostTaught;
  for (std::size_t i = 0; i < rows.rows(); i += step) {
    scaling.apply(rows.row(i), scaled);
    taught.add(scaled);
  }
  Clusters best = k_means(taught, 1, FirstCentre::kFarthestFromMean);
  for (std::size_t count = 2; count <= options.most_states; ++count) {
    Clusters found = k_means(taught, count, FirstCentre::kFarthestFromMean);
    std::vector<std::size_t> members(count, 0);
    for (const std::size_t each : found.of_row) ++members[each];
    const auto least = *std::min_element(members.begin(), members.end());
    const bool real =
        static_cast<double>(least) >= kSmallestShare * static_cast<double>(taught.rows());
    if (real && found.silhouette >= kClearCut && found.silhouette > best.silhouette) {
      best = std::move(found);
    }
  }
  StateModel out;
  out.options_ = options;
  for (std::size_t k = 0; k < best.centres.size(); ++k) {
    OperatingState state;
    state.centre.assign(rows.columns, 0.0);
    state.spread.assign(rows.columns, 0.0);
    double members = 0;
    for (std::size_t i = 0; i < taught.rows(); ++i) {
      if (best.of_row[i] != k) continue;
      ++members;
      for (std::size_t j = 0; j < rows.columns; ++j) {
        const double away = taught.row(i)[j] - best.centres[k][j];
        state.spread[j] += away * away;
      }
    }
    for (std::size_t j = 0; j < rows.columns; ++j) {
      // At least a fiftieth of all that the signal does: a state that was very still is not left
      // by a breath of air.
      const double spread = std::max(std::sqrt(state.spread[j] / members), 0.02);
      state.spread[j] = spread * scaling.deviation[j];
      state.centre[j] = scaling.mean[j] + best.centres[k][j] * scaling.deviation[j];
    }
    state.share = members / static_cast<double>(taught.rows());
    out.states_.push_back(std::move(state));
  }
  name_states(out.states_, options.load_column);
  std::vector<double> far;
  for (std::size_t i = 0; i < rows.rows(); ++i) far.push_back(out.nearest(rows.row(i)).second);
  out.limit_ = kBeyond * quantile(std::move(far), 0.999);
  return out;
}

double StateModel::distance(std::span<const double> row, std::size_t state) const {
  const OperatingState& to = states_[state];
  double sum = 0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    const double away = (row[j] - to.centre[j]) / to.spread[j];
    sum += away * away;
  }
  return std::sqrt(sum / static_cast<double>(row.size()));
}

std::pair<std::size_t, double> StateModel::nearest(std::span<const double> row) const {
  std::pair<std::size_t, double> best{0, INFINITY};
  for (std::size_t k = 0; k < states_.size(); ++k) {
    const double away = distance(row, k);
    if (away < best.second) best = {k, away};
  }
  return best;
}

double StateModel::strangeness(std::span<const double> row) const {
  MW_CHECK_EQ(row.size(), states_[0].centre.size());
  if (!complete(row)) return std::nan("");
  return nearest(row).second / limit_;
}

std::optional<std::size_t> StateModel::state_of(std::span<const double> row) const {
  MW_CHECK_EQ(row.size(), states_[0].centre.size());
  if (!complete(row)) return std::nullopt;
  const auto [state, away] = nearest(row);
  if (away > limit_) return std::nullopt;
  return state;
}

std::vector<StateStretch> StateModel::segment(const SampleMatrix& rows) const {
  std::vector<StateStretch> raw;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto state = state_of(rows.row(i));
    if (!raw.empty() && raw.back().state == state) {
      raw.back().end = i + 1;
    } else {
      raw.push_back({i, i + 1, state});
    }
  }
  std::vector<StateStretch> out;
  for (const StateStretch& each : raw) {
    const bool shorter = each.end - each.begin < options_.dwell;
    if (!out.empty() && (shorter || out.back().state == each.state)) {
      out.back().end = each.end;
    } else {
      out.push_back(each);
    }
  }
  return out;
}

std::optional<std::size_t> StateTracker::take(std::span<const double> row) {
  const auto state = model_->state_of(row);
  changed_ = false;
  if (!started_ || state != candidate_) {
    candidate_ = state;
    lasted_ = 0;
  }
  ++lasted_;
  if (!started_) {
    started_ = true;
    current_ = state;
    changed_ = true;
  } else if (candidate_ != current_ && lasted_ >= model_->dwell()) {
    current_ = candidate_;
    changed_ = true;
  }
  return current_;
}

}  // namespace mw::maintenance
