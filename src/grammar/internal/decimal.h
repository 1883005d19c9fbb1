#pragma once

#include <optional>
#include <string>

#include "core/json.h"
#include "grammar/internal/expression.h"

namespace mw::grammar {

/// A number as written without exponent: digits without leading zeros but for a lone "0", decimals
/// without trailing zeros.
struct Decimal {
  bool negative = false;
  std::string whole = "0";
  std::string decimals;

  bool is_zero() const { return whole == "0" && decimals.empty(); }
  bool is_whole() const { return decimals.empty(); }
  std::string text() const;
};

/// The exact value of a JSON number as it was written (doubles: the shortest text that is the
/// same double). Nothing for what is over 400 digits long or no finite number.
std::optional<Decimal> decimal_of(const Json& number);

// Languages of numbers in the one spelling that constrained numbers have: no exponent, no negative
// zero, trailing zeros allowed.
Expr decimal_numbers(ExprPool& pool);
Expr whole_numbers(ExprPool& pool);         // written without decimals: what `integer` generates
Expr numbers_without_rest(ExprPool& pool);  // whole by value: 1, 1.0, 1.00
Expr numbers_equal(ExprPool& pool, const Decimal& to);
/// At least `bound`, or above it.
Expr numbers_from(ExprPool& pool, const Decimal& bound, bool or_equal);
/// Nothing when the divisor has more than 18 digits, or is over 100000 without its factors 2 and 5.
std::optional<Expr> numbers_multiple_of(ExprPool& pool, const Decimal& divisor);

}  // namespace mw::grammar
