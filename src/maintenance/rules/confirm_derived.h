#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/result.h"
#include "core/thread_pool.h"
#include "maintenance/rules/derived_column.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// Of `proposed` those with which a small boosting predicts `table.label` better on rows that it
/// did not see: each is tried alone, and the best ones on top of each other, as long as the loss
/// falls by 2 % in every fold together and in each alone. Rows that rules hit (`ruled`) are left
/// out. Cost: about twice as many trainings as proposals, split over `pool`.
Result<std::vector<Derived>> confirm_derived(const RunTable& table,
                                             const std::vector<Derived>& proposed,
                                             const std::vector<uint8_t>& ruled, uint64_t seed,
                                             ThreadPool& pool, const std::stop_token& stop = {});

}  // namespace mw::maintenance
