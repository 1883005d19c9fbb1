#pragma once

#include <cstdint>
#include <span>

#include "maintenance/run_table.h"

namespace mw::maintenance {

struct ColumnFacts {
  int64_t missing = 0;
  int64_t distinct = 0;  // among values that are there; at most 1000 are counted
  double low = 0, high = 0;
  int64_t frozen_rows = 0;  // rows in stretches of 30 and more, within an asset, of one same value
};
ColumnFacts facts_of(const Column& column, const RunTable& table);

/// The chance that a row with answer 1 has a larger value than one with answer 0, ties half
/// (area under the ROC curve). Rows without a value are left out; 0.5 where a class is empty.
double order_agreement(std::span<const double> values, std::span<const double> answers);

/// Pearson's correlation of the rows where both are there; 0 where one never changes.
double correlation(std::span<const double> a, std::span<const double> b);

/// Rows until the last one of the same asset, in the table's time.
std::vector<double> remaining_time(const RunTable& table);

}  // namespace mw::maintenance
