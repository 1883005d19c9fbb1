#include "maintenance/remaining_life/life_rows.h"

#include <algorithm>

#include "core/check.h"
#include "maintenance/remaining_life/prefix_features.h"

namespace mw::maintenance {

History history_of(const RunTable& table, std::size_t asset, const Regimes& regimes,
                   const Regimes::Places& places) {
  const auto [first, last] = table.rows_of(asset);
  const std::size_t sensors = places.sensors.size();
  History history;
  history.z.resize((last - first) * sensors);
  for (std::size_t row = first; row < last; ++row) {
    const Regimes::Placed placed = regimes.place(table, places, row);
    const std::size_t at = row - first;
    const std::span<double> z(history.z);
    regimes.z_scores(table, places, row, placed.regime,
                     at == 0 ? std::span<const double>() : z.subspan((at - 1) * sensors, sensors),
                     z.subspan(at * sensors, sensors));
    history.age.push_back(table.time_of_row[row]);
    history.regime.push_back(placed.regime);
    history.foreign.push_back(regimes.is_foreign(placed) ? 1 : 0);
  }
  return history;
}

std::vector<double> recent_means(const History& history, std::size_t sensors, std::size_t end) {
  constexpr std::size_t kRecent = 5;
  const std::size_t from = end + 1 - std::min(kRecent, end + 1);
  std::vector<double> out(sensors, 0.0);
  for (std::size_t row = from; row <= end; ++row) {
    for (std::size_t i = 0; i < sensors; ++i) out[i] += history.z[row * sensors + i];
  }
  for (double& mean : out) mean /= static_cast<double>(end + 1 - from);
  return out;
}

LifeRows life_rows(const RunTable& table, std::span<const std::size_t> assets,
                   const Regimes& regimes, const Regimes::Places& places, int stride, double cap) {
  MW_CHECK(stride > 0 && cap > 0);
  LifeRows out;
  for (const std::size_t asset : assets) {
    const auto [first, last] = table.rows_of(asset);
    const std::size_t rows = last - first;
    const History history = history_of(table, asset, regimes, places);
    std::vector<std::size_t> ends;
    for (std::size_t end = (rows - 1) % static_cast<std::size_t>(stride); end < rows;
         end += static_cast<std::size_t>(stride)) {
      ends.push_back(end);
      const double remaining = table.time_of_row[last - 1] - table.time_of_row[first + end];
      out.answers.push_back(static_cast<float>(std::min(cap, remaining)));
      out.remaining.push_back(remaining);
      out.table_rows.push_back(first + end);
    }
    append_prefix_features(history.z, places.sensors.size(), history.age, ends, out.features);
  }
  return out;
}

}  // namespace mw::maintenance
