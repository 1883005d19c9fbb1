#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/internal/template_value.h"

namespace mw::runtime {

enum class ExpressionKind {
  kLiteral,      // value
  kName,         // name
  kList,         // children
  kMapping,      // children: key, value, key, value, ...
  kAttribute,    // children[0].name
  kIndex,        // children[0][children[1]]
  kSlice,        // children[0][1:2:3], each of the three may be null
  kCall,         // name(arguments)
  kMethod,       // children[0].name(arguments)
  kFilter,       // children[0] | name(arguments)
  kTest,         // children[0] is name(arguments)
  kNot,          // children[0]
  kNegate,       // children[0]
  kArithmetic,   // children[0] name children[1]; name is + - * / // %
  kConcatenate,  // children[0] ~ children[1]
  kAnd,
  kOr,
  kCompare,      // children[0] operators[0] children[1] operators[1] children[2] ...
  kConditional,  // children: condition, then, else (may be null)
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct CallSyntax {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> named;
};

struct Expression {
  ExpressionKind kind = ExpressionKind::kLiteral;
  int line = 1;
  int depth = 1;  // of the tree below, bounded so that walking it cannot exhaust the stack
  std::string name;
  TemplateValue value;
  std::vector<ExpressionPtr> children;
  std::vector<std::string> operators;
  CallSyntax arguments;
};

enum class StatementKind {
  kText,      // text
  kPrint,     // expression
  kIf,        // branches: condition (null for else) and body
  kFor,       // targets in expression if condition: body else otherwise
  kSet,       // targets[0] = expression, or targets[0].attribute = expression
  kSetBlock,  // targets[0] = what the body prints
  kMacro,     // targets[0](parameters): body
  kBreak,
  kContinue,
};

struct Statement;
using Statements = std::vector<std::unique_ptr<Statement>>;

struct Statement {
  StatementKind kind = StatementKind::kText;
  int line = 1;
  std::string text;
  std::vector<std::string> targets;
  std::string attribute;
  ExpressionPtr expression;
  ExpressionPtr condition;
  std::vector<std::pair<ExpressionPtr, Statements>> branches;
  std::vector<std::pair<std::string, ExpressionPtr>> parameters;  // with defaults, or null
  Statements body;
  Statements otherwise;
};

/// A parsed template.
struct TemplateSyntax {
  Statements statements;
};

}  // namespace mw::runtime
