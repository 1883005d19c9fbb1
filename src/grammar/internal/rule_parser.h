#pragma once

// Grammars of rules as text, in two notations that are widely written:
//   Lark (as LLGuidance and vLLM take it)   start: "a" name+ | [x]      NAME: /[a-z]+/i
//   GBNF (llama.cpp)                        root ::= "a" name+ | [a-z]{1,3}
// Refused by name: %ignore, %import and other directives, templates.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "grammar/internal/expression.h"

namespace mw::grammar {

/// What a rule says.
struct RulePart {
  enum class Kind { kText, kRule, kSequence, kChoice, kRepeat };
  Kind kind = Kind::kSequence;
  Expr text = ExprPool::kEpsilon;  // kText: a literal, a class or a regular expression
  int rule = 0;                    // kRule
  std::vector<RulePart> kids;
  uint32_t min = 0;  // kRepeat
  uint32_t max = 0;
};

struct Rule {
  std::string name;
  RulePart body;
  bool defined = false;
  bool terminal = false;  // an upper-case name of Lark: regular
  int line = 0;           // where it is first named
};

struct Rules {
  std::vector<Rule> rules;
  int start = 0;  // "start" or "root"
};

/// Errors: kInvalidArgument, kUnsupported, with the line; param is the rule's name, or "grammar".
Result<Rules> parse_rules(ExprPool& pool, std::string_view text);

Error rule_error(Code code, int line, const std::string& rule, const std::string& en,
                 const std::string& zh);

}  // namespace mw::grammar
