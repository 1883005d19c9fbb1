#include "maintenance/live_life/lived_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mw::maintenance {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
constexpr int kCellsARow = 4;  // where states count: wear begins and ends inside of a row
constexpr std::size_t kCellsAChunk = 4'000;
constexpr int64_t kWeekNs = 7 * kNsPerDay;

/// Equal stretches of time that rows are put together from.
struct Grid {
  TimeNs start_ns = 0;
  int64_t cell_ns = 0;
  std::size_t cells = 0;

  TimeNs start_of(std::size_t cell) const {
    return start_ns + static_cast<int64_t>(cell) * cell_ns;
  }
};

/// A mean of the store lies in one cell: rollups start at whole hours, so a grid of an hour or more
/// starts at one, too, and a shorter one at a multiple of itself. Less than a cell of a life's
/// beginning is left out for it.
Result<Grid> grid_of(const LifeSource& source, TimeWindow window) {
  const auto row_ns = static_cast<int64_t>(source.row_s * static_cast<double>(kNsPerSecond));
  Grid grid;
  grid.cell_ns =
      std::max<int64_t>(kNsPerSecond, source.states.empty() ? row_ns : row_ns / kCellsARow);
  const int64_t even_ns = std::min(grid.cell_ns, kNsPerHour);
  grid.start_ns = (window.start_ns + even_ns - 1) / even_ns * even_ns;
  const int64_t cells = std::max<int64_t>(0, (window.end_ns - grid.start_ns) / grid.cell_ns);
  if (cells > static_cast<int64_t>(kMostLifeCells)) {
    return Error::make(Code::kInvalidArgument,
                       "the life is too long for rows so short: " + std::to_string(cells) +
                           " steps, at most " + std::to_string(kMostLifeCells),
                       "寿命过长而行间隔过短：共 " + std::to_string(cells) + " 步，最多 " +
                           std::to_string(kMostLifeCells),
                       "row");
  }
  grid.cells = static_cast<std::size_t>(cells);
  return grid;
}

/// A tag's mean in each cell.
Result<std::vector<double>> cell_means(const plant::Plant& plant, const Identity& who,
                                       const plant::Tag& tag, const Grid& grid) {
  std::vector<double> sums(grid.cells, 0), counts(grid.cells, 0);
  const int64_t fine = std::clamp<int64_t>(grid.cell_ns / kNsPerHour, 1, 24);
  for (std::size_t first = 0; first < grid.cells; first += kCellsAChunk) {
    const std::size_t last = std::min(grid.cells, first + kCellsAChunk);
    const TimeWindow chunk{grid.start_of(first), grid.start_of(last)};
    const auto points = static_cast<int64_t>(last - first) * fine;
    MW_ASSIGN(const plant::Series series,
              plant.series(who, tag.id, chunk, static_cast<int>(points)));
    for (const plant::Bucket& each : series.points) {
      const int64_t cell = (each.ts_ns - grid.start_ns) / grid.cell_ns;
      if (!each.mean || cell < 0 || cell >= static_cast<int64_t>(grid.cells)) continue;
      sums[static_cast<std::size_t>(cell)] += *each.mean;
      counts[static_cast<std::size_t>(cell)] += 1;
    }
  }
  const auto hold_cells =
      static_cast<int64_t>(tag.watchdog_s * static_cast<double>(kNsPerSecond)) / grid.cell_ns;
  double held = kNoValue;
  int64_t since = 0;
  for (std::size_t cell = 0; cell < grid.cells; ++cell) {
    if (counts[cell] > 0) {
      held = sums[cell] / counts[cell];
      since = 0;
    } else if (++since > hold_cells) {
      held = kNoValue;
    }
    sums[cell] = held;
  }
  return sums;
}

/// The share of each cell in which the machine wore, and for how long nobody knows.
struct Wear {
  std::vector<double> share;
  double unknown_s = 0;
};

Result<Wear> wear_of(const plant::Plant& plant, const Identity& who, const LifeSource& source,
                     const Grid& grid) {
  Wear wear{std::vector<double>(grid.cells, source.states.empty() ? 1 : 0), 0};
  if (source.states.empty() || grid.cells == 0) return wear;
  const auto catalogue = plant.catalogue(who);
  const plant::Asset* asset = catalogue->asset(source.asset);
  if (asset == nullptr || asset->state_tag.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "'" + source.asset + "' reports no state: leave the states out",
                       "设备“" + source.asset + "”不报告状态：请勿指定状态", "states");
  }
  const TimeWindow window{grid.start_ns, grid.start_of(grid.cells)};
  MW_ASSIGN(const plant::StateHistory history, plant.state_history(who, asset->state_tag, window));
  for (const plant::StateSpan& span : history.spans) {
    if (span.state.empty()) {
      wear.unknown_s += static_cast<double>(span.end_ns - span.start_ns) / kNsPerSecond;
    }
    const auto& wearing = source.states;
    if (std::find(wearing.begin(), wearing.end(), span.state) == wearing.end()) continue;
    const TimeNs end_ns = std::min(span.end_ns, window.end_ns);
    for (TimeNs at = std::max(span.start_ns, window.start_ns); at < end_ns;) {
      const auto cell = static_cast<std::size_t>((at - grid.start_ns) / grid.cell_ns);
      const TimeNs next = std::min(end_ns, grid.start_of(cell + 1));
      wear.share[cell] += static_cast<double>(next - at) / static_cast<double>(grid.cell_ns);
      at = next;
    }
  }
  return wear;
}

double last_week_share(const std::vector<double>& share, const Grid& grid) {
  const auto week = static_cast<std::size_t>(std::max<int64_t>(1, kWeekNs / grid.cell_ns));
  const std::size_t cells = std::min(week, share.size());
  double sum = 0;
  for (std::size_t i = share.size() - cells; i < share.size(); ++i) sum += share[i];
  return cells == 0 ? 0 : sum / static_cast<double>(cells);
}

/// Weighted by how much of a cell the machine wore in; NaN: none of them had a value.
double mean_of(const std::vector<double>& means, const std::vector<double>& share,
               std::size_t first, std::size_t last) {
  double sum = 0, weight = 0;
  for (std::size_t cell = first; cell <= last; ++cell) {
    if (std::isnan(means[cell])) continue;
    sum += means[cell] * share[cell];
    weight += share[cell];
  }
  return weight > 0 ? sum / weight : kNoValue;
}

}  // namespace

Result<LivedRows> read_lived_rows(const plant::Plant& plant, const Identity& who,
                                  const LifeSource& source, TimeWindow window) {
  MW_ASSIGN(const Grid grid, grid_of(source, window));
  MW_ASSIGN(const Wear wear, wear_of(plant, who, source, grid));
  const auto catalogue = plant.catalogue(who);
  std::vector<std::vector<double>> means;
  for (const auto& [column, id] : source.columns) {
    const plant::Tag* tag = catalogue->tag(id);
    if (tag == nullptr) {
      return Error::make(Code::kNotFound, "there is no tag '" + id + "'", "没有信号“" + id + "”",
                         "columns");
    }
    MW_ASSIGN(std::vector<double> cells, cell_means(plant, who, *tag, grid));
    means.push_back(std::move(cells));
  }
  LivedRows out;
  out.unknown_state_s = wear.unknown_s;
  out.worn_last_week = last_week_share(wear.share, grid);
  const double cell_s = static_cast<double>(grid.cell_ns) / kNsPerSecond;
  double worn_s = 0;
  std::size_t first = 0;  // cell of the row that is being filled
  for (std::size_t cell = 0; cell < grid.cells; ++cell) {
    worn_s += wear.share[cell] * cell_s;
    // A row is over once its wear is; rounding must not put that off by a cell.
    if (worn_s < source.row_s * static_cast<double>(out.end_ns.size() + 1) - 1e-6 * cell_s)
      continue;
    if (out.end_ns.size() >= kMostLivedRows) {
      return Error::make(Code::kInvalidArgument, "the life has more than 20,000 rows",
                         "寿命数据超过 20,000 行", "row");
    }
    std::vector<double>& row = out.values.emplace_back();
    for (const auto& each : means) row.push_back(mean_of(each, wear.share, first, cell));
    out.worn_s.push_back(worn_s);
    out.end_ns.push_back(grid.start_of(cell + 1));
    first = cell + 1;
  }
  return out;
}

RunTable table_of_life(const LivedRows& rows, const LifeSource& source, double unit_s,
                       const std::string& time_name) {
  RunTable table;
  table.assets = {source.asset};
  table.has_assets = true;
  table.time_name = time_name;
  table.asset_of_row.assign(rows.end_ns.size(), 0);
  for (const double worn_s : rows.worn_s) table.time_of_row.push_back(worn_s / unit_s);
  for (std::size_t j = 0; j < source.columns.size(); ++j) {
    Column& column = table.columns.emplace_back();
    column.name = source.columns[j].first;
    for (const auto& row : rows.values) column.values.push_back(row[j]);
  }
  return table;
}

}  // namespace mw::maintenance
