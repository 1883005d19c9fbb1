// `value.name(arguments)`: methods of Python's str and dict that templates use.

#include <algorithm>
#include <array>

#include "runtime/internal/template_functions.h"
#include "runtime/internal/template_strings.h"

namespace mw::runtime {
namespace {

constexpr std::array<std::string_view, 19> kMethods = {
    "capitalize", "count", "endswith", "find",    "get",    "items",  "join",
    "keys",       "lower", "lstrip",   "replace", "rsplit", "rstrip", "startswith",
    "split",      "strip", "title",    "upper",   "values"};

Error no_method(std::string_view name, const TemplateValue& subject) {
  return Error::make(Code::kInvalidArgument,
                     subject.describe() + " has no method '" + std::string(name) + "'");
}

Result<const TemplateText*> text_argument(std::string_view name, const CallArguments& arguments,
                                          std::size_t index) {
  const TemplateValue* given = arguments.get(index);
  if (given != nullptr && given->as_text() != nullptr) return given->as_text();
  return Error::make(Code::kInvalidArgument, std::string(name) + ": expected a string");
}

Result<TemplateValue> mapping_method(std::string_view name, const TemplateValue& subject,
                                     const CallArguments& arguments, TemplateBudget& budget) {
  if (name == "items") return apply_template_filter("items", subject, {}, budget);
  if (name == "get") {
    MW_ASSIGN(const TemplateText* key, text_argument(name, arguments, 0));
    if (const TemplateValue* found = subject.member(key->bytes())) return *found;
    const TemplateValue* fallback = arguments.get(1);
    return fallback != nullptr ? *fallback : TemplateValue::none();
  }
  std::vector<TemplateValue> list;
  for (const auto& [key, value] : *subject.as_mapping()) {
    list.push_back(name == "keys" ? TemplateValue::text(key, true) : value);
  }
  return TemplateValue::list(std::move(list));
}

Result<TemplateValue> strip_method(std::string_view name, const TemplateText& text,
                                   const CallArguments& arguments) {
  const Side side = name == "strip" ? Side::kBoth : name == "lstrip" ? Side::kLeft : Side::kRight;
  const TemplateText* wanted = nullptr;
  if (arguments.get(0) != nullptr && !arguments.get(0)->is_none()) {
    MW_ASSIGN(wanted, text_argument(name, arguments, 0));
  }
  return TemplateValue::text(strip_text(text, side, wanted));
}

Result<TemplateValue> split_method(std::string_view name, const TemplateText& text,
                                   const CallArguments& arguments, TemplateBudget& budget) {
  const TemplateText* separator = nullptr;
  if (arguments.get(0, "sep") != nullptr && !arguments.get(0, "sep")->is_none()) {
    separator = arguments.get(0, "sep")->as_text();
    if (separator == nullptr) return text_argument(name, arguments, 0).error();
  }
  int64_t most = -1;
  if (const TemplateValue* given = arguments.get(1, "maxsplit")) {
    if (given->as_integer() == nullptr) {
      return Error::make(Code::kInvalidArgument, std::string(name) + ": expected an integer");
    }
    most = *given->as_integer();
  }
  MW_ASSIGN(auto pieces, split_text(text, separator, most, name == "rsplit", budget));
  return TemplateValue::list(std::move(pieces));
}

Result<TemplateValue> text_method(std::string_view name, const TemplateValue& subject,
                                  const CallArguments& arguments, TemplateBudget& budget) {
  const TemplateText& text = *subject.as_text();
  const std::string& bytes = text.bytes();
  if (name.ends_with("strip")) return strip_method(name, text, arguments);
  if (name.ends_with("split")) return split_method(name, text, arguments, budget);
  if (name == "startswith" || name == "endswith") {
    MW_ASSIGN(const TemplateText* wanted, text_argument(name, arguments, 0));
    return TemplateValue::boolean(name == "startswith" ? bytes.starts_with(wanted->bytes())
                                                       : bytes.ends_with(wanted->bytes()));
  }
  if (name == "find" || name == "count") {
    MW_ASSIGN(const TemplateText* wanted, text_argument(name, arguments, 0));
    MW_TRY(charge_search(bytes, wanted->bytes(), budget));
    if (wanted->size() == 0) return Error::make(Code::kUnsupported, "an empty text to look for");
    std::size_t at = bytes.find(wanted->bytes());
    if (name == "find") {
      if (at == std::string::npos) return TemplateValue::integer(-1);
      const auto characters = template_characters(bytes.substr(0, at)).size() - 1;
      return TemplateValue::integer(static_cast<int64_t>(characters));
    }
    int64_t count = 0;
    for (; at != std::string::npos; at = bytes.find(wanted->bytes(), at + wanted->size())) ++count;
    return TemplateValue::integer(count);
  }
  if (name == "join") {
    if (arguments.get(0) == nullptr) return Error::make(Code::kInvalidArgument, "join: no list");
    return apply_template_filter("join", *arguments.get(0), {{subject}, {}}, budget);
  }
  // upper, lower, title, capitalize and replace do what the filters of the same names do.
  return apply_template_filter(name, subject, arguments, budget);
}

bool is_mapping_method(std::string_view name) {
  return name == "get" || name == "items" || name == "keys" || name == "values";
}

}  // namespace

bool is_template_method(std::string_view name) {
  return std::find(kMethods.begin(), kMethods.end(), name) != kMethods.end();
}

Result<TemplateValue> call_template_method(std::string_view name, const TemplateValue& subject,
                                           const CallArguments& arguments, TemplateBudget& budget) {
  MW_TRY(budget.spend(subject.own_weight(), 0));
  if (subject.as_mapping() != nullptr && is_mapping_method(name)) {
    return mapping_method(name, subject, arguments, budget);
  }
  if (subject.as_text() != nullptr && !is_mapping_method(name)) {
    return text_method(name, subject, arguments, budget);
  }
  return no_method(name, subject);
}

}  // namespace mw::runtime
