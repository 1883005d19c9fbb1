#pragma once

// JSON text as languages. Spelling (ADR 0017): after a comma and inside brackets nothing, one
// space, or a line break with up to 40 spaces or 10 tabs; after a colon nothing or one space;
// strings and numbers that nothing constrains in any spelling of RFC 8259; constrained ones in one
// spelling (escapes only where they must be, no exponents).

#include "grammar/internal/char_set.h"
#include "grammar/internal/expression.h"

namespace mw::grammar {

class JsonSyntax : public Expander {
 public:
  explicit JsonSyntax(ExprPool& pool);

  Expr space() const { return space_; }
  /// Between a name and its value.
  Expr colon();
  /// Any string with its quotes, any escapes.
  Expr free_string() const { return free_string_; }
  /// Between quotes: any characters in the one spelling; one of them.
  Expr plain_text() const { return plain_text_; }
  Expr plain_char() const { return plain_char_; }
  Expr quoted(Expr inside);
  /// What follows the opening quote of a free string, and of a plain one: text and closing quote.
  Expr free_end() const { return pool_.split(free_string_).second; }
  Expr plain_end() { return pool_.group(pool_.concat(plain_text_, pool_.byte('"'))); }
  Expr free_number() const { return free_number_; }
  /// Any value, any object, any array.
  Expr any_value();
  Expr any_object();
  Expr any_array();

  Expr expand(ExprPool& pool, const std::string& key) override;

 private:
  ExprPool& pool_;
  Expr space_;
  Expr plain_char_;
  Expr plain_text_;
  Expr free_string_;
  Expr free_number_;
};

}  // namespace mw::grammar
