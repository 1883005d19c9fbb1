#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "maintenance/run_table.h"

namespace mw::maintenance {

/// "`column` above `threshold`", or below it. A row without a value fulfils neither.
struct Comparison {
  std::size_t column = 0;  // of the list that the rule was found over
  bool above = true;
  double threshold = 0;

  bool holds(double value) const { return above ? value > threshold : value < threshold; }
};

/// One or two comparisons that hold together.
using Conjunction = std::vector<Comparison>;

/// A kind of failure as comparisons: any of the conjunctions of the row's category.
struct ThresholdRule {
  std::optional<std::size_t> category_column;         // absent: one set for all rows
  std::vector<std::vector<Conjunction>> by_category;  // one entry without a category column
  int64_t failures = 0;                               // that it was found on, all of them hit
  int64_t others = 0;                                 // none of them hit

  /// `value_of(column)` is the row's value.
  bool hits(std::span<const Column> columns, std::size_t row) const;
};

/// The simplest rule over `columns` that is true in every row with `answers` 1 and in no other:
/// first one comparison, then two together, then either of up to three such; then the same with
/// thresholds for each category of a column of categories. Among rules of one form the one with the
/// widest gap between both sides, and the roundest threshold in that gap.
///
/// Nothing where there is none, or fewer than `fewest` failures to find it on: over few rows some
/// rule is true by chance, or where `stop` was requested. Cost: (columns x 2)^2 passes over the
/// rows.
std::optional<ThresholdRule> find_exact_rule(std::span<const Column> columns,
                                             std::span<const double> answers, int64_t fewest = 10,
                                             std::stop_token stop = {});

/// "Process temperature - Air temperature < 8.6 K and Rotational speed < 1380 rpm".
std::string rule_text(const ThresholdRule& rule, std::span<const Column> columns,
                      Language language);

/// The number with the fewest digits in [low, high); low < high.
double roundest_between(double low, double high);

Json to_json(const ThresholdRule& rule);
/// `columns`: how many there are.
Result<ThresholdRule> rule_from_json(const Json& json, std::size_t columns);

}  // namespace mw::maintenance
