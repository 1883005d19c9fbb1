#include "maintenance/data/column_facts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostDistinct = 1000;
constexpr std::size_t kFrozenRows = 30;

}  // namespace

ColumnFacts facts_of(const Column& column, const RunTable& table) {
  ColumnFacts facts;
  std::unordered_set<double> distinct;
  bool first = true;
  std::size_t same = 0;  // rows of one value up to here
  for (std::size_t row = 0; row < column.values.size(); ++row) {
    const double value = column.values[row];
    const bool goes_on = row > 0 && table.asset_of_row[row] == table.asset_of_row[row - 1] &&
                         value == column.values[row - 1];
    same = goes_on ? same + 1 : 1;
    if (std::isnan(value)) {
      ++facts.missing;
      continue;
    }
    if (same == kFrozenRows) facts.frozen_rows += static_cast<int64_t>(kFrozenRows);
    if (same > kFrozenRows) ++facts.frozen_rows;
    if (distinct.size() < kMostDistinct) distinct.insert(value);
    facts.low = first ? value : std::min(facts.low, value);
    facts.high = first ? value : std::max(facts.high, value);
    first = false;
  }
  facts.distinct = static_cast<int64_t>(distinct.size());
  return facts;
}

double order_agreement(std::span<const double> values, std::span<const double> answers) {
  MW_CHECK_EQ(values.size(), answers.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  double ones = 0, zeros = 0, wins = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double tied_ones = 0, tied_zeros = 0;
    for (; end < order.size() && values[order[end]] == values[order[begin]]; ++end) {
      (answers[order[end]] != 0 ? tied_ones : tied_zeros) += 1;
    }
    wins += tied_ones * (zeros + tied_zeros / 2);
    ones += tied_ones;
    zeros += tied_zeros;
    begin = end;
  }
  return ones == 0 || zeros == 0 ? 0.5 : wins / (ones * zeros);
}

double correlation(std::span<const double> a, std::span<const double> b) {
  MW_CHECK_EQ(a.size(), b.size());
  double n = 0, mean_a = 0, mean_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    n += 1;
    mean_a += a[i];
    mean_b += b[i];
  }
  if (n == 0) return 0;
  mean_a /= n;
  mean_b /= n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa <= 0 || bb <= 0 ? 0 : ab / std::sqrt(aa * bb);
}

std::vector<double> remaining_time(const RunTable& table) {
  std::vector<double> out(table.rows());
  for (std::size_t row = table.rows(); row-- > 0;) {
    const bool is_last =
        row + 1 == table.rows() || table.asset_of_row[row + 1] != table.asset_of_row[row];
    out[row] = is_last ? 0 : out[row + 1] + table.time_of_row[row + 1] - table.time_of_row[row];
  }
  return out;
}

}  // namespace mw::maintenance
