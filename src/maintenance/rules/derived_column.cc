#include "maintenance/rules/derived_column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "maintenance/data/column_facts.h"
#include "maintenance/data/json_lists.h"

namespace mw::maintenance {
namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"difference", "product", "ratio"};

/// Units whose product has a name of its own.
struct KnownProduct {
  std::string_view first, second, unit;
  double factor;
};
constexpr std::array<KnownProduct, 4> kKnownProducts = {{
    {"Nm", "rpm", "W", 2 * std::numbers::pi / 60},
    {"Nm", "1/min", "W", 2 * std::numbers::pi / 60},
    {"Nm", "rad/s", "W", 1},
    {"V", "A", "W", 1},
}};

KnownProduct product_of(const std::string& first, const std::string& second) {
  for (const KnownProduct& each : kKnownProducts) {
    if ((each.first == first && each.second == second) ||
        (each.first == second && each.second == first)) {
      return each;
    }
  }
  return {first, second, "", 1};
}

bool is_quantity(const Column& column, const RunTable& table) {
  return column.categories.empty() && facts_of(column, table).distinct > 2;
}

// Differences stay as f64 has them, rounding included: AI4I's heat failures were labelled by such
// numbers (8.599999999999966 failed, 8.600000000000023 did not), and rounded they are not exact.
double made(Derived::Kind kind, double first, double second, double factor) {
  switch (kind) {
    case Derived::Kind::kDifference:
      return first - second;
    case Derived::Kind::kProduct:
      return first * second * factor;
    case Derived::Kind::kRatio:
      return second == 0 ? std::numeric_limits<double>::quiet_NaN() : first / second;
  }
  return 0;
}

}  // namespace

std::vector<Derived> propose_derived(const RunTable& table) {
  std::vector<const Column*> columns;
  for (const Column& each : table.columns) {
    if (is_quantity(each, table)) columns.push_back(&each);
  }
  std::vector<Derived> out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = i + 1; j < columns.size(); ++j) {
      const Column &first = *columns[i], &second = *columns[j];
      const bool same_unit = !first.unit.empty() && first.unit == second.unit;
      if (same_unit) {
        // The later column less the earlier: a process is warmer than the air around it.
        out.push_back({Derived::Kind::kDifference, second.name, first.name});
      } else {
        out.push_back({Derived::Kind::kProduct, first.name, second.name});
      }
      if (facts_of(second, table).low > 0) {
        out.push_back({Derived::Kind::kRatio, first.name, second.name});
      }
    }
  }
  return out;
}

Result<Column> derived_column(const RunTable& table, const Derived& derived) {
  const Column* first = table.column(derived.first);
  const Column* second = table.column(derived.second);
  if (first == nullptr || second == nullptr) {
    const std::string& missing = first == nullptr ? derived.first : derived.second;
    return Error::make(Code::kInvalidArgument,
                       "the table has no column '" + missing + "', which the model needs",
                       "数据表中没有模型所需的列“" + missing + "”", missing);
  }
  const KnownProduct known = product_of(first->unit, second->unit);
  Column out;
  if (derived.kind == Derived::Kind::kDifference) {
    out.name = derived.first + " - " + derived.second;
    out.unit = first->unit;
  } else if (derived.kind == Derived::Kind::kProduct) {
    out.name = derived.first + " * " + derived.second;
    out.unit = !known.unit.empty()                           ? std::string(known.unit)
               : first->unit.empty() || second->unit.empty() ? ""
                                                             : first->unit + " " + second->unit;
  } else {
    out.name = derived.first + " / " + derived.second;
    out.unit = first->unit == second->unit ? "" : first->unit + "/" + second->unit;
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    out.values.push_back(made(derived.kind, first->values[row], second->values[row], known.factor));
  }
  return out;
}

Json to_json(const Derived& derived) {
  return {{"kind", kKindNames[static_cast<std::size_t>(derived.kind)]},
          {"first", derived.first},
          {"second", derived.second}};
}

Result<Derived> derived_from_json(const Json& json) {
  if (!json.is_object()) return damaged_model("a derived column is no object");
  Derived out;
  MW_ASSIGN(const std::string kind, json_string(json, "kind"));
  MW_ASSIGN(out.first, json_string(json, "first"));
  MW_ASSIGN(out.second, json_string(json, "second"));
  const auto at = std::find(kKindNames.begin(), kKindNames.end(), kind);
  if (at == kKindNames.end()) return damaged_model("a derived column is of no kind");
  out.kind = static_cast<Derived::Kind>(at - kKindNames.begin());
  return out;
}

}  // namespace mw::maintenance
