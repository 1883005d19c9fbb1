#include "maintenance/rules/rule_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostEither = 3;
constexpr double kNever = -std::numeric_limits<double>::infinity();

double deviation_of(const Column& column) {
  double n = 0, mean = 0, squares = 0;
  for (const double value : column.values) {
    if (std::isnan(value)) continue;
    n += 1;
    const double off = value - mean;
    mean += off / n;
    squares += off * (value - mean);
  }
  return n > 0 ? std::sqrt(squares / n) : 0;
}

}  // namespace

RuleSearch::RuleSearch(std::span<const Column> columns, std::stop_token stop)
    : columns_(columns), stop_(std::move(stop)) {
  for (std::size_t column = 0; column < columns.size(); ++column) {
    deviations_.push_back(columns[column].categories.empty() ? deviation_of(columns[column]) : 0);
    if (deviations_.back() <= 0) continue;
    sides_.push_back({column, true});
    sides_.push_back({column, false});
  }
}

RuleSearch::Rows RuleSearch::split(std::span<const std::size_t> rows,
                                   std::span<const double> answers) {
  Rows out;
  for (const std::size_t row : rows) (answers[row] == 1 ? out.failed : out.others).push_back(row);
  return out;
}

double RuleSearch::seen(const Side& side, std::size_t row) const {
  const double value = columns_[side.column].values[row];
  if (std::isnan(value)) return kNever;
  return side.above ? value : -value;
}

std::optional<RuleSearch::Fitted> RuleSearch::fit(std::span<const Side> sides,
                                                  const Rows& rows) const {
  std::array<double, 2> least = {kNever, kNever};  // of the failed rows
  for (std::size_t i = 0; i < sides.size(); ++i) {
    least[i] = -kNever;
    for (const std::size_t row : rows.failed) least[i] = std::min(least[i], seen(sides[i], row));
    if (least[i] == kNever) return std::nullopt;
  }
  Fitted out;
  out.gap = -kNever;
  std::array<double, 2> threshold = least;
  std::array<bool, 2> chosen = {false, false};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    // The nearest of the others among those that the second comparison lets through.
    double nearest = kNever;
    for (const std::size_t row : rows.others) {
      bool passes = true;
      for (std::size_t j = 0; j < sides.size(); ++j) {
        if (j == i) continue;
        const double value = seen(sides[j], row);
        passes = passes && (chosen[j] ? value > threshold[j] : value >= least[j]);
      }
      if (passes) nearest = std::max(nearest, seen(sides[i], row));
    }
    if (nearest >= least[i]) return std::nullopt;
    // Nothing to keep out: the comparison is not needed, another form is simpler.
    if (nearest == kNever) return std::nullopt;
    threshold[i] = roundest_between(nearest, least[i]);
    chosen[i] = true;
    const Side& side = sides[i];
    out.gap = std::min(out.gap, (least[i] - nearest) / deviations_[side.column]);
    out.conjunction.push_back({side.column, side.above, side.above ? threshold[i] : -threshold[i]});
  }
  return out;
}

std::optional<std::vector<std::vector<Conjunction>>> RuleSearch::one_for_all(
    std::span<const Rows> parts, int comparisons) const {
  std::optional<std::vector<std::vector<Conjunction>>> best;
  double best_gap = 0;
  const auto try_sides = [&](std::span<const Side> sides) {
    std::vector<std::vector<Conjunction>> found;
    double gap = -kNever;
    for (const Rows& part : parts) {
      found.emplace_back();
      if (part.failed.empty()) continue;
      const auto fitted = fit(sides, part);
      if (!fitted) return;
      gap = std::min(gap, fitted->gap);
      found.back().push_back(fitted->conjunction);
    }
    if (best && gap <= best_gap) return;
    best_gap = gap;
    best = std::move(found);
  };
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    if (stop_.stop_requested()) return std::nullopt;
    if (comparisons == 1) {
      try_sides(std::array{sides_[i]});
      continue;
    }
    for (std::size_t j = i + 1; j < sides_.size(); ++j) {
      try_sides(std::array{sides_[i], sides_[j]});
    }
  }
  return best;
}

std::vector<std::size_t> RuleSearch::reach(const Side& only, const Rows& rows) const {
  double nearest = kNever;
  for (const std::size_t row : rows.others) nearest = std::max(nearest, seen(only, row));
  std::vector<std::size_t> out;
  for (const std::size_t row : rows.failed) {
    if (seen(only, row) > nearest) out.push_back(row);
  }
  return out;
}

std::vector<std::size_t> RuleSearch::reach(const Side& first, const Side& second,
                                           const Rows& by_first) const {
  // From the failed row that is largest by `first` downwards: those so far, above all others
  // that are as large, by `second`.
  std::vector<std::size_t> best;
  double nearest = kNever;
  std::size_t other = 0;
  for (std::size_t i = 0; i < by_first.failed.size(); ++i) {
    const double least = seen(first, by_first.failed[i]);
    while (other < by_first.others.size() && seen(first, by_first.others[other]) >= least) {
      nearest = std::max(nearest, seen(second, by_first.others[other++]));
    }
    std::vector<std::size_t> held;
    for (std::size_t j = 0; j <= i; ++j) {
      if (seen(second, by_first.failed[j]) > nearest) held.push_back(by_first.failed[j]);
    }
    if (held.size() > best.size()) best = std::move(held);
  }
  return best;
}

std::optional<std::vector<Conjunction>> RuleSearch::either_of(const Rows& rows,
                                                              int comparisons) const {
  std::vector<Conjunction> out;
  Rows left = rows;
  const auto falling = [&](const Side& side, std::vector<std::size_t> each) {
    std::stable_sort(each.begin(), each.end(),
                     [&](std::size_t a, std::size_t b) { return seen(side, a) > seen(side, b); });
    return each;
  };
  std::vector<Rows> by_side(sides_.size());
  for (std::size_t i = 0; comparisons == 2 && i < sides_.size(); ++i) {
    by_side[i].others = falling(sides_[i], rows.others);
  }
  while (!left.failed.empty()) {
    if (out.size() == kMostEither) return std::nullopt;
    std::vector<std::size_t> best;
    std::vector<Side> best_sides;
    const auto take = [&](std::vector<std::size_t> held, std::vector<Side> sides) {
      if (held.size() <= best.size()) return;
      best = std::move(held);
      best_sides = std::move(sides);
    };
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      if (stop_.stop_requested()) return std::nullopt;
      take(reach(sides_[i], left), {sides_[i]});
      by_side[i].failed = falling(sides_[i], left.failed);
      for (std::size_t j = i + 1; comparisons == 2 && j < sides_.size(); ++j) {
        take(reach(sides_[i], sides_[j], by_side[i]), {sides_[i], sides_[j]});
      }
    }
    // A conjunction for few rows is true by chance.
    if (best.size() * 2 * (kMostEither - out.size()) < left.failed.size()) return std::nullopt;
    const auto fitted = fit(best_sides, {best, left.others});
    if (!fitted) return std::nullopt;
    out.push_back(fitted->conjunction);
    std::sort(best.begin(), best.end());
    std::erase_if(left.failed, [&](std::size_t row) {
      return std::binary_search(best.begin(), best.end(), row);
    });
  }
  return out;
}

}  // namespace mw::maintenance
