#pragma once

#include <cstddef>
#include <vector>

#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

struct ChangeOptions {
  double penalty = 0;        // what one more change costs; 0: 3 ln(rows) a column
  std::size_t shortest = 5;  // rows between two changes
};

/// Rows where the level of one or more columns changes for good: the cheapest cut into stretches
/// of constant level, each change paid for by `penalty`, exactly (PELT). Noise is measured from
/// steps between rows, so units do not matter and a trend is no noise. Rows with a missing value
/// count as the one before.
///
/// Cost     rows x stretches that are still open: linear where changes come regularly.
/// Source   Killick, Fearnhead & Eckley 2012.
std::vector<std::size_t> change_points(const SampleMatrix& rows, const ChangeOptions& options = {});

}  // namespace mw::maintenance
