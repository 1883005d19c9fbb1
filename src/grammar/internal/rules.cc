#include "grammar/internal/rules.h"

#include <algorithm>
#include <functional>

namespace mw::grammar {

using Kind = RulePart::Kind;

RuleSet::RuleSet(ExprPool& pool, Rules rules)
    : pool_(pool),
      rules_(std::move(rules)),
      ends_(rules_.rules.size(), false),
      empty_(rules_.rules.size(), false),
      terminals_(rules_.rules.size(), -1) {}

Error RuleSet::error_about(int rule, const std::string& en, const std::string& zh) const {
  const Rule& of = rules_.rules[static_cast<std::size_t>(rule)];
  return rule_error(Code::kUnsupported, of.line, of.name, "the rule '" + of.name + "' " + en,
                    "规则“" + of.name + "”" + zh);
}

bool RuleSet::ends(const RulePart& part) const {
  const auto each = [this](const RulePart& kid) { return ends(kid); };
  switch (part.kind) {
    case Kind::kText:
      return part.text != ExprPool::kEmpty;
    case Kind::kRule:
      return ends_[static_cast<std::size_t>(part.rule)];
    case Kind::kSequence:
      return std::all_of(part.kids.begin(), part.kids.end(), each);
    case Kind::kChoice:
      return std::any_of(part.kids.begin(), part.kids.end(), each);
    case Kind::kRepeat:
      return part.min == 0 || ends(part.kids[0]);
  }
  return false;
}

bool RuleSet::may_be_empty(const RulePart& part) const {
  const auto each = [this](const RulePart& kid) { return may_be_empty(kid); };
  switch (part.kind) {
    case Kind::kText:
      return pool_.nullable(part.text);
    case Kind::kRule:
      return empty_[static_cast<std::size_t>(part.rule)];
    case Kind::kSequence:
      return std::all_of(part.kids.begin(), part.kids.end(), each);
    case Kind::kChoice:
      return std::any_of(part.kids.begin(), part.kids.end(), each);
    case Kind::kRepeat:
      return part.min == 0 || may_be_empty(part.kids[0]);
  }
  return false;
}

/// Rules that the next character may already belong to.
void RuleSet::first_rules(const RulePart& part, std::vector<int>& out) const {
  if (part.kind == Kind::kRule) out.push_back(part.rule);
  for (const RulePart& kid : part.kids) {
    first_rules(kid, out);
    if (part.kind == Kind::kSequence && !may_be_empty(kid)) return;
  }
}

namespace {

void all_rules(const RulePart& part, std::vector<int>& out) {
  if (part.kind == Kind::kRule) out.push_back(part.rule);
  for (const RulePart& kid : part.kids) all_rules(kid, out);
}

/// A node that can be reached from itself; -1 when there is none. Recursion is as deep as there are
/// rules, which the parser bounds.
int find_circle(std::size_t count, const std::function<std::vector<int>(int)>& next) {
  std::vector<int> state(count, 0);  // 1 on the path, 2 done
  std::function<int(int)> visit = [&](int node) -> int {
    int& mine = state[static_cast<std::size_t>(node)];
    if (mine == 1) return node;
    if (mine == 2) return -1;
    mine = 1;
    for (const int each : next(node)) {
      if (const int found = visit(each); found >= 0) return found;
    }
    state[static_cast<std::size_t>(node)] = 2;
    return -1;
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (const int found = visit(static_cast<int>(i)); found >= 0) return found;
  }
  return -1;
}

}  // namespace

Result<void> RuleSet::check_terminals() const {
  const int circle = find_circle(rules_.rules.size(), [this](int rule) {
    std::vector<int> out;
    const Rule& of = rules_.rules[static_cast<std::size_t>(rule)];
    if (of.terminal) all_rules(of.body, out);
    return out;
  });
  if (circle >= 0) {
    return error_about(circle,
                       "is a terminal (upper case) and refers to itself: write it in lower case",
                       "为终结符（大写）却引用自身：请改用小写");
  }
  for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
    if (!rules_.rules[i].terminal) continue;
    std::vector<int> used;
    all_rules(rules_.rules[i].body, used);
    for (const int each : used) {
      if (rules_.rules[static_cast<std::size_t>(each)].terminal) continue;
      return error_about(static_cast<int>(i),
                         "is a terminal (upper case) and uses a rule (lower case)",
                         "为终结符（大写），不能使用规则（小写）");
    }
  }
  return {};
}

Result<void> RuleSet::check_endings() {
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
      const RulePart& body = rules_.rules[i].body;
      if (!ends_[i] && ends(body)) changed = ends_[i] = true;
      if (!empty_[i] && may_be_empty(body)) changed = empty_[i] = true;
    }
  }
  for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
    if (!ends_[i]) {
      return error_about(static_cast<int>(i), "has no end: every way through it needs it again",
                         "没有终点：每条路径都再次需要自身");
    }
  }
  return {};
}

Result<void> RuleSet::check_beginnings() const {
  const int circle = find_circle(rules_.rules.size(), [this](int rule) {
    std::vector<int> out;
    first_rules(rules_.rules[static_cast<std::size_t>(rule)].body, out);
    return out;
  });
  if (circle < 0) return {};
  return error_about(
      circle, "begins with itself (left recursion): write a repetition, as in a: b (\",\" b)*",
      "以自身开头（左递归）：请改写为重复，例如 a: b (\",\" b)*");
}

Expr RuleSet::of_rule(int rule) {
  const auto index = static_cast<std::size_t>(rule);
  if (!rules_.rules[index].terminal) {
    return pool_.call(*this, std::to_string(rule), empty_[index]);
  }
  if (terminals_[index] < 0) {
    const Expr made = pool_.group(build(rules_.rules[index].body));
    terminals_[index] = made;
  }
  return terminals_[index];
}

Expr RuleSet::build(const RulePart& part) {
  std::vector<Expr> kids;
  for (const RulePart& kid : part.kids) kids.push_back(build(kid));
  switch (part.kind) {
    case Kind::kText:
      return part.text;
    case Kind::kRule:
      return of_rule(part.rule);
    case Kind::kSequence:
      return pool_.concat_all(kids);
    case Kind::kChoice:
      return pool_.any_of(std::move(kids));
    case Kind::kRepeat:
      return pool_.repeat(kids[0], part.min, part.max);
  }
  return ExprPool::kEmpty;
}

Result<Expr> RuleSet::start() {
  MW_TRY(check_terminals());
  MW_TRY(check_endings());
  MW_TRY(check_beginnings());
  return of_rule(rules_.start);
}

Expr RuleSet::expand(ExprPool& /*pool*/, const std::string& key) {
  return build(rules_.rules[static_cast<std::size_t>(std::stoi(key))].body);
}

}  // namespace mw::grammar
