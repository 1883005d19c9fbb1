#include "maintenance/remaining_life/prefix_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
enum class Kind { kLast, kMean, kDeviation, kSlope };
struct Part {
  Kind kind;
  std::size_t rows;  // looked back
};
constexpr std::array<Part, 9> kParts = {{{Kind::kLast, 1},
                                         {Kind::kMean, 5},
                                         {Kind::kMean, 30},
                                         {Kind::kDeviation, 30},
                                         {Kind::kSlope, 30},
                                         {Kind::kSlope, 60},
                                         {Kind::kSlope, 100},
                                         {Kind::kSlope, kAll},
                                         {Kind::kMean, kAll}}};

std::string part_name(const Part& part) {
  const std::string rows = part.rows == kAll ? "all" : std::to_string(part.rows);
  switch (part.kind) {
    case Kind::kLast:
      return "last";
    case Kind::kMean:
      return "mean " + rows;
    case Kind::kDeviation:
      return "deviation " + rows;
    case Kind::kSlope:
      return "slope " + rows;
  }
  return "";
}

/// Sums over the first rows of a sensor: of z, z^2 and row number times z.
struct Sums {
  std::vector<double> plain, squares, by_row;
};

Sums sums_of(std::span<const double> z, std::size_t sensors, std::size_t sensor) {
  const std::size_t rows = z.size() / sensors;
  Sums sums;
  for (auto* each : {&sums.plain, &sums.squares, &sums.by_row}) each->assign(rows + 1, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    const double value = z[row * sensors + sensor];
    sums.plain[row + 1] = sums.plain[row] + value;
    sums.squares[row + 1] = sums.squares[row] + value * value;
    sums.by_row[row + 1] = sums.by_row[row] + static_cast<double>(row) * value;
  }
  return sums;
}

double part_of(const Part& part, const Sums& sums, double last, std::size_t end) {
  const std::size_t to = end + 1;
  const std::size_t from = to - std::min(part.rows, to);
  const double n = static_cast<double>(to - from);
  const double sum = sums.plain[to] - sums.plain[from];
  if (part.kind == Kind::kLast) return last;
  if (part.kind == Kind::kMean) return sum / n;
  if (part.kind == Kind::kDeviation) {
    const double mean = sum / n;
    return std::sqrt(std::max(0.0, (sums.squares[to] - sums.squares[from]) / n - mean * mean));
  }
  const double middle = (static_cast<double>(from) + static_cast<double>(end)) / 2;
  const double spread = n * (n * n - 1) / 12;
  if (spread == 0) return 0;
  const double slope = (sums.by_row[to] - sums.by_row[from] - middle * sum) / spread;
  // Of a sensor that stands still only rounding is left, whose size tells the row's number.
  return std::abs(slope) < 1e-9 ? 0 : slope;
}

}  // namespace

std::vector<PrefixFeature> prefix_features(const std::vector<std::string>& sensors) {
  std::vector<PrefixFeature> out;
  for (std::size_t sensor = 0; sensor < sensors.size(); ++sensor) {
    for (const Part& part : kParts)
      out.push_back({sensor, sensors[sensor] + " " + part_name(part)});
  }
  out.push_back({sensors.size(), "age"});
  return out;
}

void append_prefix_features(std::span<const double> z, std::size_t sensors,
                            std::span<const double> age, std::span<const std::size_t> ends,
                            FeatureRows& out) {
  MW_CHECK(sensors > 0 && z.size() == age.size() * sensors);
  out.columns = sensors * kParts.size() + 1;
  const std::size_t begin = out.values.size();
  out.values.resize(begin + ends.size() * out.columns);
  for (std::size_t sensor = 0; sensor < sensors; ++sensor) {
    const Sums sums = sums_of(z, sensors, sensor);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      MW_CHECK(ends[i] < age.size());
      float* row = out.values.data() + begin + i * out.columns + sensor * kParts.size();
      for (const Part& part : kParts) {
        *row++ = static_cast<float>(part_of(part, sums, z[ends[i] * sensors + sensor], ends[i]));
      }
    }
  }
  for (std::size_t i = 0; i < ends.size(); ++i) {
    out.values[begin + (i + 1) * out.columns - 1] = static_cast<float>(age[ends[i]]);
  }
}

}  // namespace mw::maintenance
