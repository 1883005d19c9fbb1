#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "maintenance/rules/threshold_rule.h"

namespace mw::maintenance {

/// Looks for conjunctions of one or two comparisons that hold in failed rows and in no other.
class RuleSearch {
 public:
  /// `columns` must outlive it. Categories are passed over. Once `stop` is requested nothing is
  /// found any more.
  explicit RuleSearch(std::span<const Column> columns, std::stop_token stop = {});

  struct Rows {
    std::vector<std::size_t> failed, others;
  };
  static Rows split(std::span<const std::size_t> rows, std::span<const double> answers);

  /// The same columns and directions for each part, thresholds of its own: `comparisons` together
  /// that hold in all failed rows of each part and in no other. A part without failures never
  /// holds.
  std::optional<std::vector<std::vector<Conjunction>>> one_for_all(std::span<const Rows> parts,
                                                                   int comparisons) const;
  std::optional<std::vector<std::vector<Conjunction>>> one_for_all(
      std::initializer_list<Rows> parts, int comparisons) const {
    return one_for_all(std::span<const Rows>(parts.begin(), parts.size()), comparisons);
  }

  /// Up to three conjunctions of at most `comparisons`, of which one holds in every failed row and
  /// none in another: at each step the one that holds in most of the rows that are left.
  std::optional<std::vector<Conjunction>> either_of(const Rows& rows, int comparisons) const;

 private:
  /// A column looked at from one side: larger is more like the failed ones.
  struct Side {
    std::size_t column = 0;
    bool above = true;
  };
  double seen(const Side& side, std::size_t row) const;

  struct Fitted {
    Conjunction conjunction;
    double gap = 0;  // the narrowest of its comparisons, in deviations of the column
  };
  /// Thresholds that hold in all of `rows.failed` and none of `rows.others`; nothing where there
  /// are none.
  std::optional<Fitted> fit(std::span<const Side> sides, const Rows& rows) const;
  /// The failed rows in which `sides` can hold without holding in any other, most at once.
  /// `by_first`: the rows, falling by `first`.
  std::vector<std::size_t> reach(const Side& first, const Side& second, const Rows& by_first) const;
  std::vector<std::size_t> reach(const Side& only, const Rows& rows) const;

  std::span<const Column> columns_;
  std::stop_token stop_;
  std::vector<Side> sides_;
  std::vector<double> deviations_;  // of each column
};

}  // namespace mw::maintenance
