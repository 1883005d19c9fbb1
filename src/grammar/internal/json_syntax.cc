#include "grammar/internal/json_syntax.h"

namespace mw::grammar {
namespace {

constexpr uint32_t kMaxSpaces = 40;
constexpr uint32_t kMaxTabs = 10;

Expr make_space(ExprPool& pool) {
  const Expr indent = pool.any_of(
      {pool.repeat(pool.byte(' '), 0, kMaxSpaces), pool.repeat(pool.byte('\t'), 1, kMaxTabs)});
  return pool.any_of({ExprPool::kEpsilon, pool.byte(' '), pool.concat(pool.byte('\n'), indent)});
}

Expr make_free_string(ExprPool& pool) {
  CharSet raw(0, 0x1f);
  raw.add('"', '"').add('\\', '\\');
  const Expr plain = char_expr(pool, raw.complement(), Spelling::kPlain);
  ByteSet hex;
  for (const char each : std::string_view("0123456789abcdefABCDEF")) {
    hex.set(static_cast<unsigned char>(each));
  }
  const Expr digit = pool.bytes(hex);
  const auto one_of = [&](std::string_view chars) {
    ByteSet set;
    for (const char each : chars) set.set(static_cast<unsigned char>(each));
    return pool.bytes(set);
  };
  ByteSet not_d = hex;
  not_d.reset('d').reset('D');
  const Expr two = pool.repeat(digit, 2, 2);
  const Expr three = pool.repeat(digit, 3, 3);
  const Expr d = one_of("dD");
  // A character of the basic plane, or a pair of surrogates.
  const Expr unit = pool.any_of({pool.concat(pool.bytes(not_d), three),
                                 pool.concat_all({d, pool.range('0', '7'), two}),
                                 pool.concat_all({d, one_of("89abAB"), two, pool.literal("\\u"), d,
                                                  one_of("cdefCDEF"), two})});
  const Expr escape = pool.concat(
      pool.byte('\\'), pool.any_of({one_of("\"\\/bfnrt"), pool.concat(pool.byte('u'), unit)}));
  const Expr inside = pool.repeat(pool.any_of({plain, escape}), 0, ExprPool::kNoLimit);
  return pool.concat(pool.byte('"'), pool.group(pool.concat(inside, pool.byte('"'))));
}

Expr make_free_number(ExprPool& pool) {
  const Expr digit = pool.range('0', '9');
  const Expr digits = pool.repeat(digit, 1, ExprPool::kNoLimit);
  ByteSet e;
  e.set('e').set('E');
  ByteSet sign;
  sign.set('+').set('-');
  const Expr exponent =
      pool.concat_all({pool.bytes(e), pool.optional(pool.bytes(sign)), pool.repeat(digit, 1, 3)});
  return pool.group(pool.concat_all(
      {pool.optional(pool.byte('-')),
       pool.any_of({pool.byte('0'),
                    pool.concat(pool.range('1', '9'), pool.repeat(digit, 0, ExprPool::kNoLimit))}),
       pool.optional(pool.concat(pool.byte('.'), digits)), pool.optional(exponent)}));
}

}  // namespace

JsonSyntax::JsonSyntax(ExprPool& pool)
    : pool_(pool),
      space_(make_space(pool)),
      plain_char_(char_expr(pool, CharSet(0, kLastCodePoint), Spelling::kJson)),
      plain_text_(pool.repeat(plain_char_, 0, ExprPool::kNoLimit)),
      free_string_(make_free_string(pool)),
      free_number_(make_free_number(pool)) {}

Expr JsonSyntax::quoted(Expr inside) {
  return pool_.concat(pool_.byte('"'), pool_.group(pool_.concat(inside, pool_.byte('"'))));
}

Expr JsonSyntax::colon() { return pool_.concat(pool_.byte(':'), pool_.optional(pool_.byte(' '))); }

Expr JsonSyntax::any_value() { return pool_.call(*this, "value", false); }
Expr JsonSyntax::any_object() { return pool_.call(*this, "object", false); }
Expr JsonSyntax::any_array() { return pool_.call(*this, "array", false); }

Expr JsonSyntax::expand(ExprPool& pool, const std::string& key) {
  const auto list = [&](unsigned char open, Expr item, unsigned char close) {
    const Expr spaced = pool.concat(space_, item);
    const Expr next = pool.concat(pool.byte(','), spaced);
    const Expr items = pool.concat(spaced, pool.repeat(next, 0, ExprPool::kNoLimit));
    return pool.concat_all({pool.byte(open), pool.optional(items), space_, pool.byte(close)});
  };
  if (key == "object") {
    return list('{', pool.concat_all({free_string_, colon(), any_value()}), '}');
  }
  if (key == "array") return list('[', any_value(), ']');
  return pool.any_of({any_object(), any_array(), free_string_, free_number_, pool.literal("true"),
                      pool.literal("false"), pool.literal("null")});
}

}  // namespace mw::grammar
