#include "runtime/internal/template_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace mw::runtime {
namespace {

constexpr int kMaxDepth = 32;
constexpr int64_t kMaxWeight = 1'000'000;

using Entries = std::vector<std::pair<std::string, TemplateValue>>;

Error too_deep() {
  return Error::make(Code::kTooLarge,
                     "lists and mappings may nest " + std::to_string(kMaxDepth) + " levels");
}

const TemplateValue* find(const Entries& entries, std::string_view key) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == entries.end() ? nullptr : &found->second;
}

/// Python's repr of a float: the shortest digits that read back, with ".0" where none follow, and
/// an exponent from 1e16 up and below 1e-4.
std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[40];
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, form).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void write_json_text(const TemplateText& text, TemplateText& out) {
  out.append("\"", false);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text.bytes()[i];
    const bool foreign = text.foreign_at(i);
    switch (c) {
      case '"':
        out.append("\\\"", foreign);
        break;
      case '\\':
        out.append("\\\\", foreign);
        break;
      case '\n':
        out.append("\\n", foreign);
        break;
      case '\r':
        out.append("\\r", foreign);
        break;
      case '\t':
        out.append("\\t", foreign);
        break;
      case '\b':
        out.append("\\b", foreign);
        break;
      case '\f':
        out.append("\\f", foreign);
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
          out.append(escaped, foreign);
        } else {
          out.append(std::string_view(&c, 1), foreign);
        }
    }
  }
  out.append("\"", false);
}

void new_json_line(TemplateText& out, int indent, int level) {
  if (indent < 0) return;
  out.append("\n" + std::string(static_cast<std::size_t>(indent * level), ' '), false);
}

Result<void> write_json(const TemplateValue& value, int indent, int level, TemplateText& out) {
  if (const TemplateText* text = value.as_text()) {
    write_json_text(*text, out);
    return {};
  }
  const std::string_view between = indent < 0 ? ", " : ",";
  if (const auto* list = value.as_list()) {
    out.append("[", false);
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) out.append(between, false);
      new_json_line(out, indent, level + 1);
      MW_TRY(write_json((*list)[i], indent, level + 1, out));
    }
    if (!list->empty()) new_json_line(out, indent, level);
    out.append("]", false);
    return {};
  }
  if (const auto* mapping = value.as_mapping()) {
    out.append("{", false);
    for (std::size_t i = 0; i < mapping->size(); ++i) {
      if (i > 0) out.append(between, false);
      new_json_line(out, indent, level + 1);
      write_json_text(TemplateText((*mapping)[i].first, true), out);
      out.append(": ", false);
      MW_TRY(write_json((*mapping)[i].second, indent, level + 1, out));
    }
    if (!mapping->empty()) new_json_line(out, indent, level);
    out.append("}", false);
    return {};
  }
  if (value.is_none()) {
    out.append("null", false);
  } else if (const bool* boolean = value.as_boolean()) {
    out.append(*boolean ? "true" : "false", false);
  } else if (value.as_integer() != nullptr || value.as_number() != nullptr) {
    out.append(*to_template_text(value));
  } else {
    return Error::make(Code::kInvalidArgument, "tojson: " + value.describe() + " has no JSON form");
  }
  return {};
}

}  // namespace

TemplateValue TemplateValue::undefined(std::string name) {
  return TemplateValue(Undefined{std::move(name)});
}

TemplateValue TemplateValue::text(TemplateText value) {
  return TemplateValue(std::make_shared<const TemplateText>(std::move(value)));
}

TemplateValue TemplateValue::text(std::string value, bool foreign) {
  return text(TemplateText(std::move(value), foreign));
}

Result<TemplateValue> TemplateValue::list(std::vector<TemplateValue> items) {
  List list;
  for (const TemplateValue& item : items) {
    if (item.as_namespace() != nullptr) {
      return Error::make(Code::kUnsupported, "a namespace inside a list or mapping");
    }
    list.depth = std::max(list.depth, item.depth() + 1);
    list.weight += item.weight();
  }
  if (list.depth > kMaxDepth) return too_deep();
  if (list.weight > kMaxWeight) return Error::make(Code::kTooLarge, "a list is too large");
  list.items = std::move(items);
  return TemplateValue(std::make_shared<const List>(std::move(list)));
}

Result<TemplateValue> TemplateValue::mapping(Entries entries) {
  Mapping mapping;
  for (const auto& [key, value] : entries) {
    if (value.as_namespace() != nullptr) {
      return Error::make(Code::kUnsupported, "a namespace inside a list or mapping");
    }
    mapping.depth = std::max(mapping.depth, value.depth() + 1);
    mapping.weight += value.weight() + 1 + static_cast<int64_t>(key.size() / 16);
  }
  if (mapping.depth > kMaxDepth) return too_deep();
  if (mapping.weight > kMaxWeight) return Error::make(Code::kTooLarge, "a mapping is too large");
  mapping.entries = std::move(entries);
  return TemplateValue(std::make_shared<const Mapping>(std::move(mapping)));
}

TemplateValue TemplateValue::new_namespace() {
  return TemplateValue(std::make_shared<Namespace>());
}

Result<TemplateValue> TemplateValue::from_json(const Json& json) {
  if (json.is_boolean()) return boolean(json.get<bool>());
  if (json.is_number_unsigned() && json.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
    return number(json.get<double>());
  }
  if (json.is_number_integer()) return integer(json.get<int64_t>());
  if (json.is_number()) return number(json.get<double>());
  if (json.is_string()) return text(json.get<std::string>(), true);
  if (json.is_array()) {
    std::vector<TemplateValue> items;
    for (const Json& item : json) {
      MW_ASSIGN(TemplateValue value, from_json(item));
      items.push_back(std::move(value));
    }
    return list(std::move(items));
  }
  if (json.is_object()) {
    Entries entries;
    for (const auto& [key, item] : json.items()) {
      MW_ASSIGN(TemplateValue value, from_json(item));
      entries.emplace_back(key, std::move(value));
    }
    return mapping(std::move(entries));
  }
  return none();
}

const TemplateText* TemplateValue::as_text() const {
  const auto* held = std::get_if<std::shared_ptr<const TemplateText>>(&state_);
  return held == nullptr ? nullptr : held->get();
}

const std::vector<TemplateValue>* TemplateValue::as_list() const {
  const auto* held = std::get_if<std::shared_ptr<const List>>(&state_);
  return held == nullptr ? nullptr : &(*held)->items;
}

const Entries* TemplateValue::as_mapping() const {
  const auto* held = std::get_if<std::shared_ptr<const Mapping>>(&state_);
  return held == nullptr ? nullptr : &(*held)->entries;
}

TemplateValue::Namespace* TemplateValue::as_namespace() const {
  const auto* held = std::get_if<std::shared_ptr<Namespace>>(&state_);
  return held == nullptr ? nullptr : held->get();
}

const TemplateValue* TemplateValue::member(std::string_view key) const {
  if (const Entries* entries = as_mapping()) return find(*entries, key);
  if (const Namespace* held = as_namespace()) return find(held->entries, key);
  return nullptr;
}

bool TemplateValue::truthy() const {
  if (is_undefined() || is_none()) return false;
  if (const bool* value = as_boolean()) return *value;
  if (const int64_t* value = as_integer()) return *value != 0;
  if (const double* value = as_number()) return *value != 0;
  if (const TemplateText* value = as_text()) return value->size() > 0;
  if (const auto* value = as_list()) return !value->empty();
  if (const auto* value = as_mapping()) return !value->empty();
  return true;
}

std::string TemplateValue::describe() const {
  if (const auto* held = std::get_if<Undefined>(&state_)) {
    return held->name.empty() ? "an undefined value" : "undefined value '" + held->name + "'";
  }
  if (is_none()) return "none";
  if (as_boolean() != nullptr) return "a boolean";
  if (as_integer() != nullptr) return "an integer";
  if (as_number() != nullptr) return "a number";
  if (as_text() != nullptr) return "a string";
  if (as_list() != nullptr) return "a list";
  if (as_mapping() != nullptr) return "a mapping";
  return "a namespace";
}

int64_t TemplateValue::weight() const {
  if (const TemplateText* text = as_text()) return 1 + static_cast<int64_t>(text->size() / 16);
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&state_)) return (*list)->weight;
  const auto* mapping = std::get_if<std::shared_ptr<const Mapping>>(&state_);
  return mapping == nullptr ? 1 : (*mapping)->weight;
}

int64_t TemplateValue::own_weight() const {
  if (const auto* list = as_list()) return 1 + static_cast<int64_t>(list->size() / 16);
  if (const auto* mapping = as_mapping()) return 1 + static_cast<int64_t>(mapping->size() / 16);
  return weight();
}

int TemplateValue::depth() const {
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&state_)) return (*list)->depth;
  const auto* mapping = std::get_if<std::shared_ptr<const Mapping>>(&state_);
  return mapping == nullptr ? 0 : (*mapping)->depth;
}

bool operator==(const TemplateValue& a, const TemplateValue& b) {
  // Booleans, integers and floats compare by value, as in Python.
  const auto numeric = [](const TemplateValue& value) -> std::pair<bool, double> {
    if (const bool* boolean = value.as_boolean()) return {true, *boolean ? 1.0 : 0.0};
    if (const int64_t* integer = value.as_integer()) return {true, static_cast<double>(*integer)};
    if (const double* number = value.as_number()) return {true, *number};
    return {false, 0.0};
  };
  if (a.as_integer() != nullptr && b.as_integer() != nullptr) {
    return *a.as_integer() == *b.as_integer();
  }
  const auto [a_is_number, a_number] = numeric(a);
  const auto [b_is_number, b_number] = numeric(b);
  if (a_is_number || b_is_number) return a_is_number && b_is_number && a_number == b_number;
  if (a.state_.index() != b.state_.index()) return false;
  if (const TemplateText* text = a.as_text()) return text->bytes() == b.as_text()->bytes();
  if (const auto* list = a.as_list()) return *list == *b.as_list();
  if (const auto* mapping = a.as_mapping()) {
    const auto& other = *b.as_mapping();
    return mapping->size() == other.size() &&
           std::all_of(mapping->begin(), mapping->end(), [&](const auto& entry) {
             const TemplateValue* found = find(other, entry.first);
             return found != nullptr && entry.second == *found;
           });
  }
  if (a.as_namespace() != nullptr) return a.as_namespace() == b.as_namespace();
  return true;  // both undefined, or both none
}

Result<TemplateText> to_template_text(const TemplateValue& value) {
  if (const TemplateText* text = value.as_text()) return *text;
  if (value.is_undefined()) return TemplateText();
  if (value.is_none()) return TemplateText("None", false);
  if (const bool* boolean = value.as_boolean()) {
    return TemplateText(*boolean ? "True" : "False", false);
  }
  if (const int64_t* integer = value.as_integer()) {
    return TemplateText(std::to_string(*integer), false);
  }
  if (const double* number = value.as_number()) return TemplateText(number_text(*number), false);
  return Error::make(Code::kUnsupported,
                     "printing " + value.describe() + " (use tojson or join in the template)");
}

Result<TemplateText> to_template_json(const TemplateValue& value, int indent) {
  TemplateText out;
  MW_TRY(write_json(value, indent, 0, out));
  return out;
}

}  // namespace mw::runtime
