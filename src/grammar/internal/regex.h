#pragma once

// Regular expressions of ECMA-262 (as JSON Schema's `pattern` uses them) as languages.
// Refused by name, never ignored: back references, word boundaries, lookbehind, Unicode property
// classes, lookahead and anchors inside a repetition. Greedy and lazy mean the same to a language.

#include <string_view>

#include "core/result.h"
#include "grammar/internal/char_set.h"

namespace mw::grammar {

struct RegexOptions {
  Spelling spelling = Spelling::kPlain;
  /// Whether the match may lie anywhere in the text, as in JSON Schema, or is the whole text.
  bool search = false;
  bool ignore_case = false;  // of ASCII letters
};

/// Errors: kInvalidArgument (not a regular expression, names the character), kUnsupported (a
/// feature of the list above, or too large).
Result<Expr> regex_expr(ExprPool& pool, std::string_view pattern, const RegexOptions& options);

}  // namespace mw::grammar
