#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "runtime/internal/template_value.h"

namespace mw::runtime {

/// What one rendering may still use up.
struct TemplateBudget {
  int64_t steps = 1'000'000;
  int64_t bytes = int64_t{64} << 20;

  /// kTooLarge when nothing is left.
  Result<void> spend(int64_t spent_steps, int64_t spent_bytes);
};

struct CallArguments {
  std::vector<TemplateValue> positional;
  std::vector<std::pair<std::string, TemplateValue>> named;

  /// Argument `index`, or the one called `name`; nullptr when it was not given.
  const TemplateValue* get(std::size_t index, std::string_view name = {}) const;
};

// Filters, tests and methods by name. Each call of one is charged to the budget by the weight of
// the value it works on; what it makes is charged by the caller.

bool is_template_filter(std::string_view name);
bool is_template_test(std::string_view name);
bool is_template_method(std::string_view name);
bool is_template_function(std::string_view name);

Result<TemplateValue> apply_template_filter(std::string_view name, const TemplateValue& subject,
                                            const CallArguments& arguments, TemplateBudget& budget);
Result<bool> apply_template_test(std::string_view name, const TemplateValue& subject,
                                 const CallArguments& arguments, TemplateBudget& budget);
Result<TemplateValue> call_template_method(std::string_view name, const TemplateValue& subject,
                                           const CallArguments& arguments, TemplateBudget& budget);
Result<TemplateValue> call_template_function(std::string_view name, const CallArguments& arguments,
                                             TemplateBudget& budget);

// Shared by them and the interpreter.

/// What a for loop goes through: a list's items, a mapping's keys, a text's characters, nothing for
/// an undefined value. Errors: kInvalidArgument for anything else.
Result<std::vector<TemplateValue>> template_items(const TemplateValue& value,
                                                  TemplateBudget& budget);
/// Python's `item in container`.
Result<bool> template_contains(const TemplateValue& container, const TemplateValue& item,
                               TemplateBudget& budget);
/// -1, 0 or 1 for two numbers or two texts; nothing for others.
std::optional<int> template_order(const TemplateValue& a, const TemplateValue& b);
/// The member or index of a value as Jinja finds it; undefined when it has none.
Result<TemplateValue> template_subscript(const TemplateValue& subject, const TemplateValue& index);
/// Byte offsets of the characters of a text, and its size at the end.
std::vector<std::size_t> template_characters(const std::string& text);
/// Pays for a search for `wanted` in `text`.
Result<void> charge_search(const std::string& text, const std::string& wanted,
                           TemplateBudget& budget);

}  // namespace mw::runtime
