#include "maintenance/data/k_means.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr int kMostRounds = 100;

double squared_distance(std::span<const double> a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t j = 0; j < b.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

std::vector<double> mean_of(const SampleMatrix& rows) {
  std::vector<double> mean(rows.columns, 0.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.columns; ++j) {
      mean[j] += rows.row(i)[j] / static_cast<double>(rows.rows());
    }
  }
  return mean;
}

std::size_t farthest(const std::vector<double>& distances) {
  return static_cast<std::size_t>(std::max_element(distances.begin(), distances.end()) -
                                  distances.begin());
}

std::vector<std::vector<double>> far_apart(const SampleMatrix& rows, std::size_t count,
                                           FirstCentre first) {
  std::vector<double> nearest(rows.rows(), INFINITY);
  std::size_t next = 0;
  if (first == FirstCentre::kFarthestFromMean) {
    const std::vector<double> mean = mean_of(rows);
    std::vector<double> away(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) away[i] = squared_distance(rows.row(i), mean);
    next = farthest(away);
  }
  std::vector<std::vector<double>> centres;
  while (centres.size() < count) {
    centres.emplace_back(rows.row(next).begin(), rows.row(next).end());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      nearest[i] = std::min(nearest[i], squared_distance(rows.row(i), centres.back()));
    }
    next = farthest(nearest);
  }
  return centres;
}

/// Gives each row to its nearest centre; whether any changed hands.
bool assign(const SampleMatrix& rows, Clusters& clusters) {
  bool changed = false;
  double silhouette = 0;
  clusters.inertia = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::size_t best = 0;
    double own = INFINITY;
    double next = INFINITY;
    for (std::size_t k = 0; k < clusters.centres.size(); ++k) {
      const double away = squared_distance(rows.row(i), clusters.centres[k]);
      if (away < own) {
        next = own;
        own = away;
        best = k;
      } else {
        next = std::min(next, away);
      }
    }
    changed = changed || clusters.of_row[i] != best;
    clusters.of_row[i] = best;
    clusters.inertia += own;
    silhouette += next > 0 && std::isfinite(next) ? 1 - std::sqrt(own / next) : 0.0;
  }
  clusters.silhouette = silhouette / static_cast<double>(rows.rows());
  return changed;
}

void move_centres(const SampleMatrix& rows, Clusters& clusters) {
  const std::size_t count = clusters.centres.size();
  std::vector<std::vector<double>> sums(count, std::vector<double>(rows.columns, 0.0));
  std::vector<double> members(count, 0.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::size_t mine = clusters.of_row[i];
    members[mine] += 1;
    for (std::size_t j = 0; j < rows.columns; ++j) sums[mine][j] += rows.row(i)[j];
  }
  for (std::size_t k = 0; k < count; ++k) {
    if (members[k] == 0) continue;  // a centre that lost all its rows stays where it is
    for (std::size_t j = 0; j < rows.columns; ++j) clusters.centres[k][j] = sums[k][j] / members[k];
  }
}

}  // namespace

Clusters k_means(const SampleMatrix& rows, std::size_t count, FirstCentre first) {
  MW_CHECK(count >= 1 && count <= rows.rows());
  Clusters clusters;
  clusters.centres = far_apart(rows, count, first);
  clusters.of_row.assign(rows.rows(), count);
  for (int round = 0; assign(rows, clusters) && round < kMostRounds; ++round) {
    move_centres(rows, clusters);
  }
  return clusters;
}

}  // namespace mw::maintenance
