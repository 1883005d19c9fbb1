#include "maintenance/state/cluster.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr int kMostRounds = 100;

double squared(std::span<const double> a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t j = 0; j < b.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

std::vector<double> row_of(const SampleMatrix& rows, std::size_t i) {
  return {rows.row(i).begin(), rows.row(i).end()};
}

std::vector<std::vector<double>> far_apart(const SampleMatrix& rows, std::size_t count) {
  std::vector<double> mean(rows.columns, 0.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.columns; ++j) {
      mean[j] += rows.row(i)[j] / static_cast<double>(rows.rows());
    }
  }
  std::vector<std::vector<double>> out;
  std::vector<double> nearest(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) nearest[i] = squared(rows.row(i), mean);
  while (out.size() < count) {
    std::size_t farthest = 0;
    for (std::size_t i = 1; i < rows.rows(); ++i) {
      if (nearest[i] > nearest[farthest]) farthest = i;
    }
    out.push_back(row_of(rows, farthest));
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const double away = squared(rows.row(i), out.back());
      nearest[i] = out.size() == 1 ? away : std::min(nearest[i], away);
    }
  }
  return out;
}

}  // namespace

Clusters cluster(const SampleMatrix& rows, std::size_t count) {
  MW_CHECK(count >= 1 && count <= rows.rows());
  Clusters out;
  out.centres = far_apart(rows, count);
  out.of_row.assign(rows.rows(), count);
  for (int round = 0; round < kMostRounds; ++round) {
    bool moved = false;
    double silhouette = 0;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      std::size_t best = 0;
      double own = INFINITY;
      double next = INFINITY;
      for (std::size_t k = 0; k < count; ++k) {
        const double away = squared(rows.row(i), out.centres[k]);
        if (away < own) {
          next = own;
          own = away;
          best = k;
        } else {
          next = std::min(next, away);
        }
      }
      moved = moved || out.of_row[i] != best;
      out.of_row[i] = best;
      silhouette += next > 0 && std::isfinite(next) ? 1 - std::sqrt(own / next) : 0.0;
    }
    out.silhouette = silhouette / static_cast<double>(rows.rows());
    if (!moved) break;
    std::vector<double> members(count, 0);
    std::vector<std::vector<double>> sums(count, std::vector<double>(rows.columns, 0.0));
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      ++members[out.of_row[i]];
      for (std::size_t j = 0; j < rows.columns; ++j) sums[out.of_row[i]][j] += rows.row(i)[j];
    }
    for (std::size_t k = 0; k < count; ++k) {
      if (members[k] == 0) continue;  // a centre that lost all its rows stays where it is
      for (std::size_t j = 0; j < rows.columns; ++j) out.centres[k][j] = sums[k][j] / members[k];
    }
  }
  return out;
}

}  // namespace mw::maintenance
