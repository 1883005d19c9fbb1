#pragma once

#include "grammar/internal/rule_parser.h"

namespace mw::grammar {

/// Rules as expressions. A terminal is one group; other rules are expanded as a text reaches them.
class RuleSet final : public Expander {
 public:
  RuleSet(ExprPool& pool, Rules rules);

  /// The language of the start rule. Errors: kUnsupported for a rule that begins with itself, that
  /// no text ever ends, or a terminal that refers to itself, all by name.
  Result<Expr> start();

  Expr expand(ExprPool& pool, const std::string& key) override;

 private:
  Result<void> check_terminals() const;
  Result<void> check_endings();
  Result<void> check_beginnings() const;
  bool ends(const RulePart& part) const;
  bool may_be_empty(const RulePart& part) const;
  void first_rules(const RulePart& part, std::vector<int>& out) const;
  Expr build(const RulePart& part);
  Expr of_rule(int rule);
  Error error_about(int rule, const std::string& en, const std::string& zh) const;

  ExprPool& pool_;
  const Rules rules_;
  std::vector<bool> ends_;   // by rule: some text ends it
  std::vector<bool> empty_;  // by rule: the empty text matches
  std::vector<Expr> terminals_;
};

}  // namespace mw::grammar
