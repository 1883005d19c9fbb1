#pragma once

#include <cstddef>
#include <vector>

#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

/// Rows in groups around centres.
struct Clusters {
  std::vector<std::vector<double>> centres;
  std::vector<std::size_t> of_row;
  double inertia = 0;     // squared distances to the own centre, summed
  double silhouette = 0;  // mean of 1 - own / next centre's distance, 0 to 1; 0 for one centre
};

enum class FirstCentre { kFirstRow, kFarthestFromMean };

/// Lloyd's k-means without chance, so the same groups each time: after the first centre each
/// further one is the row that is farthest from those before. `rows` complete and of one scale,
/// `count` of them at least.
Clusters k_means(const SampleMatrix& rows, std::size_t count,
                 FirstCentre first = FirstCentre::kFirstRow);

}  // namespace mw::maintenance
