#pragma once

#include <cstddef>
#include <vector>

#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

/// Rows in groups around centres.
struct Clusters {
  std::vector<std::vector<double>> centres;
  std::vector<std::size_t> of_row;
  double silhouette = 0;  // mean of 1 - own / next centre's distance, 0 to 1
};

/// k-means from centres that are far apart (each the row farthest from those before, the first the
/// row farthest from the mean): no chance, so the same groups each time. `rows` scaled and
/// complete, `count` at most as many as there are rows.
Clusters cluster(const SampleMatrix& rows, std::size_t count);

}  // namespace mw::maintenance
