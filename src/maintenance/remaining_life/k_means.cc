#include "maintenance/remaining_life/k_means.h"

#include <algorithm>
#include <limits>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr int kMostRounds = 100;

double squared_distance(const double* a, const double* b, std::size_t width) {
  double sum = 0;
  for (std::size_t i = 0; i < width; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

std::vector<std::vector<double>> far_apart(const std::vector<double>& points, std::size_t width,
                                           int count) {
  const std::size_t rows = points.size() / width;
  std::vector<std::vector<double>> centres;
  std::vector<double> nearest(rows, std::numeric_limits<double>::infinity());
  std::size_t next = 0;
  while (static_cast<int>(centres.size()) < count) {
    const double* chosen = points.data() + next * width;
    centres.emplace_back(chosen, chosen + width);
    for (std::size_t row = 0; row < rows; ++row) {
      nearest[row] =
          std::min(nearest[row], squared_distance(points.data() + row * width, chosen, width));
    }
    next = static_cast<std::size_t>(std::max_element(nearest.begin(), nearest.end()) -
                                    nearest.begin());
  }
  return centres;
}

/// Gives each point to its nearest centre; whether any changed hands.
bool assign(const std::vector<double>& points, std::size_t width, Clusters& clusters) {
  bool changed = false;
  clusters.inertia = 0;
  for (std::size_t row = 0; row < clusters.of_point.size(); ++row) {
    double least = std::numeric_limits<double>::infinity();
    int mine = 0;
    for (std::size_t i = 0; i < clusters.centres.size(); ++i) {
      const double distance =
          squared_distance(points.data() + row * width, clusters.centres[i].data(), width);
      if (distance >= least) continue;
      least = distance;
      mine = static_cast<int>(i);
    }
    changed = changed || clusters.of_point[row] != mine;
    clusters.of_point[row] = mine;
    clusters.inertia += least;
  }
  return changed;
}

}  // namespace

Clusters k_means(const std::vector<double>& points, std::size_t width, int count) {
  MW_CHECK(width > 0 && count > 0 && points.size() >= width);
  Clusters clusters;
  clusters.centres = far_apart(points, width, count);
  clusters.of_point.assign(points.size() / width, -1);
  for (int round = 0; assign(points, width, clusters) && round < kMostRounds; ++round) {
    std::vector<std::vector<double>> sums(clusters.centres.size(), std::vector<double>(width, 0));
    std::vector<double> counts(clusters.centres.size(), 0);
    for (std::size_t row = 0; row < clusters.of_point.size(); ++row) {
      const auto mine = static_cast<std::size_t>(clusters.of_point[row]);
      counts[mine] += 1;
      for (std::size_t i = 0; i < width; ++i) sums[mine][i] += points[row * width + i];
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (counts[i] == 0) continue;  // an empty one stays where it is
      for (std::size_t j = 0; j < width; ++j) clusters.centres[i][j] = sums[i][j] / counts[i];
    }
  }
  return clusters;
}

}  // namespace mw::maintenance
