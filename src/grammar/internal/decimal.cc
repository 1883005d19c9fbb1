#include "grammar/internal/decimal.h"

#include <cstdlib>

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxDigits = 400;

class Digits {
 public:
  explicit Digits(ExprPool& pool)
      : pool_(pool), any(pool.repeat(pool.range('0', '9'), 0, ExprPool::kNoLimit)) {}

  Expr some() const { return pool_.repeat(pool_.range('0', '9'), 1, ExprPool::kNoLimit); }
  Expr not_zero() const { return pool_.range('1', '9'); }
  Expr zeros() const { return pool_.repeat(pool_.byte('0'), 0, ExprPool::kNoLimit); }
  Expr exactly(std::size_t count) const {
    return pool_.repeat(pool_.range('0', '9'), static_cast<uint32_t>(count),
                        static_cast<uint32_t>(count));
  }
  /// "" or "." and digits.
  Expr fraction() const { return pool_.optional(pool_.concat(pool_.byte('.'), some())); }
  Expr whole() const { return pool_.any_of({pool_.byte('0'), pool_.concat(not_zero(), any)}); }
  /// "" or ".000".
  Expr zero_fraction() const {
    return pool_.optional(
        pool_.concat(pool_.byte('.'), pool_.repeat(pool_.byte('0'), 1, ExprPool::kNoLimit)));
  }
  /// Decimals (with their point) over those given, or equal to them.
  Expr fraction_from(const std::string& decimals, bool or_equal) const {
    std::vector<Expr> ways;
    for (std::size_t i = 0; i < decimals.size(); ++i) {
      if (decimals[i] == '9') continue;
      const auto above = static_cast<unsigned char>(decimals[i] + 1);
      ways.push_back(pool_.concat(pool_.literal("." + decimals.substr(0, i)),
                                  pool_.concat(pool_.range(above, '9'), any)));
    }
    if (or_equal) {
      ways.push_back(decimals.empty() ? fraction()
                                      : pool_.concat(pool_.literal("." + decimals), any));
    } else {
      ways.push_back(pool_.concat_all({pool_.literal("." + decimals), any, not_zero(), any}));
    }
    return pool_.any_of(std::move(ways));
  }
  /// Numbers without sign.
  Expr from(const Decimal& bound, bool or_equal) const {
    const std::string& digits = bound.whole;
    std::vector<Expr> ways;
    // More digits before the point.
    ways.push_back(pool_.concat_all({not_zero(), exactly(digits.size()), any, fraction()}));
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] == '9') continue;
      const auto above = static_cast<unsigned char>(digits[i] + 1);
      ways.push_back(pool_.concat_all({pool_.literal(digits.substr(0, i)), pool_.range(above, '9'),
                                       exactly(digits.size() - i - 1), fraction()}));
    }
    ways.push_back(pool_.concat(pool_.literal(digits), fraction_from(bound.decimals, or_equal)));
    return pool_.any_of(std::move(ways));
  }

 private:
  ExprPool& pool_;

 public:
  const Expr any;
};

Expr minus(ExprPool& pool, Expr of) { return pool.concat(pool.byte('-'), of); }

/// Numbers without sign that are not zero.
Expr positive(ExprPool& pool) { return Digits(pool).from(Decimal{}, false); }

}  // namespace

std::string Decimal::text() const {
  return (negative ? "-" : "") + whole + (decimals.empty() ? "" : "." + decimals);
}

std::optional<Decimal> decimal_of(const Json& number) {
  if (!number.is_number()) return std::nullopt;
  std::string text = number.dump();
  Decimal out;
  if (text.starts_with('-')) {
    out.negative = true;
    text.erase(0, 1);
  }
  long exponent = 0;
  if (const std::size_t e = text.find('e'); e != std::string::npos) {
    exponent = std::strtol(text.c_str() + e + 1, nullptr, 10);
    text.resize(e);
  }
  const std::size_t point = text.find('.');
  std::string digits = text;
  long scale = exponent;
  if (point != std::string::npos) {
    digits.erase(point, 1);
    scale -= static_cast<long>(text.size() - point - 1);
  }
  for (const char each : digits) {
    if (each < '0' || each > '9') return std::nullopt;  // "null" for what is not finite
  }
  if (std::labs(scale) > static_cast<long>(kMaxDigits)) return std::nullopt;
  if (scale > 0) digits.append(static_cast<std::size_t>(scale), '0');
  const auto fraction = static_cast<std::size_t>(scale < 0 ? -scale : 0);
  if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
  out.whole = digits.substr(0, digits.size() - fraction);
  out.decimals = digits.substr(digits.size() - fraction);
  out.whole.erase(0, std::min(out.whole.find_first_not_of('0'), out.whole.size() - 1));
  while (out.decimals.ends_with('0')) out.decimals.pop_back();
  if (out.is_zero()) out.negative = false;
  return out;
}

Expr decimal_numbers(ExprPool& pool) {
  const Digits digits(pool);
  return pool.any_of({pool.concat(digits.whole(), digits.fraction()), minus(pool, positive(pool))});
}

Expr whole_numbers(ExprPool& pool) {
  const Digits digits(pool);
  return pool.any_of({digits.whole(), minus(pool, pool.concat(digits.not_zero(), digits.any))});
}

Expr numbers_without_rest(ExprPool& pool) {
  return pool.concat(whole_numbers(pool), Digits(pool).zero_fraction());
}

Expr numbers_equal(ExprPool& pool, const Decimal& to) {
  const Digits digits(pool);
  const Expr end = to.is_whole() ? digits.zero_fraction() : digits.zeros();
  return pool.concat(pool.literal(to.text()), end);
}

Expr numbers_from(ExprPool& pool, const Decimal& bound, bool or_equal) {
  const Digits digits(pool);
  if (!bound.negative) return digits.from(bound, or_equal);
  Decimal size = bound;
  size.negative = false;
  const Expr too_low = digits.from(size, !or_equal);
  return pool.any_of({pool.concat(digits.whole(), digits.fraction()),
                      minus(pool, pool.all_of({positive(pool), pool.negate(too_low)}))});
}

std::optional<Expr> numbers_multiple_of(ExprPool& pool, const Decimal& divisor) {
  constexpr std::size_t kMaxDivisorDigits = 18;
  const std::string digits = divisor.whole + divisor.decimals;
  const std::size_t first = digits.find_first_not_of('0');
  if (divisor.negative || first == std::string::npos) return std::nullopt;
  if (digits.size() - first > kMaxDivisorDigits) return std::nullopt;
  if (divisor.decimals.size() > 100) return std::nullopt;
  const uint64_t value = std::strtoull(digits.c_str() + first, nullptr, 10);
  // Powers of ten help to end a number; what else is in the divisor is how many states there are.
  constexpr uint64_t kMaxRest = 100'000;
  uint64_t rest = value;
  for (const uint64_t factor : {uint64_t{2}, uint64_t{5}}) {
    while (rest % factor == 0) rest /= factor;
  }
  if (rest > kMaxRest) return std::nullopt;
  return pool.multiple(value, static_cast<int>(divisor.decimals.size()));
}

}  // namespace mw::grammar
