#pragma once

#include <cstddef>

#include "core/result.h"
#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

/// What every detector asks of its normal history before it learns from it.
/// Errors   invalid_argument: fewer than `fewest` complete rows, no column, or nothing that moves
///          (a flat history makes every later move infinite).
Result<void> check_history(const SampleMatrix& normal, std::size_t fewest);

}  // namespace mw::maintenance
