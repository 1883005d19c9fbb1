#include "runtime/internal/template_interpreter.h"

#include <algorithm>
#include <utility>

#include "runtime/internal/template_lexer.h"

namespace mw::runtime {
namespace {

constexpr int kMaxCallDepth = 500;  // some 0.5 MB of stack
constexpr std::size_t kMaxOutputBytes = std::size_t{8} << 20;

/// Errors of values know no line; the innermost expression or statement adds it, once.
Error at_line(Error error, int line) {
  if (error.message.en.starts_with("chat template, line ")) return error;
  Error placed = template_error(error.code, line, error.message.en);
  if (!error.message.zh.empty()) {
    placed.message.zh = "对话模板第 " + std::to_string(line) + " 行：" + error.message.zh;
  }
  if (!error.param.empty()) placed.param = error.param;
  return placed;
}

Result<TemplateValue> loop_value(const std::vector<TemplateValue>& items, std::size_t at) {
  const auto count = static_cast<int64_t>(items.size());
  const auto index = static_cast<int64_t>(at);
  return TemplateValue::mapping({
      {"index", TemplateValue::integer(index + 1)},
      {"index0", TemplateValue::integer(index)},
      {"revindex", TemplateValue::integer(count - index)},
      {"revindex0", TemplateValue::integer(count - index - 1)},
      {"first", TemplateValue::boolean(at == 0)},
      {"last", TemplateValue::boolean(at + 1 == items.size())},
      {"length", TemplateValue::integer(count)},
      {"previtem", at > 0 ? items[at - 1] : TemplateValue::undefined("loop.previtem")},
      {"nextitem",
       at + 1 < items.size() ? items[at + 1] : TemplateValue::undefined("loop.nextitem")},
  });
}

}  // namespace

Result<TemplateText> TemplateInterpreter::run(const TemplateSyntax& syntax) {
  MW_TRY(execute(syntax.statements));
  return std::move(output_);
}

/// Pays for one step and bounds the stack: the tree is at most kMaxTemplateDepth deep, but macros
/// may call themselves.
Result<void> TemplateInterpreter::enter() {
  if (++depth_ > kMaxCallDepth) {
    return Error::make(Code::kTooLarge, "macros call each other too deep");
  }
  return budget_.spend(1, 0);
}

Result<TemplateInterpreter::Flow> TemplateInterpreter::execute(const Statements& statements) {
  MW_TRY(enter());
  for (const auto& statement : statements) {
    Result<Flow> flow = budget_.spend(1, 0) ? execute(*statement) : budget_.spend(0, 0).error();
    if (!flow) return at_line(flow.error(), statement->line);
    if (*flow != Flow::kNext) {
      --depth_;
      return flow;
    }
  }
  --depth_;
  return Flow::kNext;
}

Result<TemplateInterpreter::Flow> TemplateInterpreter::execute(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kText:
      MW_TRY(print(TemplateText(statement.text, false)));
      return Flow::kNext;
    case StatementKind::kPrint: {
      MW_ASSIGN(const TemplateValue value, evaluate(*statement.expression));
      MW_ASSIGN(const TemplateText text, to_template_text(value));
      MW_TRY(print(text));
      return Flow::kNext;
    }
    case StatementKind::kIf:
      return execute_if(statement);
    case StatementKind::kFor:
      return execute_for(statement);
    case StatementKind::kSet:
    case StatementKind::kSetBlock:
      MW_TRY(execute_set(statement));
      return Flow::kNext;
    case StatementKind::kMacro:
      macros_[statement.targets.front()] = &statement;
      return Flow::kNext;
    case StatementKind::kBreak:
      return Flow::kBreak;
    case StatementKind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNext;
}

Result<void> TemplateInterpreter::print(const TemplateText& text) {
  MW_TRY(budget_.spend(0, static_cast<int64_t>(text.size())));
  if (output_.size() + text.size() > kMaxOutputBytes) {
    return Error::make(
        Code::kTooLarge,
        "the conversation takes more than " + std::to_string(kMaxOutputBytes) + " bytes",
        "对话超过 " + std::to_string(kMaxOutputBytes) + " 字节");
  }
  output_.append(text);
  return {};
}

Result<TemplateInterpreter::Flow> TemplateInterpreter::execute_if(const Statement& statement) {
  for (const auto& [condition, body] : statement.branches) {
    bool taken = condition == nullptr;
    if (!taken) {
      MW_ASSIGN(const TemplateValue value, evaluate(*condition));
      taken = value.truthy();
    }
    if (taken) return execute(body);
  }
  return Flow::kNext;
}

Result<void> TemplateInterpreter::bind(const Statement& statement, const TemplateValue& item) {
  if (statement.targets.size() == 1) {
    scopes_.back()[statement.targets.front()] = item;
    return {};
  }
  const auto* parts = item.as_list();
  if (parts == nullptr || parts->size() != statement.targets.size()) {
    return Error::make(Code::kInvalidArgument, "cannot take " + item.describe() + " apart into " +
                                                   std::to_string(statement.targets.size()) +
                                                   " names");
  }
  for (std::size_t i = 0; i < parts->size(); ++i) {
    scopes_.back()[statement.targets[i]] = (*parts)[i];
  }
  return {};
}

Result<TemplateInterpreter::Flow> TemplateInterpreter::execute_for(const Statement& statement) {
  MW_ASSIGN(const TemplateValue sequence, evaluate(*statement.expression));
  MW_ASSIGN(std::vector<TemplateValue> items, template_items(sequence, budget_));
  if (statement.condition != nullptr) {
    std::vector<TemplateValue> kept;
    for (const TemplateValue& item : items) {
      scopes_.emplace_back();
      MW_TRY(bind(statement, item));
      MW_ASSIGN(const TemplateValue passes, evaluate(*statement.condition));
      scopes_.pop_back();
      if (passes.truthy()) kept.push_back(item);
    }
    items = std::move(kept);
  }
  if (items.empty()) return execute(statement.otherwise);
  for (std::size_t i = 0; i < items.size(); ++i) {
    MW_TRY(budget_.spend(10, 0));  // about what a new scope costs
    MW_ASSIGN(TemplateValue loop, loop_value(items, i));
    scopes_.emplace_back();
    scopes_.back()["loop"] = std::move(loop);
    MW_TRY(bind(statement, items[i]));
    MW_ASSIGN(const Flow flow, execute(statement.body));
    scopes_.pop_back();
    if (flow == Flow::kBreak) break;
  }
  return Flow::kNext;
}

/// A macro sees its arguments and what the template has set outside of loops; it gives its text.
Result<TemplateValue> TemplateInterpreter::call_macro(const Statement& macro,
                                                      const CallArguments& arguments) {
  if (arguments.positional.size() > macro.parameters.size()) {
    return Error::make(Code::kInvalidArgument,
                       "macro '" + macro.targets.front() +
                           "': " + std::to_string(arguments.positional.size()) + " arguments for " +
                           std::to_string(macro.parameters.size()) + " parameters");
  }
  std::vector<Scope> outer = std::exchange(scopes_, {});
  scopes_.push_back(std::move(outer.front()));
  scopes_.emplace_back();
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    const auto& [name, fallback] = macro.parameters[i];
    TemplateValue value = TemplateValue::undefined(name);
    if (const TemplateValue* given = arguments.get(i, name)) {
      value = *given;
    } else if (fallback != nullptr) {
      MW_ASSIGN(value, evaluate(*fallback));
    }
    scopes_.back()[name] = std::move(value);
  }
  TemplateText printed = std::exchange(output_, TemplateText());
  MW_TRY(execute(macro.body));
  std::swap(printed, output_);
  outer.front() = std::move(scopes_.front());
  scopes_ = std::move(outer);
  return TemplateValue::text(std::move(printed));
}

Result<void> TemplateInterpreter::execute_set(const Statement& statement) {
  TemplateValue value;
  if (statement.kind == StatementKind::kSetBlock) {
    TemplateText outer = std::exchange(output_, TemplateText());
    MW_TRY(execute(statement.body));
    value = TemplateValue::text(std::exchange(output_, std::move(outer)));
  } else {
    MW_ASSIGN(value, evaluate(*statement.expression));
  }
  const std::string& name = statement.targets.front();
  if (statement.attribute.empty()) {
    scopes_.back()[name] = std::move(value);
    return {};
  }
  const TemplateValue target = look_up(name);
  TemplateValue::Namespace* held = target.as_namespace();
  if (held == nullptr) {
    return Error::make(Code::kInvalidArgument, "only a namespace has attributes to set, '" + name +
                                                   "' is " + target.describe());
  }
  if (value.as_namespace() != nullptr) {
    return Error::make(Code::kUnsupported, "a namespace inside a namespace");
  }
  for (auto& [key, old] : held->entries) {
    if (key != statement.attribute) continue;
    old = std::move(value);
    return {};
  }
  held->entries.emplace_back(statement.attribute, std::move(value));
  return {};
}

TemplateValue TemplateInterpreter::look_up(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = scope->find(name);
    if (found != scope->end()) return found->second;
  }
  return TemplateValue::undefined(name.substr(0, 80));
}

Result<TemplateValue> TemplateInterpreter::evaluate(const Expression& expression) {
  MW_TRY(enter());
  Result<TemplateValue> value = evaluate_node(expression);
  --depth_;
  if (!value) return at_line(value.error(), expression.line);
  return value;
}

Result<TemplateValue> TemplateInterpreter::evaluate_node(const Expression& expression) {
  const auto child = [&](std::size_t index) { return evaluate(*expression.children[index]); };
  switch (expression.kind) {
    case ExpressionKind::kLiteral:
      return expression.value;
    case ExpressionKind::kName:
      return look_up(expression.name);
    case ExpressionKind::kList:
    case ExpressionKind::kMapping:
      return evaluate_container(expression);
    case ExpressionKind::kAttribute: {
      MW_ASSIGN(const TemplateValue subject, child(0));
      return template_subscript(subject, TemplateValue::text(expression.name, false));
    }
    case ExpressionKind::kIndex: {
      MW_ASSIGN(const TemplateValue subject, child(0));
      MW_ASSIGN(const TemplateValue index, child(1));
      MW_TRY(budget_.spend(subject.as_text() != nullptr ? subject.weight() : 1, 0));
      return template_subscript(subject, index);
    }
    case ExpressionKind::kSlice:
      return evaluate_slice(expression);
    case ExpressionKind::kCall:
    case ExpressionKind::kMethod:
    case ExpressionKind::kFilter:
    case ExpressionKind::kTest:
      return evaluate_call(expression);
    case ExpressionKind::kNot: {
      MW_ASSIGN(const TemplateValue value, child(0));
      return TemplateValue::boolean(!value.truthy());
    }
    case ExpressionKind::kNegate: {
      MW_ASSIGN(const TemplateValue value, child(0));
      if (const int64_t* integer = value.as_integer();
          integer != nullptr && *integer != INT64_MIN) {
        return TemplateValue::integer(-*integer);
      }
      if (const double* number = value.as_number()) return TemplateValue::number(-*number);
      return Error::make(Code::kInvalidArgument, "cannot negate " + value.describe());
    }
    case ExpressionKind::kArithmetic:
      return evaluate_arithmetic(expression);
    case ExpressionKind::kConcatenate:
      return evaluate_concatenation(expression);
    case ExpressionKind::kAnd:
    case ExpressionKind::kOr: {
      MW_ASSIGN(TemplateValue left, child(0));
      if (left.truthy() == (expression.kind == ExpressionKind::kOr)) return left;
      return child(1);
    }
    case ExpressionKind::kCompare:
      return evaluate_comparison(expression);
    case ExpressionKind::kConditional: {
      MW_ASSIGN(const TemplateValue condition, child(0));
      if (condition.truthy()) return child(1);
      return expression.children[2] == nullptr ? TemplateValue() : child(2);
    }
  }
  return TemplateValue();
}

Result<TemplateValue> TemplateInterpreter::evaluate_container(const Expression& expression) {
  std::vector<TemplateValue> values;
  for (const ExpressionPtr& child : expression.children) {
    MW_ASSIGN(TemplateValue value, evaluate(*child));
    values.push_back(std::move(value));
  }
  if (expression.kind == ExpressionKind::kList) return TemplateValue::list(std::move(values));
  std::vector<std::pair<std::string, TemplateValue>> entries;
  for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
    const TemplateText* key = values[i].as_text();
    if (key == nullptr) return Error::make(Code::kUnsupported, "a key that is no string");
    const auto known = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto& entry) { return entry.first == key->bytes(); });
    if (known != entries.end()) {
      known->second = values[i + 1];
    } else {
      entries.emplace_back(key->bytes(), values[i + 1]);
    }
  }
  return TemplateValue::mapping(std::move(entries));
}

Result<TemplateValue> TemplateInterpreter::evaluate_slice(const Expression& expression) {
  MW_ASSIGN(const TemplateValue subject, evaluate(*expression.children[0]));
  std::optional<int64_t> bounds[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const ExpressionPtr& child = expression.children[i + 1];
    if (child == nullptr) continue;
    MW_ASSIGN(const TemplateValue value, evaluate(*child));
    if (value.is_none()) continue;
    if (value.as_integer() == nullptr) {
      return Error::make(Code::kInvalidArgument, "a slice of " + value.describe());
    }
    bounds[i] = *value.as_integer();
  }
  MW_TRY(budget_.spend(subject.own_weight(), 0));
  const TemplateText* text = subject.as_text();
  const auto* list = subject.as_list();
  if (text == nullptr && list == nullptr) {
    return Error::make(Code::kInvalidArgument, "cannot slice " + subject.describe());
  }
  std::vector<std::size_t> offsets;
  if (text != nullptr) offsets = template_characters(text->bytes());
  const auto count = static_cast<int64_t>(text != nullptr ? offsets.size() - 1 : list->size());
  const int64_t step = bounds[2].value_or(1);
  if (step == 0) return Error::make(Code::kInvalidArgument, "a slice with a step of 0");
  const auto clamped = [&](std::optional<int64_t> bound, int64_t fallback) {
    if (!bound) return fallback;
    const int64_t from_end = *bound < 0 ? std::max(*bound, -count - 1) + count : *bound;
    return step > 0 ? std::clamp<int64_t>(from_end, 0, count)
                    : std::clamp<int64_t>(from_end, -1, count - 1);
  };
  const int64_t begin = clamped(bounds[0], step > 0 ? 0 : count - 1);
  const int64_t end = clamped(bounds[1], step > 0 ? count : -1);
  TemplateText cut;
  std::vector<TemplateValue> items;
  // Steps beyond the length all mean "one item"; bounded, so that `at` cannot overflow.
  const int64_t stride = std::clamp<int64_t>(step, -count - 1, count + 1);
  for (int64_t at = begin; step > 0 ? at < end : at > end; at += stride) {
    const auto index = static_cast<std::size_t>(at);
    if (text != nullptr) {
      cut.append(text->part(offsets[index], offsets[index + 1] - offsets[index]));
    } else {
      items.push_back((*list)[index]);
    }
  }
  if (text != nullptr) return TemplateValue::text(std::move(cut));
  return TemplateValue::list(std::move(items));
}

Result<CallArguments> TemplateInterpreter::evaluate_arguments(const CallSyntax& syntax) {
  CallArguments arguments;
  for (const ExpressionPtr& each : syntax.positional) {
    MW_ASSIGN(TemplateValue value, evaluate(*each));
    arguments.positional.push_back(std::move(value));
  }
  for (const auto& [name, each] : syntax.named) {
    MW_ASSIGN(TemplateValue value, evaluate(*each));
    arguments.named.emplace_back(name, std::move(value));
  }
  return arguments;
}

Result<TemplateValue> TemplateInterpreter::evaluate_call(const Expression& expression) {
  TemplateValue subject;
  if (expression.kind != ExpressionKind::kCall) {
    MW_ASSIGN(subject, evaluate(*expression.children[0]));
  }
  MW_ASSIGN(const CallArguments arguments, evaluate_arguments(expression.arguments));
  switch (expression.kind) {
    case ExpressionKind::kCall:
      if (const auto macro = macros_.find(expression.name); macro != macros_.end()) {
        return call_macro(*macro->second, arguments);
      }
      if (!is_template_function(expression.name)) {
        return Error::make(Code::kInvalidArgument,
                           "macro '" + expression.name + "' is called before it is defined");
      }
      return call_template_function(expression.name, arguments, budget_);
    case ExpressionKind::kMethod:
      return call_template_method(expression.name, subject, arguments, budget_);
    case ExpressionKind::kFilter:
      return apply_template_filter(expression.name, subject, arguments, budget_);
    default: {
      MW_ASSIGN(const bool passes,
                apply_template_test(expression.name, subject, arguments, budget_));
      return TemplateValue::boolean(passes);
    }
  }
}

Result<TemplateValue> TemplateInterpreter::evaluate_concatenation(const Expression& expression) {
  MW_ASSIGN(const TemplateValue left, evaluate(*expression.children[0]));
  MW_ASSIGN(const TemplateValue right, evaluate(*expression.children[1]));
  MW_ASSIGN(TemplateText text, to_template_text(left));
  MW_ASSIGN(const TemplateText tail, to_template_text(right));
  MW_TRY(budget_.spend(0, static_cast<int64_t>(text.size() + tail.size())));
  text.append(tail);
  return TemplateValue::text(std::move(text));
}

Result<TemplateValue> TemplateInterpreter::evaluate_arithmetic(const Expression& expression) {
  MW_ASSIGN(const TemplateValue left, evaluate(*expression.children[0]));
  MW_ASSIGN(const TemplateValue right, evaluate(*expression.children[1]));
  const std::string& sign = expression.name;
  if (sign == "+" && left.as_text() != nullptr && right.as_text() != nullptr) {
    TemplateText text = *left.as_text();
    MW_TRY(budget_.spend(0, static_cast<int64_t>(text.size() + right.as_text()->size())));
    text.append(*right.as_text());
    return TemplateValue::text(std::move(text));
  }
  if (sign == "+" && left.as_list() != nullptr && right.as_list() != nullptr) {
    std::vector<TemplateValue> items = *left.as_list();
    items.insert(items.end(), right.as_list()->begin(), right.as_list()->end());
    MW_TRY(budget_.spend(static_cast<int64_t>(items.size()), 0));
    return TemplateValue::list(std::move(items));
  }
  const auto mismatch = [&] {
    return Error::make(Code::kInvalidArgument,
                       "'" + sign + "' between " + left.describe() + " and " + right.describe());
  };
  if (left.as_integer() != nullptr && right.as_integer() != nullptr && sign != "/") {
    const int64_t a = *left.as_integer();
    const int64_t b = *right.as_integer();
    int64_t result = 0;
    bool fits = true;
    if (sign == "+") {
      fits = !__builtin_add_overflow(a, b, &result);
    } else if (sign == "-") {
      fits = !__builtin_sub_overflow(a, b, &result);
    } else if (sign == "*") {
      fits = !__builtin_mul_overflow(a, b, &result);
    } else if (b == 0 || (a == INT64_MIN && b == -1)) {
      fits = false;
    } else {  // Python rounds down: the remainder has the sign of b
      const int64_t remainder = a % b;
      const bool adjusts = remainder != 0 && (remainder < 0) != (b < 0);
      result = sign == "//" ? a / b - (adjusts ? 1 : 0) : remainder + (adjusts ? b : 0);
    }
    if (!fits)
      return Error::make(Code::kInvalidArgument, "'" + sign + "' overflows or divides by 0");
    return TemplateValue::integer(result);
  }
  const auto number = [](const TemplateValue& value) -> std::optional<double> {
    if (const int64_t* integer = value.as_integer()) return static_cast<double>(*integer);
    if (const double* real = value.as_number()) return *real;
    return std::nullopt;
  };
  const auto a = number(left);
  const auto b = number(right);
  if (!a || !b || sign == "//" || sign == "%") return mismatch();
  if (sign == "+") return TemplateValue::number(*a + *b);
  if (sign == "-") return TemplateValue::number(*a - *b);
  if (sign == "*") return TemplateValue::number(*a * *b);
  if (*b == 0) return Error::make(Code::kInvalidArgument, "division by 0");
  return TemplateValue::number(*a / *b);
}

Result<TemplateValue> TemplateInterpreter::evaluate_comparison(const Expression& expression) {
  MW_ASSIGN(TemplateValue left, evaluate(*expression.children[0]));
  for (std::size_t i = 0; i < expression.operators.size(); ++i) {
    MW_ASSIGN(TemplateValue right, evaluate(*expression.children[i + 1]));
    MW_ASSIGN(const bool holds, compare(expression.operators[i], left, right));
    if (!holds) return TemplateValue::boolean(false);
    left = std::move(right);
  }
  return TemplateValue::boolean(true);
}

Result<bool> TemplateInterpreter::compare(const std::string& sign, const TemplateValue& a,
                                          const TemplateValue& b) {
  MW_TRY(budget_.spend(std::min(a.weight(), b.weight()), 0));
  if (sign == "==") return a == b;
  if (sign == "!=") return !(a == b);
  if (sign == "in") return template_contains(b, a, budget_);
  if (sign == "not in") {
    MW_ASSIGN(const bool contains, template_contains(b, a, budget_));
    return !contains;
  }
  const auto order = template_order(a, b);
  if (!order) {
    return Error::make(Code::kInvalidArgument,
                       "'" + sign + "' between " + a.describe() + " and " + b.describe());
  }
  if (sign == "<") return *order < 0;
  if (sign == "<=") return *order <= 0;
  if (sign == ">") return *order > 0;
  return *order >= 0;
}

}  // namespace mw::runtime
