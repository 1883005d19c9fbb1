#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// The ways in which machines are run, found from their settings (altitude, load, recipe), and what
/// is normal in each. A sensor is compared with others of its own regime only: a change of load is
/// no fault.
class Regimes {
 public:
  /// Finds `count` regimes by k-means over the standardised `settings`, or with 0 the fewest (up to
  /// 12) that leave less than 2 % of the settings' variance inside of them, else one; then the mean
  /// and deviation of every other column in each. Deterministic: centres begin far apart, no
  /// chance. Errors  kInvalidArgument: a setting that is no column, or no sensor that changes.
  static Result<Regimes> find(const RunTable& table, const std::vector<std::string>& settings,
                              int count);

  int count() const { return static_cast<int>(centres_.size()); }
  const std::vector<std::string>& settings() const { return settings_; }
  /// Columns that change within every regime: what z-scores are made of.
  const std::vector<std::string>& sensors() const { return sensors_; }

  /// Where the columns that are needed stand in `table`; kInvalidArgument names one that is
  /// missing.
  struct Places {
    std::vector<std::size_t> settings, sensors;
  };
  Result<Places> places_in(const RunTable& table) const;

  struct Placed {
    int regime = 0;       // the nearest
    double distance = 0;  // Mahalanobis, from its centre, in its own spread
  };
  Placed place(const RunTable& table, const Places& places, std::size_t row) const;
  /// Whether rows so far off were not among those that taught.
  bool is_foreign(const Placed& placed) const;

  /// (value - mean) / deviation of each sensor in the row's regime; `previous` stands in for what
  /// has no value. `out` has sensors().size() numbers.
  void z_scores(const RunTable& table, const Places& places, std::size_t row, int regime,
                std::span<const double> previous, std::span<double> out) const;

  Json to_json() const;
  static Result<Regimes> from_json(const Json& json);

 private:
  std::vector<std::string> settings_, sensors_;
  std::vector<double> setting_mean_, setting_deviation_;
  std::vector<std::vector<double>> centres_;  // regime, setting; standardised
  std::vector<std::vector<double>> spreads_;  // regime, setting
  std::vector<double> farthest_;              // regime: the largest distance that was seen
  std::vector<std::vector<double>> means_, deviations_;  // regime, sensor
};

}  // namespace mw::maintenance
