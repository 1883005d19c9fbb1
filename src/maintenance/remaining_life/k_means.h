#pragma once

#include <vector>

namespace mw::maintenance {

/// Lloyd's k-means over `points` (N rows of `width` numbers, row-major) without chance: the first
/// centre is the first point, each further one the point that is farthest from those before.
struct Clusters {
  std::vector<std::vector<double>> centres;
  std::vector<int> of_point;
  double inertia = 0;  // squared distances to the own centre, summed
};
Clusters k_means(const std::vector<double>& points, std::size_t width, int count);

}  // namespace mw::maintenance
