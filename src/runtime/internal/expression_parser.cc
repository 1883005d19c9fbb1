#include "runtime/internal/expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/internal/template_functions.h"

namespace mw::runtime {
namespace {

using Kind = TemplateTokenKind;

ExpressionPtr make(ExpressionKind kind, int line, std::string name = {}) {
  auto made = std::make_unique<Expression>();
  made->kind = kind;
  made->line = line;
  made->name = std::move(name);
  return made;
}

ExpressionPtr make_literal(int line, TemplateValue value) {
  auto made = make(ExpressionKind::kLiteral, line);
  made->value = std::move(value);
  return made;
}

/// Raises the depth of a node to hold the child, and takes the child.
void adopt(Expression& parent, ExpressionPtr child) {
  if (child != nullptr) parent.depth = std::max(parent.depth, child->depth + 1);
  parent.children.push_back(std::move(child));
}

Error not_supported(int line, const std::string& construct) {
  return template_error(Code::kUnsupported, line, construct + " is not supported");
}

}  // namespace

ExpressionParser::ExpressionParser(std::vector<TemplateToken> tokens) : tokens_(std::move(tokens)) {
  for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
    const bool defines = tokens_[i].kind == Kind::kBlockBegin && tokens_[i + 1].text == "macro" &&
                         tokens_[i + 2].kind == Kind::kName;
    if (defines) macros_.insert(tokens_[i + 2].text);
  }
}

std::string ExpressionParser::shown() const {
  switch (peek().kind) {
    case Kind::kPrintEnd:
      return "'}}'";
    case Kind::kBlockEnd:
      return "'%}'";
    case Kind::kString:
      return "a string";
    case Kind::kName:
    case Kind::kOperator:
    case Kind::kInteger:
    case Kind::kFloat:
      return "'" + peek().text.substr(0, 40) + "'";
    default:
      return "the end of the tag";
  }
}

Result<void> ExpressionParser::expect_operator(std::string_view text) {
  if (skip_operator(text)) return {};
  return template_error(Code::kCorrupt, peek().line,
                        "expected '" + std::string(text) + "', got " + shown());
}

Result<std::string> ExpressionParser::expect_name() {
  if (peek().kind == Kind::kName) return next().text;
  return template_error(Code::kCorrupt, peek().line, "expected a name, got " + shown());
}

/// Every node passes here once it has its children.
Result<ExpressionPtr> ExpressionParser::finish(ExpressionPtr made) {
  for (const ExpressionPtr& each : made->arguments.positional) {
    made->depth = std::max(made->depth, each->depth + 1);
  }
  for (const auto& [name, each] : made->arguments.named) {
    made->depth = std::max(made->depth, each->depth + 1);
  }
  if (made->depth <= kMaxTemplateDepth) return made;
  return template_error(Code::kTooLarge, made->line,
                        "expressions may nest " + std::to_string(kMaxTemplateDepth) + " levels");
}

Result<ExpressionPtr> ExpressionParser::expression(bool allow_tuple) {
  const int line = peek().line;
  MW_ASSIGN(ExpressionPtr first, conditional());
  if (!allow_tuple || !is_operator(",")) return first;
  ExpressionPtr tuple = make(ExpressionKind::kList, line);
  adopt(*tuple, std::move(first));
  while (skip_operator(",")) {
    if (peek().kind == Kind::kBlockEnd || peek().kind == Kind::kPrintEnd) break;
    MW_ASSIGN(ExpressionPtr item, conditional());
    adopt(*tuple, std::move(item));
  }
  return finish(std::move(tuple));
}

Result<ExpressionPtr> ExpressionParser::conditional() {
  // The one place that every nested expression goes through.
  if (++depth_ > kMaxTemplateDepth) {
    return template_error(Code::kTooLarge, peek().line,
                          "expressions may nest " + std::to_string(kMaxTemplateDepth) + " levels");
  }
  MW_ASSIGN(ExpressionPtr value, disjunction());
  while (is_name("if")) {
    const int line = next().line;
    MW_ASSIGN(ExpressionPtr condition, disjunction());
    ExpressionPtr otherwise;
    if (skip_name("else")) {
      MW_ASSIGN(otherwise, conditional());
    }
    ExpressionPtr made = make(ExpressionKind::kConditional, line);
    adopt(*made, std::move(condition));
    adopt(*made, std::move(value));
    adopt(*made, std::move(otherwise));
    MW_ASSIGN(value, finish(std::move(made)));
  }
  --depth_;
  return value;
}

Result<ExpressionPtr> ExpressionParser::disjunction() {
  MW_ASSIGN(ExpressionPtr left, conjunction());
  while (is_name("or")) {
    ExpressionPtr made = make(ExpressionKind::kOr, next().line);
    MW_ASSIGN(ExpressionPtr right, conjunction());
    adopt(*made, std::move(left));
    adopt(*made, std::move(right));
    MW_ASSIGN(left, finish(std::move(made)));
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::conjunction() {
  MW_ASSIGN(ExpressionPtr left, negation());
  while (is_name("and")) {
    ExpressionPtr made = make(ExpressionKind::kAnd, next().line);
    MW_ASSIGN(ExpressionPtr right, negation());
    adopt(*made, std::move(left));
    adopt(*made, std::move(right));
    MW_ASSIGN(left, finish(std::move(made)));
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::negation() {
  std::vector<int> lines;
  while (is_name("not") && lines.size() < kMaxTemplateDepth) lines.push_back(next().line);
  MW_ASSIGN(ExpressionPtr value, comparison());
  for (; !lines.empty(); lines.pop_back()) {
    ExpressionPtr made = make(ExpressionKind::kNot, lines.back());
    adopt(*made, std::move(value));
    MW_ASSIGN(value, finish(std::move(made)));
  }
  return value;
}

Result<ExpressionPtr> ExpressionParser::comparison() {
  constexpr std::array<std::string_view, 6> kOperators = {"==", "!=", "<", "<=", ">", ">="};
  const int line = peek().line;
  MW_ASSIGN(ExpressionPtr left, sum());
  ExpressionPtr made = make(ExpressionKind::kCompare, line);
  while (true) {
    const bool is_sign =
        peek().kind == Kind::kOperator &&
        std::find(kOperators.begin(), kOperators.end(), peek().text) != kOperators.end();
    if (is_sign) {
      made->operators.push_back(next().text);
    } else if (is_name("not") && peek(1).kind == Kind::kName && peek(1).text == "in") {
      next();
      next();
      made->operators.emplace_back("not in");
    } else if (skip_name("in")) {
      made->operators.emplace_back("in");
    } else {
      break;
    }
    MW_ASSIGN(ExpressionPtr right, sum());
    if (made->children.empty()) adopt(*made, std::move(left));
    adopt(*made, std::move(right));
  }
  if (made->operators.empty()) return left;
  return finish(std::move(made));
}

Result<ExpressionPtr> ExpressionParser::sum() {
  MW_ASSIGN(ExpressionPtr left, concatenation());
  while (is_operator("+") || is_operator("-")) {
    const TemplateToken& sign = next();
    ExpressionPtr made = make(ExpressionKind::kArithmetic, sign.line, sign.text);
    MW_ASSIGN(ExpressionPtr right, concatenation());
    adopt(*made, std::move(left));
    adopt(*made, std::move(right));
    MW_ASSIGN(left, finish(std::move(made)));
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::concatenation() {
  MW_ASSIGN(ExpressionPtr left, product());
  while (is_operator("~")) {
    ExpressionPtr made = make(ExpressionKind::kConcatenate, next().line);
    MW_ASSIGN(ExpressionPtr right, product());
    adopt(*made, std::move(left));
    adopt(*made, std::move(right));
    MW_ASSIGN(left, finish(std::move(made)));
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::product() {
  MW_ASSIGN(ExpressionPtr left, unary(true));
  while (is_operator("*") || is_operator("/") || is_operator("//") || is_operator("%")) {
    const TemplateToken& sign = next();
    ExpressionPtr made = make(ExpressionKind::kArithmetic, sign.line, sign.text);
    MW_ASSIGN(ExpressionPtr right, unary(true));
    adopt(*made, std::move(left));
    adopt(*made, std::move(right));
    MW_ASSIGN(left, finish(std::move(made)));
  }
  if (is_operator("**")) return not_supported(peek().line, "the operator '**'");
  return left;
}

Result<ExpressionPtr> ExpressionParser::unary(bool with_filters) {
  ExpressionPtr value;
  if (is_operator("-") || is_operator("+")) {
    const bool negative = is_operator("-");
    const int line = next().line;
    if (++depth_ > kMaxTemplateDepth) {
      return template_error(Code::kTooLarge, line, "too many signs in a row");
    }
    MW_ASSIGN(value, unary(false));
    --depth_;
    if (negative) {
      ExpressionPtr made = make(ExpressionKind::kNegate, line);
      adopt(*made, std::move(value));
      MW_ASSIGN(value, finish(std::move(made)));
    }
  } else {
    MW_ASSIGN(value, primary());
    MW_ASSIGN(value, postfix(std::move(value)));
  }
  if (!with_filters) return value;
  return filters_and_tests(std::move(value));
}

Result<ExpressionPtr> ExpressionParser::primary() {
  const TemplateToken token = peek();
  if (token.kind == Kind::kString) {
    std::string text;
    while (peek().kind == Kind::kString) text += next().text;  // neighbours join, as in Python
    return make_literal(token.line, TemplateValue::text(std::move(text), false));
  }
  if (token.kind == Kind::kInteger) {
    int64_t value = 0;
    const char* end = token.text.data() + token.text.size();
    if (std::from_chars(token.text.data(), end, value).ec != std::errc()) {
      return template_error(Code::kCorrupt, token.line, "an integer of more than 64 bits");
    }
    next();
    return make_literal(token.line, TemplateValue::integer(value));
  }
  if (token.kind == Kind::kFloat) {
    double value = 0;
    std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
    next();
    return make_literal(token.line, TemplateValue::number(value));
  }
  if (token.kind == Kind::kName) {
    next();
    if (token.text == "true" || token.text == "True") {
      return make_literal(token.line, TemplateValue::boolean(true));
    }
    if (token.text == "false" || token.text == "False") {
      return make_literal(token.line, TemplateValue::boolean(false));
    }
    if (token.text == "none" || token.text == "None") {
      return make_literal(token.line, TemplateValue::none());
    }
    return make(ExpressionKind::kName, token.line, token.text);
  }
  if (skip_operator("[")) {
    bool is_tuple = false;
    return sequence("]", is_tuple);
  }
  if (skip_operator("(")) {
    bool is_tuple = false;
    MW_ASSIGN(ExpressionPtr list, sequence(")", is_tuple));
    if (is_tuple || list->children.empty()) return list;
    return std::move(list->children.front());  // only brackets
  }
  if (skip_operator("{")) return mapping();
  return template_error(Code::kCorrupt, token.line, "expected a value, got " + shown());
}

Result<ExpressionPtr> ExpressionParser::sequence(std::string_view close, bool& is_tuple) {
  ExpressionPtr list = make(ExpressionKind::kList, peek().line);
  while (!is_operator(close)) {
    MW_ASSIGN(ExpressionPtr item, conditional());
    adopt(*list, std::move(item));
    if (!skip_operator(",")) break;
    is_tuple = true;
  }
  MW_TRY(expect_operator(close));
  return finish(std::move(list));
}

Result<ExpressionPtr> ExpressionParser::mapping() {
  ExpressionPtr made = make(ExpressionKind::kMapping, peek().line);
  while (!is_operator("}")) {
    MW_ASSIGN(ExpressionPtr key, conditional());
    MW_TRY(expect_operator(":"));
    MW_ASSIGN(ExpressionPtr value, conditional());
    adopt(*made, std::move(key));
    adopt(*made, std::move(value));
    if (!skip_operator(",")) break;
  }
  MW_TRY(expect_operator("}"));
  return finish(std::move(made));
}

Result<ExpressionPtr> ExpressionParser::postfix(ExpressionPtr subject) {
  while (true) {
    if (is_operator(".")) {
      const int line = next().line;
      ExpressionPtr made;
      if (peek().kind == Kind::kInteger) {  // "a.0" is "a[0]"
        made = make(ExpressionKind::kIndex, line);
        adopt(*made, std::move(subject));
        MW_ASSIGN(ExpressionPtr index, primary());
        adopt(*made, std::move(index));
      } else {
        MW_ASSIGN(std::string name, expect_name());
        made = make(ExpressionKind::kAttribute, line, std::move(name));
        adopt(*made, std::move(subject));
      }
      MW_ASSIGN(subject, finish(std::move(made)));
    } else if (skip_operator("[")) {
      MW_ASSIGN(subject, subscript(std::move(subject)));
    } else if (is_operator("(")) {
      MW_ASSIGN(subject, call(std::move(subject)));
    } else {
      return subject;
    }
  }
}

Result<ExpressionPtr> ExpressionParser::subscript(ExpressionPtr subject) {
  ExpressionPtr made = make(ExpressionKind::kIndex, peek().line);
  adopt(*made, std::move(subject));
  for (int part = 0; part < 3; ++part) {
    ExpressionPtr index;
    if (!is_operator(":") && !is_operator("]")) {
      MW_ASSIGN(index, conditional());
    }
    adopt(*made, std::move(index));
    if (!is_operator(":")) break;
    next();
    made->kind = ExpressionKind::kSlice;
  }
  if (made->kind == ExpressionKind::kSlice) {
    made->children.resize(4);
  } else if (made->children[1] == nullptr) {
    return template_error(Code::kCorrupt, made->line, "expected an index, got ']'");
  }
  MW_TRY(expect_operator("]"));
  return finish(std::move(made));
}

Result<ExpressionPtr> ExpressionParser::call(ExpressionPtr callee) {
  ExpressionPtr made;
  if (callee->kind == ExpressionKind::kName) {
    if (!is_template_function(callee->name) && !macros_.contains(callee->name)) {
      return not_supported(callee->line, "the function '" + callee->name + "'");
    }
    made = make(ExpressionKind::kCall, callee->line, callee->name);
  } else if (callee->kind == ExpressionKind::kAttribute) {
    if (!is_template_method(callee->name)) {
      return not_supported(callee->line, "the method '" + callee->name + "'");
    }
    made = make(ExpressionKind::kMethod, callee->line, callee->name);
    adopt(*made, std::move(callee->children.front()));
  } else {
    return not_supported(callee->line, "calling a value");
  }
  MW_TRY(arguments(made->arguments));
  return finish(std::move(made));
}

Result<void> ExpressionParser::arguments(CallSyntax& into) {
  MW_TRY(expect_operator("("));
  while (!is_operator(")")) {
    if (is_operator("*") || is_operator("**")) {
      return not_supported(peek().line, "passing arguments with '*'");
    }
    const bool is_named =
        peek().kind == Kind::kName && peek(1).kind == Kind::kOperator && peek(1).text == "=";
    std::string name;
    if (is_named) {
      name = next().text;
      next();
    }
    MW_ASSIGN(ExpressionPtr value, conditional());
    if (is_named) {
      into.named.emplace_back(std::move(name), std::move(value));
    } else {
      into.positional.push_back(std::move(value));
    }
    if (!skip_operator(",")) break;
  }
  return expect_operator(")");
}

Result<ExpressionPtr> ExpressionParser::filters_and_tests(ExpressionPtr subject) {
  while (true) {
    if (is_operator("|")) {
      const int line = next().line;
      MW_ASSIGN(std::string name, expect_name());
      if (!is_template_filter(name)) return not_supported(line, "the filter '" + name + "'");
      ExpressionPtr made = make(ExpressionKind::kFilter, line, std::move(name));
      adopt(*made, std::move(subject));
      if (is_operator("(")) MW_TRY(arguments(made->arguments));
      MW_ASSIGN(subject, finish(std::move(made)));
    } else if (is_name("is")) {
      next();
      MW_ASSIGN(subject, test(std::move(subject)));
    } else if (is_operator("(")) {
      return not_supported(peek().line, "calling a value");
    } else {
      return subject;
    }
  }
}

Result<ExpressionPtr> ExpressionParser::test(ExpressionPtr subject) {
  const int line = peek().line;
  const bool negated = skip_name("not");
  MW_ASSIGN(std::string name, expect_name());
  if (!is_template_test(name)) return not_supported(line, "the test 'is " + name + "'");
  ExpressionPtr made = make(ExpressionKind::kTest, line, std::move(name));
  adopt(*made, std::move(subject));
  const Kind kind = peek().kind;
  const bool ends =
      kind == Kind::kName && (is_name("else") || is_name("or") || is_name("and") || is_name("if") ||
                              is_name("is") || is_name("in") || is_name("not"));
  if (is_operator("(")) {
    MW_TRY(arguments(made->arguments));
  } else if (!ends && (kind == Kind::kName || kind == Kind::kString || kind == Kind::kInteger ||
                       kind == Kind::kFloat || is_operator("[") || is_operator("{"))) {
    MW_ASSIGN(ExpressionPtr argument, primary());
    MW_ASSIGN(argument, postfix(std::move(argument)));
    made->arguments.positional.push_back(std::move(argument));
  }
  MW_ASSIGN(made, finish(std::move(made)));
  if (!negated) return made;
  ExpressionPtr inverse = make(ExpressionKind::kNot, line);
  adopt(*inverse, std::move(made));
  return finish(std::move(inverse));
}

}  // namespace mw::runtime
