#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// A quantity made of two columns, as physics makes them: a temperature difference, a power, a load
/// over a time.
struct Derived {
  enum class Kind { kDifference, kProduct, kRatio };
  Kind kind = Kind::kDifference;
  std::string first, second;  // names of columns
};

/// What can be made of the numeric columns of `table`: differences of columns of the same unit
/// that is known, products of columns of different units, ratios of two columns whose second is
/// above zero in every row. Categories and columns of two values make none.
std::vector<Derived> propose_derived(const RunTable& table);

/// The column: "Torque * Rotational speed" in W where units are known to make one (Nm and rpm; V
/// and A), else in the units side by side. NaN where either has none.
/// Errors  kInvalidArgument: a column that is missing.
Result<Column> derived_column(const RunTable& table, const Derived& derived);

Json to_json(const Derived& derived);
Result<Derived> derived_from_json(const Json& json);

}  // namespace mw::maintenance
