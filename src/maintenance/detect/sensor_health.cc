#include "maintenance/detect/sensor_health.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"
#include "maintenance/detect/history_check.h"
#include "maintenance/detect/least_squares.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kFewestRows = 30;
constexpr double kNoiseGone = 0.1;
constexpr double kFarAway = 5;         // deviations of the mean of the recent rows
constexpr double kWellForetold = 0.5;  // share of variance
constexpr double kUnmoved = 3;         // deviations of a neighbour's own level

/// Without the largest quarter: where a machine changes its state every dozen rows, and a value is
/// older than the state, one step in six is from one state's level to another's (a compressor's
/// current: 25 times the noise, which then seemed to be gone in every row after).
double root_of_steps(const SampleMatrix& rows, std::size_t j) {
  std::vector<double> squares;
  for (std::size_t i = 1; i < rows.rows(); ++i) {
    const double step = rows.row(i)[j] - rows.row(i - 1)[j];
    if (!std::isnan(step)) squares.push_back(step * step);
  }
  const std::size_t kept = squares.size() - squares.size() / 4;
  if (kept == 0) return 0.0;
  const auto end = squares.begin() + static_cast<std::ptrdiff_t>(kept);
  if (end != squares.end()) std::nth_element(squares.begin(), end, squares.end());
  std::sort(squares.begin(), end);  // sums are the same bits whatever nth_element left
  return std::sqrt(std::accumulate(squares.begin(), end, 0.0) / static_cast<double>(kept));
}

bool moves(const SampleMatrix& rows, std::size_t j) {
  for (std::size_t i = 1; i < rows.rows(); ++i) {
    const double step = rows.row(i)[j] - rows.row(i - 1)[j];
    if (!std::isnan(step) && step != 0) return true;
  }
  return false;
}

std::vector<double> others(std::span<const double> row, std::size_t j) {
  std::vector<double> out;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (k != j) out.push_back(row[k]);
  }
  return out;
}

}  // namespace

Text fault_text(SensorFault fault) {
  switch (fault) {
    case SensorFault::kNone:
      return {"the sensor is sound", "传感器正常"};
    case SensorFault::kMissing:
      return {"the sensor sends nothing: check its cable and its connector",
              "传感器没有数据：请检查接线和连接"};
    case SensorFault::kFlat:
      return {"the sensor's value does not move: it is stuck or dead",
              "传感器数值不变：可能卡死或失效"};
    case SensorFault::kNoNoise:
      return {"the noise of measuring is gone: the value is held or filtered on its way",
              "测量噪声消失：数值可能被保持或过滤"};
    case SensorFault::kDrifting:
      return {"the sensor drifts while what is tied to it stays: calibrate or replace it",
              "传感器漂移，而与其相关的量没有变化：请校准或更换"};
  }
  return {};
}

double SensorHealth::foretold(std::size_t sensor, std::span<const double> row) const {
  const std::vector<double> near = others(row, sensor);
  double out = sensors_[sensor].weights.back();
  for (std::size_t k = 0; k < near.size(); ++k) out += sensors_[sensor].weights[k] * near[k];
  return out;
}

Result<SensorHealth> SensorHealth::fit(const SampleMatrix& normal) {
  MW_TRY(check_history(normal, std::max<std::size_t>(100, 10 * normal.columns)));
  SensorHealth out;
  out.scaling_ = Scaling::of(normal);
  out.sensors_.resize(normal.columns);
  for (std::size_t j = 0; j < normal.columns; ++j) {
    Sensor& sensor = out.sensors_[j];
    sensor.row_to_row = root_of_steps(normal, j);
    sensor.moves = moves(normal, j);
    LeastSquares sums(normal.columns - 1);
    double rows = 0;
    for (std::size_t i = 0; i < normal.rows(); ++i) {
      if (!complete(normal.row(i))) continue;
      sums.add(others(normal.row(i), j), normal.row(i)[j]);
      ++rows;
    }
    sensor.weights = sums.solve();
    double squares = 0;
    for (std::size_t i = 0; i < normal.rows(); ++i) {
      if (!complete(normal.row(i))) continue;
      const double away = normal.row(i)[j] - out.foretold(j, normal.row(i));
      squares += away * away;
    }
    const double deviation = out.scaling_.deviation[j];
    sensor.residual = std::max(std::sqrt(squares / rows), 1e-6 * deviation);
    sensor.foretold_share = std::max(0.0, 1 - squares / rows / (deviation * deviation));
  }
  return out;
}

std::vector<SensorVerdict> SensorHealth::check(const SampleMatrix& recent) const {
  MW_CHECK(recent.columns == sensors_.size() && recent.rows() >= kFewestRows);
  const std::size_t size = sensors_.size();
  std::vector<SensorVerdict> out(size);
  std::vector<double> mean(size, 0.0);
  for (std::size_t j = 0; j < size; ++j) {
    double known = 0;
    double low = INFINITY;
    double high = -INFINITY;
    for (const double each : recent.column(j)) {
      if (std::isnan(each)) continue;
      ++known;
      mean[j] += each;
      low = std::min(low, each);
      high = std::max(high, each);
    }
    mean[j] = known > 0 ? mean[j] / known : std::nan("");
    out[j].foretold_share = sensors_[j].foretold_share;
    const double normal_steps = sensors_[j].row_to_row;
    out[j].noise_share = normal_steps > 0 ? root_of_steps(recent, j) / normal_steps : 1.0;
    if (2 * known < static_cast<double>(recent.rows())) {
      out[j].fault = SensorFault::kMissing;
    } else if (sensors_[j].moves && high == low) {
      out[j].fault = SensorFault::kFlat;
    } else if (out[j].noise_share < kNoiseGone) {
      out[j].fault = SensorFault::kNoNoise;
    }
  }
  // A level that no longer fits: is it alone in that? Neighbours whose own sensor is dead say
  // nothing, and a row without them foretells nothing.
  std::vector<double> level(size);
  for (std::size_t j = 0; j < size; ++j) {
    level[j] = std::abs(mean[j] - scaling_.mean[j]) / scaling_.deviation[j];
  }
  for (std::size_t j = 0; j < size; ++j) {
    if (out[j].fault != SensorFault::kNone) continue;
    bool near_sound = true;
    bool near_unmoved = true;
    for (std::size_t k = 0; k < size; ++k) {
      if (k == j) continue;
      near_sound = near_sound && out[k].fault == SensorFault::kNone;
      near_unmoved = near_unmoved && level[k] < kUnmoved;
    }
    if (!near_sound) continue;
    out[j].away = std::abs(mean[j] - foretold(j, mean)) / sensors_[j].residual;
    if (out[j].away < kFarAway || !near_unmoved) continue;
    // A neighbour that follows `j` closely is off its forecast too; the one that left its own
    // level is who moved.
    const bool farthest = std::max_element(level.begin(), level.end()) ==
                          level.begin() + static_cast<std::ptrdiff_t>(j);
    if (!farthest) continue;
    if (sensors_[j].foretold_share >= kWellForetold) {
      out[j].fault = SensorFault::kDrifting;
    } else {
      out[j].undecided = true;
    }
  }
  return out;
}

}  // namespace mw::maintenance
