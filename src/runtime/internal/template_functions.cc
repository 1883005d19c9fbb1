// What filters, tests, methods and the interpreter share, and the functions a template may call.

#include "runtime/internal/template_functions.h"

#include <algorithm>
#include <array>

#include "tokenizers/utf8_decode.h"

namespace mw::runtime {
namespace {

constexpr std::array<std::string_view, 4> kFunctions = {"namespace", "raise_exception", "range",
                                                        "strftime_now"};

Result<TemplateValue> make_range(const CallArguments& arguments, TemplateBudget& budget) {
  int64_t numbers[3] = {0, 0, 1};
  const std::size_t count = arguments.positional.size();
  for (std::size_t i = 0; i < count && i < 3; ++i) {
    const int64_t* given = arguments.positional[i].as_integer();
    if (given == nullptr) {
      return Error::make(Code::kInvalidArgument,
                         "range: expected integers, got " + arguments.positional[i].describe());
    }
    numbers[i] = *given;
  }
  if (count == 0 || count > 3) return Error::make(Code::kInvalidArgument, "range: 1 to 3 numbers");
  if (count == 1) std::swap(numbers[0], numbers[1]);
  const auto [begin, end, step] = numbers;
  if (step == 0) return Error::make(Code::kInvalidArgument, "range: a step of 0");
  std::vector<TemplateValue> items;
  for (int64_t value = begin; step > 0 ? value < end : value > end;) {
    MW_TRY(budget.spend(1, 0));
    items.push_back(TemplateValue::integer(value));
    if (__builtin_add_overflow(value, step, &value)) break;
  }
  return TemplateValue::list(std::move(items));
}

}  // namespace

Result<void> TemplateBudget::spend(int64_t spent_steps, int64_t spent_bytes) {
  steps -= spent_steps;
  bytes -= spent_bytes;
  if (steps >= 0 && bytes >= 0) return {};
  return Error::make(Code::kTooLarge, "the template takes too many steps or handles too much text",
                     "模板执行步数或处理的文本过多");
}

const TemplateValue* CallArguments::get(std::size_t index, std::string_view name) const {
  if (index < positional.size()) return &positional[index];
  for (const auto& [given, value] : named) {
    if (!name.empty() && given == name) return &value;
  }
  return nullptr;
}

bool is_template_function(std::string_view name) {
  return std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
}

Result<TemplateValue> call_template_function(std::string_view name, const CallArguments& arguments,
                                             TemplateBudget& budget) {
  if (name == "range") return make_range(arguments, budget);
  if (name == "namespace") {
    TemplateValue made = TemplateValue::new_namespace();
    for (const auto& [key, value] : arguments.named) {
      if (value.as_namespace() != nullptr) {
        return Error::make(Code::kUnsupported, "a namespace inside a namespace");
      }
      made.as_namespace()->entries.emplace_back(key, value);
    }
    return made;
  }
  if (name == "raise_exception") {
    std::string reason;
    if (const TemplateValue* given = arguments.get(0, "message")) {
      MW_ASSIGN(const TemplateText text, to_template_text(*given));
      reason = text.bytes().substr(0, 500);
    }
    return Error::make(Code::kInvalidArgument,
                       "the model does not take this conversation: " + reason,
                       "模型不接受这段对话：" + reason, "messages");
  }
  return Error::make(Code::kUnsupported, "the function '" + std::string(name) +
                                             "' gives no value here: equal requests must give "
                                             "equal prompts");
}

std::vector<std::size_t> template_characters(const std::string& text) {
  std::vector<std::size_t> offsets;
  for (std::size_t at = 0; at < text.size();) {
    offsets.push_back(at);
    at += tokenizers::decode_utf8(text, at).bytes;
  }
  offsets.push_back(text.size());
  return offsets;
}

Result<std::vector<TemplateValue>> template_items(const TemplateValue& value,
                                                  TemplateBudget& budget) {
  if (const auto* list = value.as_list()) {
    MW_TRY(budget.spend(static_cast<int64_t>(list->size()), 0));
    return *list;
  }
  std::vector<TemplateValue> items;
  if (const auto* mapping = value.as_mapping()) {
    MW_TRY(budget.spend(static_cast<int64_t>(mapping->size()), 0));
    for (const auto& entry : *mapping) items.push_back(TemplateValue::text(entry.first, true));
    return items;
  }
  if (const TemplateText* text = value.as_text()) {
    // Some 150 bytes of memory a character: charged as ten steps, so at most 15 MB.
    MW_TRY(budget.spend(static_cast<int64_t>(text->size()) * 10, 0));
    const std::vector<std::size_t> offsets = template_characters(text->bytes());
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
      items.push_back(TemplateValue::text(text->part(offsets[i], offsets[i + 1] - offsets[i])));
    }
    return items;
  }
  if (value.is_undefined()) return items;
  return Error::make(Code::kInvalidArgument, "cannot go through " + value.describe());
}

Result<void> charge_search(const std::string& text, const std::string& wanted,
                           TemplateBudget& budget) {
  // std::string::find takes up to text x wanted comparisons, some sixteen a nanosecond.
  const auto rows = static_cast<int64_t>(text.size() / 16 + 1);
  const auto columns = static_cast<int64_t>(wanted.size() / 16 + 1);
  return budget.spend(rows * columns, 0);
}

Result<bool> template_contains(const TemplateValue& container, const TemplateValue& item,
                               TemplateBudget& budget) {
  MW_TRY(budget.spend(std::min(container.weight(), item.weight()) + 1, 0));
  if (const TemplateText* text = container.as_text()) {
    const TemplateText* wanted = item.as_text();
    if (wanted == nullptr) {
      return Error::make(Code::kInvalidArgument,
                         "'in' a string: expected a string, got " + item.describe());
    }
    MW_TRY(charge_search(text->bytes(), wanted->bytes(), budget));
    return text->bytes().find(wanted->bytes()) != std::string::npos;
  }
  if (const auto* list = container.as_list()) {
    for (const TemplateValue& each : *list) {
      MW_TRY(budget.spend(std::min(each.weight(), item.weight()), 0));
      if (each == item) return true;
    }
    return false;
  }
  if (container.as_mapping() != nullptr || container.as_namespace() != nullptr) {
    const TemplateText* key = item.as_text();
    return key != nullptr && container.member(key->bytes()) != nullptr;
  }
  if (container.is_undefined()) return false;
  return Error::make(Code::kInvalidArgument, "'in': cannot look into " + container.describe());
}

std::optional<int> template_order(const TemplateValue& a, const TemplateValue& b) {
  const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  if (a.as_text() != nullptr && b.as_text() != nullptr) {
    const int order = a.as_text()->bytes().compare(b.as_text()->bytes());
    return sign(order, 0);
  }
  if (a.as_integer() != nullptr && b.as_integer() != nullptr) {
    return sign(*a.as_integer(), *b.as_integer());
  }
  const auto number = [](const TemplateValue& value) -> std::optional<double> {
    if (const int64_t* integer = value.as_integer()) return static_cast<double>(*integer);
    if (const double* real = value.as_number()) return *real;
    return std::nullopt;
  };
  const auto x = number(a);
  const auto y = number(b);
  if (!x || !y) return std::nullopt;
  return sign(*x, *y);
}

Result<TemplateValue> template_subscript(const TemplateValue& subject, const TemplateValue& index) {
  if (subject.is_undefined()) {
    return Error::make(Code::kInvalidArgument, subject.describe() + " has no members");
  }
  if (const TemplateText* key = index.as_text()) {
    const TemplateValue* found = subject.member(key->bytes());
    return found != nullptr ? *found : TemplateValue::undefined(key->bytes().substr(0, 80));
  }
  const int64_t* number = index.as_integer();
  if (number == nullptr) return TemplateValue::undefined("index");
  const auto within = [&](std::size_t size) -> std::optional<std::size_t> {
    const auto count = static_cast<int64_t>(size);
    const int64_t at = *number < 0 ? *number + count : *number;
    if (at < 0 || at >= count) return std::nullopt;
    return static_cast<std::size_t>(at);
  };
  if (const auto* list = subject.as_list()) {
    if (const auto at = within(list->size())) return (*list)[*at];
  } else if (const TemplateText* text = subject.as_text()) {
    const std::vector<std::size_t> offsets = template_characters(text->bytes());
    if (const auto at = within(offsets.size() - 1)) {
      return TemplateValue::text(text->part(offsets[*at], offsets[*at + 1] - offsets[*at]));
    }
  }
  return TemplateValue::undefined("index " + std::to_string(*number));
}

}  // namespace mw::runtime
