#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/identity.h"
#include "maintenance/detect/sample_matrix.h"
#include "plant/plant.h"

namespace mw::maintenance {

/// What a machine measured over a window, at even times. A row holds what held at its moment, as
/// the live monitor sees it: the newest good sample, as long as its tag's watchdog lets it count.
struct HealthHistory {
  std::vector<const plant::Tag*> tags;  // columns; live as long as the catalogue they came from
  SampleMatrix rows;                    // NaN where there was no good value
  std::vector<std::string> states;      // of each row, as the machine reported; empty: not known
  std::vector<double> good_share;       // of each tag, 0..1
  TimeNs start_ns = 0;
  double step_s = 1;
  std::vector<TimeWindow> left_out;  // its rows there are empty, and do not count as missing

  bool counts(std::size_t row) const;
  TimeNs time_of(std::size_t row) const {
    return start_ns + static_cast<TimeNs>(static_cast<double>(row) * step_s * kNsPerSecond);
  }
};

/// The name of the one regime of a machine that reports no state.
inline constexpr const char* kAnyState = "any";

/// Puts a tag's samples on the rows' times: each holds until the next one, or until it is too old.
class HeldColumn {
 public:
  HeldColumn(const HealthHistory& history, int64_t hold_ns)
      : history_(history), hold_ns_(hold_ns) {}

  /// In time order; NaN: there was no good value.
  void put(TimeNs ts_ns, double value, std::vector<double>& column);
  void fill_until(TimeNs end_ns, std::vector<double>& column);

 private:
  const HealthHistory& history_;
  const int64_t hold_ns_;
  double value_ = std::numeric_limits<double>::quiet_NaN();
  TimeNs since_ns_ = std::numeric_limits<TimeNs>::min() / 2;
  std::size_t next_ = 0;
};
/// Rows of a window without a value yet.
HealthHistory empty_health_history(std::vector<const plant::Tag*> tags, TimeWindow window,
                                   double step_s);

/// The numeric tags of an asset: what a health model looks at.
std::vector<const plant::Tag*> health_tags(const plant::Catalogue& catalogue,
                                           const plant::Asset& asset);

/// A step for a window so that it has at most 40,000 rows: 1, 5, 10, 30, 60 or 300 seconds.
double step_for(TimeWindow window, double least_step_s);

/// Asked between two stretches of what is read; false gives it up.
using GoOn = std::function<bool()>;

/// Reads with the rights of `who`. Errors: those of Plant::series and Plant::state_history;
/// kCancelled where it was given up.
Result<HealthHistory> read_health_history(const plant::Plant& plant, const Identity& who,
                                          const plant::Asset& asset,
                                          const plant::Catalogue& catalogue, TimeWindow window,
                                          double step_s, const GoOn& go_on = {});

/// The same without some stretches, which are in time order and apart from each other.
/// Errors   as above; kInvalidArgument where nothing is left.
Result<HealthHistory> read_health_history_without(const plant::Plant& plant, const Identity& who,
                                                  const plant::Asset& asset,
                                                  const plant::Catalogue& catalogue,
                                                  TimeWindow window, double step_s,
                                                  const std::vector<TimeWindow>& left_out,
                                                  const GoOn& go_on = {});

}  // namespace mw::maintenance
