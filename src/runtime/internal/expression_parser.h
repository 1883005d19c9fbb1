#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "runtime/internal/template_lexer.h"
#include "runtime/internal/template_syntax.h"

namespace mw::runtime {

/// How deep expressions and statements may nest.
inline constexpr int kMaxTemplateDepth = 100;

/// Reads the tokens of a template from front to back; knows expressions. The order of the member
/// functions is Jinja's order of precedence, the weakest first.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::vector<TemplateToken> tokens);

  const TemplateToken& peek(std::size_t ahead = 0) const {
    const std::size_t at = at_ + ahead;
    return tokens_[at < tokens_.size() ? at : tokens_.size() - 1];
  }
  const TemplateToken& next() {
    const TemplateToken& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool is_operator(std::string_view text) const {
    return peek().kind == TemplateTokenKind::kOperator && peek().text == text;
  }
  bool is_name(std::string_view text) const {
    return peek().kind == TemplateTokenKind::kName && peek().text == text;
  }
  bool skip_operator(std::string_view text) { return is_operator(text) && (next(), true); }
  bool skip_name(std::string_view text) { return is_name(text) && (next(), true); }
  Result<void> expect_operator(std::string_view text);
  Result<std::string> expect_name();
  /// What the next token is, for messages.
  std::string shown() const;

  /// A whole expression with a conditional; a tuple "a, b" where `allow_tuple`.
  Result<ExpressionPtr> expression(bool allow_tuple = false);
  /// One without a conditional: the sequence of a for loop.
  Result<ExpressionPtr> disjunction();

 private:
  Result<ExpressionPtr> conditional();
  Result<ExpressionPtr> conjunction();
  Result<ExpressionPtr> negation();
  Result<ExpressionPtr> comparison();
  Result<ExpressionPtr> sum();
  Result<ExpressionPtr> concatenation();
  Result<ExpressionPtr> product();
  Result<ExpressionPtr> unary(bool with_filters);
  Result<ExpressionPtr> primary();
  Result<ExpressionPtr> mapping();
  Result<ExpressionPtr> sequence(std::string_view close, bool& is_tuple);
  Result<ExpressionPtr> postfix(ExpressionPtr subject);
  Result<ExpressionPtr> filters_and_tests(ExpressionPtr subject);
  Result<ExpressionPtr> subscript(ExpressionPtr subject);
  Result<ExpressionPtr> call(ExpressionPtr callee);
  Result<ExpressionPtr> test(ExpressionPtr subject);
  Result<void> arguments(CallSyntax& into);
  Result<ExpressionPtr> finish(ExpressionPtr made);

  std::vector<TemplateToken> tokens_;
  std::set<std::string, std::less<>> macros_;  // all names that the template defines
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace mw::runtime
