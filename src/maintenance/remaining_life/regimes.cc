#include "maintenance/remaining_life/regimes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/data/k_means.h"

namespace mw::maintenance {
namespace {

constexpr int kMostRegimes = 12;
constexpr double kInsideShare = 0.02;
constexpr double kTighterThanCut = 0.1;
// A deviation below this part of the mean is a rounded constant, not a measurement.
constexpr double kLeastRelativeDeviation = 1e-7;
// How much farther than all that taught a row may lie before it is foreign, and the least distance
// at which that can be said: six deviations.
constexpr double kForeignFactor = 2.0;
constexpr double kLeastForeign = 6.0;
// Settings are known no better than this part of their spread over all rows.
constexpr double kLeastSpread = 1e-3;

struct Moments {
  double mean = 0, deviation = 0;
};

template <class Use>
Moments moments(const Column& column, const Use& use) {
  double n = 0, mean = 0, squares = 0;
  for (std::size_t row = 0; row < column.values.size(); ++row) {
    const double value = column.values[row];
    if (std::isnan(value) || !use(row)) continue;
    n += 1;
    const double off = value - mean;
    mean += off / n;
    squares += off * (value - mean);
  }
  return {mean, n > 0 ? std::sqrt(squares / n) : 0};
}

bool changes(const Moments& moments) {
  return moments.deviation > 1e-12 + kLeastRelativeDeviation * std::abs(moments.mean);
}

Error missing(const std::string& name) {
  return Error::make(Code::kInvalidArgument,
                     "the table has no column '" + name + "', which the model needs",
                     "数据表中没有模型所需的列“" + name + "”", name);
}

Result<std::size_t> index_of(const RunTable& table, const std::string& name) {
  const Column* column = table.column(name);
  if (column == nullptr || !column->categories.empty()) return missing(name);
  return static_cast<std::size_t>(column - table.columns.data());
}

Clusters clusters_of(const SampleMatrix& points, int count) {
  if (count > 0) return k_means(points, std::min(static_cast<std::size_t>(count), points.rows()));
  Clusters one = k_means(points, 1);
  for (int tried = 2; tried <= kMostRegimes; ++tried) {
    if (static_cast<std::size_t>(tried) > points.rows()) break;
    Clusters clusters = k_means(points, static_cast<std::size_t>(tried));
    // Settings that only wander over a range are cut into k parts with k^(-2/d) of it left inside.
    const double cut = std::pow(tried, -2.0 / static_cast<double>(points.columns));
    if (clusters.inertia < std::min(kInsideShare, kTighterThanCut * cut) * one.inertia) {
      return clusters;
    }
  }
  return one;
}

}  // namespace

Result<Regimes> Regimes::find(const RunTable& table, const std::vector<std::string>& settings,
                              int count) {
  Regimes out;
  std::vector<std::size_t> at;
  for (const std::string& name : settings) {
    MW_ASSIGN(const std::size_t place, index_of(table, name));
    const Moments all = moments(table.columns[place], [](std::size_t) { return true; });
    if (!changes(all)) continue;
    at.push_back(place);
    out.settings_.push_back(name);
    out.setting_mean_.push_back(all.mean);
    out.setting_deviation_.push_back(all.deviation);
  }
  std::vector<std::size_t> regime_of_row(table.rows(), 0);
  std::size_t regimes = 1;
  if (!at.empty()) {
    SampleMatrix points{at.size(), {}};
    for (std::size_t row = 0; row < table.rows(); ++row) {
      for (std::size_t i = 0; i < at.size(); ++i) {
        const double value = table.columns[at[i]].values[row];
        points.values.push_back(
            std::isnan(value) ? 0 : (value - out.setting_mean_[i]) / out.setting_deviation_[i]);
      }
    }
    Clusters clusters = clusters_of(points, count);
    regimes = clusters.centres.size();
    out.centres_ = clusters.centres;
    regime_of_row = std::move(clusters.of_row);
    for (std::size_t regime = 0; regime < regimes; ++regime) {
      std::vector<double> spread;
      for (std::size_t i = 0; i < at.size(); ++i) {
        const Moments inside = moments(
            table.columns[at[i]], [&](std::size_t row) { return regime_of_row[row] == regime; });
        spread.push_back(std::max(inside.deviation / out.setting_deviation_[i], kLeastSpread));
      }
      out.spreads_.push_back(std::move(spread));
    }
  } else {
    out.centres_.emplace_back();
    out.spreads_.emplace_back();
  }
  out.farthest_.assign(regimes, 0.0);
  out.means_.resize(regimes);
  out.deviations_.resize(regimes);
  for (const Column& column : table.columns) {
    if (!column.categories.empty()) continue;
    if (std::find(settings.begin(), settings.end(), column.name) != settings.end()) continue;
    std::vector<Moments> inside;
    for (std::size_t regime = 0; regime < regimes; ++regime) {
      inside.push_back(
          moments(column, [&](std::size_t row) { return regime_of_row[row] == regime; }));
    }
    if (!std::all_of(inside.begin(), inside.end(), changes)) continue;
    out.sensors_.push_back(column.name);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      out.means_[i].push_back(inside[i].mean);
      out.deviations_[i].push_back(inside[i].deviation);
    }
  }
  if (out.sensors_.empty()) {
    return Error::make(Code::kInvalidArgument, "no column changes within a regime",
                       "没有任何列在工况内发生变化");
  }
  const Places places{at, {}};
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const Placed placed = out.place(table, places, row);
    double& farthest = out.farthest_[static_cast<std::size_t>(placed.regime)];
    farthest = std::max(farthest, placed.distance);
  }
  return out;
}

Result<Regimes::Places> Regimes::places_in(const RunTable& table) const {
  Places places;
  for (const std::string& name : settings_) {
    MW_ASSIGN(const std::size_t at, index_of(table, name));
    places.settings.push_back(at);
  }
  for (const std::string& name : sensors_) {
    MW_ASSIGN(const std::size_t at, index_of(table, name));
    places.sensors.push_back(at);
  }
  return places;
}

Regimes::Placed Regimes::place(const RunTable& table, const Places& places, std::size_t row) const {
  Placed placed;
  if (places.settings.empty()) return placed;
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t regime = 0; regime < centres_.size(); ++regime) {
    double plain = 0, own = 0;
    for (std::size_t i = 0; i < places.settings.size(); ++i) {
      const double value = table.columns[places.settings[i]].values[row];
      const double off = std::isnan(value) ? 0
                                           : (value - setting_mean_[i]) / setting_deviation_[i] -
                                                 centres_[regime][i];
      plain += off * off;
      own += off * off / (spreads_[regime][i] * spreads_[regime][i]);
    }
    if (plain >= nearest) continue;
    nearest = plain;
    placed = {static_cast<int>(regime), std::sqrt(own)};
  }
  return placed;
}

bool Regimes::is_foreign(const Placed& placed) const {
  return placed.distance >
         std::max(kLeastForeign,
                  kForeignFactor * farthest_[static_cast<std::size_t>(placed.regime)]);
}

void Regimes::z_scores(const RunTable& table, const Places& places, std::size_t row, int regime,
                       std::span<const double> previous, std::span<double> out) const {
  MW_CHECK_EQ(out.size(), places.sensors.size());
  const auto at = static_cast<std::size_t>(regime);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double value = table.columns[places.sensors[i]].values[row];
    out[i] = std::isnan(value) ? (previous.empty() ? 0 : previous[i])
                               : (value - means_[at][i]) / deviations_[at][i];
  }
}

Json Regimes::to_json() const {
  return {{"settings", settings_},
          {"setting_mean", setting_mean_},
          {"setting_deviation", setting_deviation_},
          {"centres", centres_},
          {"spreads", spreads_},
          {"farthest", farthest_},
          {"sensors", sensors_},
          {"means", means_},
          {"deviations", deviations_}};
}

Result<Regimes> Regimes::from_json(const Json& json) {
  constexpr std::size_t kMostColumns = 1000;
  Regimes out;
  MW_ASSIGN(out.settings_, json_strings(json, "settings", kMostColumns));
  MW_ASSIGN(out.sensors_, json_strings(json, "sensors", kMostColumns));
  MW_ASSIGN(out.setting_mean_, json_numbers(json, "setting_mean", kMostColumns));
  MW_ASSIGN(out.setting_deviation_, json_numbers(json, "setting_deviation", kMostColumns));
  MW_ASSIGN(out.farthest_, json_numbers(json, "farthest", kMostColumns));
  const std::size_t settings = out.settings_.size();
  MW_ASSIGN(out.centres_, json_matrix(json, "centres", kMostColumns, settings));
  MW_ASSIGN(out.spreads_, json_matrix(json, "spreads", kMostColumns, settings));
  MW_ASSIGN(out.means_, json_matrix(json, "means", kMostColumns, out.sensors_.size()));
  MW_ASSIGN(out.deviations_, json_matrix(json, "deviations", kMostColumns, out.sensors_.size()));
  const std::size_t regimes = out.centres_.size();
  if (regimes == 0 || out.sensors_.empty() || out.spreads_.size() != regimes ||
      out.farthest_.size() != regimes || out.means_.size() != regimes ||
      out.deviations_.size() != regimes || out.setting_mean_.size() != settings ||
      out.setting_deviation_.size() != settings) {
    return damaged_model("its regimes do not fit together");
  }
  const auto positive = [](double value) { return value > 0; };
  for (std::size_t i = 0; i < regimes; ++i) {
    if (!std::all_of(out.spreads_[i].begin(), out.spreads_[i].end(), positive) ||
        !std::all_of(out.deviations_[i].begin(), out.deviations_[i].end(), positive)) {
      return damaged_model("a deviation is not above zero");
    }
  }
  if (!std::all_of(out.setting_deviation_.begin(), out.setting_deviation_.end(), positive)) {
    return damaged_model("a deviation is not above zero");
  }
  return out;
}

}  // namespace mw::maintenance
