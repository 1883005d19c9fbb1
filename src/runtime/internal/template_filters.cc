#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/internal/template_functions.h"
#include "runtime/internal/template_strings.h"

namespace mw::runtime {
namespace {

struct Call {
  std::string_view name;
  const TemplateValue& subject;
  const CallArguments& arguments;
  TemplateBudget& budget;
};
using Filter = Result<TemplateValue> (*)(const Call& call);

Error wrong_subject(const Call& call) {
  return Error::make(Code::kInvalidArgument,
                     std::string(call.name) + ": cannot be used on " + call.subject.describe());
}

Result<TemplateValue> filter_trim(const Call& call) {
  MW_ASSIGN(const TemplateText text, to_template_text(call.subject));
  const TemplateValue* wanted = call.arguments.get(0, "chars");
  return TemplateValue::text(
      strip_text(text, Side::kBoth, wanted == nullptr ? nullptr : wanted->as_text()));
}

Result<TemplateValue> filter_length(const Call& call) {
  std::size_t length = 0;
  if (const TemplateText* text = call.subject.as_text()) {
    length = template_characters(text->bytes()).size() - 1;
  } else if (const auto* list = call.subject.as_list()) {
    length = list->size();
  } else if (const auto* mapping = call.subject.as_mapping()) {
    length = mapping->size();
  } else if (!call.subject.is_undefined()) {
    return wrong_subject(call);
  }
  return TemplateValue::integer(static_cast<int64_t>(length));
}

Result<TemplateValue> filter_tojson(const Call& call) {
  int indent = -1;
  if (const TemplateValue* given = call.arguments.get(SIZE_MAX, "indent")) {
    const int64_t* number = given->as_integer();
    if (number != nullptr) indent = static_cast<int>(std::clamp<int64_t>(*number, 0, 16));
  }
  MW_TRY(call.budget.spend(0, (32 + 32 * std::max(indent, 0)) * call.subject.weight()));
  MW_ASSIGN(TemplateText text, to_template_json(call.subject, indent));
  return TemplateValue::text(std::move(text));
}

Result<TemplateValue> filter_case(const Call& call) {
  MW_ASSIGN(TemplateText text, to_template_text(call.subject));
  if (call.name == "upper") return TemplateValue::text(upper_text(std::move(text)));
  if (call.name == "lower") return TemplateValue::text(lower_text(std::move(text)));
  return TemplateValue::text(capitalised_text(std::move(text), call.name == "title"));
}

Result<TemplateValue> filter_default(const Call& call) {
  const TemplateValue* also_falsy = call.arguments.get(1, "boolean");
  const bool replaces = call.subject.is_undefined() ||
                        (also_falsy != nullptr && also_falsy->truthy() && !call.subject.truthy());
  if (!replaces) return call.subject;
  const TemplateValue* given = call.arguments.get(0, "default_value");
  return given == nullptr ? TemplateValue::text({}, false) : *given;
}

Result<TemplateValue> filter_join(const Call& call) {
  MW_ASSIGN(const auto items, template_items(call.subject, call.budget));
  TemplateText separator;
  if (const TemplateValue* given = call.arguments.get(0, "d")) {
    MW_ASSIGN(separator, to_template_text(*given));
  }
  const TemplateValue* attribute = call.arguments.get(1, "attribute");
  TemplateText joined;
  for (std::size_t i = 0; i < items.size(); ++i) {
    TemplateValue item = items[i];
    if (attribute != nullptr) {
      MW_ASSIGN(item, template_subscript(item, *attribute));
    }
    MW_ASSIGN(const TemplateText text, to_template_text(item));
    MW_TRY(call.budget.spend(1, static_cast<int64_t>(text.size() + separator.size())));
    if (i > 0) joined.append(separator);
    joined.append(text);
  }
  return TemplateValue::text(std::move(joined));
}

Result<TemplateValue> filter_end(const Call& call) {
  MW_ASSIGN(const auto items, template_items(call.subject, call.budget));
  if (items.empty()) return TemplateValue::undefined(std::string(call.name));
  return call.name == "first" ? items.front() : items.back();
}

Result<TemplateValue> filter_items(const Call& call) {
  std::vector<TemplateValue> pairs;
  const auto* mapping = call.subject.as_mapping();
  if (mapping == nullptr && !call.subject.is_undefined()) return wrong_subject(call);
  if (mapping != nullptr) {
    for (const auto& [key, value] : *mapping) {
      MW_ASSIGN(TemplateValue pair, TemplateValue::list({TemplateValue::text(key, true), value}));
      pairs.push_back(std::move(pair));
    }
  }
  if (call.name == "dictsort") {  // by key, without regard to case
    MW_TRY(call.budget.spend(20 * static_cast<int64_t>(pairs.size()), 0));
    const auto key = [](const TemplateValue& pair) {
      return lower_text(*pair.as_list()->front().as_text()).bytes();
    };
    std::stable_sort(pairs.begin(), pairs.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
  }
  return TemplateValue::list(std::move(pairs));
}

Result<TemplateValue> filter_list(const Call& call) {
  MW_ASSIGN(auto items, template_items(call.subject, call.budget));
  if (call.name == "reverse") std::reverse(items.begin(), items.end());
  return TemplateValue::list(std::move(items));
}

Result<TemplateValue> filter_string(const Call& call) {
  MW_ASSIGN(TemplateText text, to_template_text(call.subject));
  return TemplateValue::text(std::move(text));
}

Result<TemplateValue> filter_int(const Call& call) {
  if (call.subject.as_integer() != nullptr) return call.subject;
  if (const bool* boolean = call.subject.as_boolean()) {
    return TemplateValue::integer(*boolean ? 1 : 0);
  }
  if (const double* number = call.subject.as_number()) {
    if (*number > -9e18 && *number < 9e18) {
      return TemplateValue::integer(static_cast<int64_t>(*number));
    }
  }
  if (const TemplateText* text = call.subject.as_text()) {
    const std::string trimmed = strip_text(*text, Side::kBoth, nullptr).bytes();
    int64_t value = 0;
    const char* end = trimmed.data() + trimmed.size();
    const auto parsed = std::from_chars(trimmed.data(), end, value);
    if (parsed.ec == std::errc() && parsed.ptr == end) return TemplateValue::integer(value);
  }
  const TemplateValue* fallback = call.arguments.get(0, "default");
  return fallback != nullptr ? *fallback : TemplateValue::integer(0);
}

Result<TemplateValue> filter_abs(const Call& call) {
  if (const int64_t* integer = call.subject.as_integer()) {
    return TemplateValue::integer(*integer == INT64_MIN ? INT64_MAX : std::abs(*integer));
  }
  if (const double* number = call.subject.as_number()) {
    return TemplateValue::number(*number < 0 ? -*number : *number);
  }
  return wrong_subject(call);
}

Result<TemplateValue> filter_replace(const Call& call) {
  MW_ASSIGN(const TemplateText text, to_template_text(call.subject));
  const TemplateValue* old = call.arguments.get(0, "old");
  const TemplateValue* replacement = call.arguments.get(1, "new");
  if (old == nullptr || replacement == nullptr || old->as_text() == nullptr ||
      replacement->as_text() == nullptr || call.arguments.positional.size() > 2) {
    return Error::make(Code::kUnsupported, "replace: expected two strings");
  }
  MW_ASSIGN(TemplateText replaced,
            replace_text(text, *old->as_text(), *replacement->as_text(), call.budget));
  return TemplateValue::text(std::move(replaced));
}

Result<TemplateValue> filter_same(const Call& call) { return call.subject; }

/// select, reject, selectattr, rejectattr: the items that pass a test named by an argument.
Result<TemplateValue> filter_select(const Call& call) {
  const bool by_attribute = call.name.ends_with("attr");
  const bool keeps = call.name.starts_with("select");
  const std::size_t test_at = by_attribute ? 1 : 0;
  const TemplateValue* attribute = by_attribute ? call.arguments.get(0) : nullptr;
  if (by_attribute && attribute == nullptr) {
    return Error::make(Code::kInvalidArgument, std::string(call.name) + ": expected an attribute");
  }
  std::string test;
  CallArguments rest;
  if (call.arguments.positional.size() > test_at) {
    const TemplateText* name = call.arguments.positional[test_at].as_text();
    if (name == nullptr || !is_template_test(name->bytes())) {
      return Error::make(Code::kUnsupported, std::string(call.name) + ": a test that is not known");
    }
    test = name->bytes();
    const auto begin = call.arguments.positional.begin() + static_cast<std::ptrdiff_t>(test_at);
    rest.positional.assign(begin + 1, call.arguments.positional.end());
  }
  if (!call.subject.truthy()) return TemplateValue::list({});  // as Jinja: "none" too
  MW_ASSIGN(const auto items, template_items(call.subject, call.budget));
  std::vector<TemplateValue> kept;
  for (const TemplateValue& item : items) {
    TemplateValue tested = item;
    if (attribute != nullptr) {
      MW_ASSIGN(tested, template_subscript(item, *attribute));
    }
    bool passes = tested.truthy();
    if (!test.empty()) {
      MW_ASSIGN(passes, apply_template_test(test, tested, rest, call.budget));
    }
    if (passes == keeps) kept.push_back(item);
  }
  return TemplateValue::list(std::move(kept));
}

Result<TemplateValue> filter_map(const Call& call) {
  if (!call.subject.truthy()) return TemplateValue::list({});
  MW_ASSIGN(auto items, template_items(call.subject, call.budget));
  const TemplateValue* attribute = call.arguments.get(SIZE_MAX, "attribute");
  const TemplateValue* filter = call.arguments.get(0);
  if (attribute == nullptr && (filter == nullptr || filter->as_text() == nullptr ||
                               !is_template_filter(filter->as_text()->bytes()))) {
    return Error::make(Code::kUnsupported, "map: expected attribute= or the name of a filter");
  }
  CallArguments rest;
  if (attribute == nullptr) {
    rest.positional.assign(call.arguments.positional.begin() + 1, call.arguments.positional.end());
  }
  for (TemplateValue& item : items) {
    if (attribute != nullptr) {
      MW_ASSIGN(item, template_subscript(item, *attribute));
    } else {
      MW_ASSIGN(item, apply_template_filter(filter->as_text()->bytes(), item, rest, call.budget));
    }
  }
  return TemplateValue::list(std::move(items));
}

struct NamedFilter {
  std::string_view name;
  Filter filter;
};
constexpr std::array kFilters = {
    NamedFilter{"abs", filter_abs},           NamedFilter{"capitalize", filter_case},
    NamedFilter{"count", filter_length},      NamedFilter{"d", filter_default},
    NamedFilter{"default", filter_default},   NamedFilter{"dictsort", filter_items},
    NamedFilter{"first", filter_end},         NamedFilter{"int", filter_int},
    NamedFilter{"items", filter_items},       NamedFilter{"join", filter_join},
    NamedFilter{"last", filter_end},          NamedFilter{"length", filter_length},
    NamedFilter{"list", filter_list},         NamedFilter{"lower", filter_case},
    NamedFilter{"map", filter_map},           NamedFilter{"reject", filter_select},
    NamedFilter{"rejectattr", filter_select}, NamedFilter{"replace", filter_replace},
    NamedFilter{"reverse", filter_list},      NamedFilter{"safe", filter_same},
    NamedFilter{"select", filter_select},     NamedFilter{"selectattr", filter_select},
    NamedFilter{"string", filter_string},     NamedFilter{"title", filter_case},
    NamedFilter{"tojson", filter_tojson},     NamedFilter{"trim", filter_trim},
    NamedFilter{"upper", filter_case},
};

const NamedFilter* find_filter(std::string_view name) {
  const auto* found = std::find_if(kFilters.begin(), kFilters.end(),
                                   [&](const NamedFilter& each) { return each.name == name; });
  return found == kFilters.end() ? nullptr : found;
}

}  // namespace

bool is_template_filter(std::string_view name) { return find_filter(name) != nullptr; }

Result<TemplateValue> apply_template_filter(std::string_view name, const TemplateValue& subject,
                                            const CallArguments& arguments,
                                            TemplateBudget& budget) {
  const NamedFilter* filter = find_filter(name);
  MW_CHECK(filter != nullptr);  // the parser has looked it up
  MW_TRY(budget.spend(name == "tojson" ? subject.weight() : subject.own_weight(), 0));
  return filter->filter({name, subject, arguments, budget});
}

}  // namespace mw::runtime
