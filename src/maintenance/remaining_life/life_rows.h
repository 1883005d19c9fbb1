#pragma once

#include <span>
#include <vector>

#include "maintenance/boost/feature_rows.h"
#include "maintenance/remaining_life/regimes.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// The history of an asset as z-scores inside of its regimes.
struct History {
  std::vector<double> z;  // rows x sensors
  std::vector<double> age;
  std::vector<int> regime;
  std::vector<uint8_t> foreign;  // a row whose settings were never seen
};
History history_of(const RunTable& table, std::size_t asset, const Regimes& regimes,
                   const Regimes::Places& places);

/// Means of the last five z-scores up to row `end` of a history: what novelty is judged by.
std::vector<double> recent_means(const History& history, std::size_t sensors, std::size_t end);

/// What teaches: of each of `assets` every `stride`-th row, counted from the last.
struct LifeRows {
  FeatureRows features;
  std::vector<float> answers;           // remaining time, capped
  std::vector<double> remaining;        // the same as it is
  std::vector<std::size_t> table_rows;  // which row of the table it is
};
LifeRows life_rows(const RunTable& table, std::span<const std::size_t> assets,
                   const Regimes& regimes, const Regimes::Places& places, int stride, double cap);

}  // namespace mw::maintenance
