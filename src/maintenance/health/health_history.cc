#include "maintenance/health/health_history.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mw::maintenance {
namespace {

constexpr double kMostHistoryRows = 40'000;
constexpr int64_t kChunkNs = kNsPerHour;
constexpr int kPointsAChunk = 3600;  // a stretch of a second with one sample is that sample

}  // namespace

bool HealthHistory::counts(std::size_t row) const {
  const TimeNs at_ns = time_of(row);
  return std::none_of(left_out.begin(), left_out.end(), [&](const TimeWindow& each) {
    return at_ns >= each.start_ns && at_ns < each.end_ns;
  });
}

void HeldColumn::put(TimeNs ts_ns, double value, std::vector<double>& column) {
  fill_until(ts_ns, column);
  value_ = value;
  since_ns_ = ts_ns;
}

void HeldColumn::fill_until(TimeNs end_ns, std::vector<double>& column) {
  for (; next_ < column.size() && history_.time_of(next_) < end_ns; ++next_) {
    if (history_.time_of(next_) - since_ns_ <= hold_ns_) column[next_] = value_;
  }
}

HealthHistory empty_health_history(std::vector<const plant::Tag*> tags, TimeWindow window,
                                   double step_s) {
  HealthHistory out;
  out.tags = std::move(tags);
  out.start_ns = window.start_ns;
  out.step_s = step_s;
  const double length_s = static_cast<double>(window.end_ns - window.start_ns) / kNsPerSecond;
  const auto rows = static_cast<std::size_t>(std::max(0.0, std::floor(length_s / step_s)));
  out.rows = {out.tags.size(), std::vector<double>(rows * out.tags.size(), std::nan(""))};
  return out;
}

std::vector<const plant::Tag*> health_tags(const plant::Catalogue& catalogue,
                                           const plant::Asset& asset) {
  std::vector<const plant::Tag*> out;
  for (const plant::Tag* tag : catalogue.tags_of(asset.id)) {
    if (tag->kind == plant::TagKind::kNumber) out.push_back(tag);
  }
  return out;
}

double step_for(TimeWindow window, double least_step_s) {
  const double length_s = static_cast<double>(window.end_ns - window.start_ns) / kNsPerSecond;
  for (const double step_s : std::array{1.0, 5.0, 10.0, 30.0, 60.0}) {
    if (step_s >= least_step_s && length_s / step_s <= kMostHistoryRows) return step_s;
  }
  return 300;
}

Result<HealthHistory> read_health_history(const plant::Plant& plant, const Identity& who,
                                          const plant::Asset& asset,
                                          const plant::Catalogue& catalogue, TimeWindow window,
                                          double step_s, const GoOn& go_on) {
  HealthHistory out = empty_health_history(health_tags(catalogue, asset), window, step_s);
  const std::size_t rows = out.rows.rows();
  for (std::size_t j = 0; j < out.tags.size(); ++j) {
    const plant::Tag& tag = *out.tags[j];
    std::vector<double> column(rows, std::nan(""));
    HeldColumn holder(out, static_cast<int64_t>(tag.watchdog_s * kNsPerSecond));
    double good_ns = 0;
    for (TimeNs at = window.start_ns; at < window.end_ns; at += kChunkNs) {
      if (go_on && !go_on()) {
        return Error::make(Code::kCancelled, "it was given up while its history was read",
                           "读取历史数据时已中止");
      }
      const TimeWindow chunk{at, std::min(at + kChunkNs, window.end_ns)};
      MW_ASSIGN(const plant::Series series, plant.series(who, tag.id, chunk, kPointsAChunk));
      for (const plant::Bucket& point : series.points) {
        holder.put(point.ts_ns, point.mean.value_or(std::nan("")), column);
      }
      good_ns += series.good_share * static_cast<double>(chunk.end_ns - chunk.start_ns);
    }
    holder.fill_until(window.end_ns, column);
    out.good_share.push_back(good_ns / static_cast<double>(window.end_ns - window.start_ns));
    for (std::size_t i = 0; i < rows; ++i) out.rows.values[i * out.tags.size() + j] = column[i];
  }
  out.states.assign(rows, asset.state_tag.empty() ? kAnyState : "");
  if (asset.state_tag.empty()) return out;
  MW_ASSIGN(const plant::StateHistory history, plant.state_history(who, asset.state_tag, window));
  std::size_t row = 0;
  for (const plant::StateSpan& span : history.spans) {
    while (row < rows && out.time_of(row) < span.start_ns) ++row;
    for (; row < rows && out.time_of(row) < span.end_ns; ++row) out.states[row] = span.state;
  }
  return out;
}

Result<HealthHistory> read_health_history_without(const plant::Plant& plant, const Identity& who,
                                                  const plant::Asset& asset,
                                                  const plant::Catalogue& catalogue,
                                                  TimeWindow window, double step_s,
                                                  const std::vector<TimeWindow>& left_out,
                                                  const GoOn& go_on) {
  if (left_out.empty()) {
    return read_health_history(plant, who, asset, catalogue, window, step_s, go_on);
  }
  HealthHistory out = empty_health_history(health_tags(catalogue, asset), window, step_s);
  const std::size_t rows = out.rows.rows();
  out.left_out = left_out;
  out.states.assign(rows, "");
  out.good_share.assign(out.tags.size(), 0);
  double kept_rows = 0;
  for (std::size_t begin = 0; begin < rows;) {
    std::size_t end = begin;
    while (end < rows && out.counts(end) == out.counts(begin)) ++end;
    if (out.counts(begin)) {
      MW_ASSIGN(const HealthHistory part,
                read_health_history(plant, who, asset, catalogue,
                                    {out.time_of(begin), out.time_of(end)}, step_s, go_on));
      const std::size_t read = std::min(part.rows.rows(), end - begin);
      std::copy_n(part.rows.values.begin(), read * out.tags.size(),
                  out.rows.values.begin() + static_cast<std::ptrdiff_t>(begin * out.tags.size()));
      std::copy_n(part.states.begin(), read,
                  out.states.begin() + static_cast<std::ptrdiff_t>(begin));
      const auto share = static_cast<double>(end - begin);
      kept_rows += share;
      for (std::size_t j = 0; j < out.tags.size(); ++j) {
        out.good_share[j] += share * part.good_share[j];
      }
    }
    begin = end;
  }
  for (double& each : out.good_share) each /= std::max(kept_rows, 1.0);
  if (kept_rows > 0) return out;
  return Error::make(Code::kInvalidArgument,
                     "not enough evidence: all of the window is of confirmed or open cases",
                     "依据不足：整个时段均属于已确认或待处理的案例", "window");
}

}  // namespace mw::maintenance
