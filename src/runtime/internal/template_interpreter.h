#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "runtime/internal/template_functions.h"
#include "runtime/internal/template_syntax.h"

namespace mw::runtime {

/// Runs a parsed template once; after an error it is of no use. Nothing outside `variables` can be
/// seen or changed by it.
class TemplateInterpreter {
 public:
  using Scope = std::map<std::string, TemplateValue, std::less<>>;

  explicit TemplateInterpreter(Scope variables) { scopes_.push_back(std::move(variables)); }

  /// The printed text. Errors carry the line.
  Result<TemplateText> run(const TemplateSyntax& syntax);

 private:
  enum class Flow { kNext, kBreak, kContinue };

  Result<void> enter();
  Result<Flow> execute(const Statements& statements);
  Result<Flow> execute(const Statement& statement);
  Result<Flow> execute_if(const Statement& statement);
  Result<Flow> execute_for(const Statement& statement);
  Result<TemplateValue> call_macro(const Statement& macro, const CallArguments& arguments);
  Result<void> execute_set(const Statement& statement);
  Result<void> bind(const Statement& statement, const TemplateValue& item);
  Result<void> print(const TemplateText& text);

  Result<TemplateValue> evaluate(const Expression& expression);
  Result<TemplateValue> evaluate_node(const Expression& expression);
  Result<TemplateValue> evaluate_container(const Expression& expression);
  Result<TemplateValue> evaluate_slice(const Expression& expression);
  Result<TemplateValue> evaluate_call(const Expression& expression);
  Result<TemplateValue> evaluate_arithmetic(const Expression& expression);
  Result<TemplateValue> evaluate_concatenation(const Expression& expression);
  Result<TemplateValue> evaluate_comparison(const Expression& expression);
  Result<bool> compare(const std::string& sign, const TemplateValue& a, const TemplateValue& b);
  Result<CallArguments> evaluate_arguments(const CallSyntax& syntax);
  TemplateValue look_up(const std::string& name) const;

  TemplateBudget budget_;
  std::vector<Scope> scopes_;  // the outermost first; a loop's body has one of its own
  std::map<std::string, const Statement*, std::less<>> macros_;
  TemplateText output_;
  int depth_ = 0;  // of calls to evaluate and execute
};

}  // namespace mw::runtime
