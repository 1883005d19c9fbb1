#include "plant/internal/description_fields.h"

#include <algorithm>
#include <cmath>

namespace mw::plant {
namespace {

constexpr std::size_t kMostTextBytes = 200;
constexpr std::size_t kMostTexts = 100;

std::string path(const std::string& where, std::string_view key) {
  return where.empty() ? std::string(key) : where + "." + std::string(key);
}

Result<std::string> checked_text(const Json& value, const std::string& where) {
  if (!value.is_string()) return wrong(where, "expected a text");
  std::string text = value.get<std::string>();
  if (text.size() > kMostTextBytes) return wrong(where, "longer than 200 bytes");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return wrong(where, "holds a control character");
  }
  return text;
}

}  // namespace

Error wrong(const std::string& where, const std::string& what) {
  return Error::make(Code::kInvalidArgument, "plant description: " + where + ": " + what,
                     "工厂描述文件：" + where + "：" + what, where);
}

const Json* find_member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool is_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

Result<std::string> read_id(const Json& object, const std::string& where) {
  MW_ASSIGN(std::string id, read_text(object, "id", where));
  if (!is_id(id)) return wrong(path(where, "id"), "expected [a-z0-9_-]{1,64}, got '" + id + "'");
  return id;
}

Result<Text> read_name(const Json& object, const std::string& where, const std::string& id) {
  return read_name_member(object, "name", where, id);
}

Result<Text> read_name_member(const Json& object, const char* key, const std::string& where,
                              const std::string& id) {
  const Json* name = find_member(object, key);
  if (name == nullptr) return Text{id, {}};
  const std::string at = path(where, key);
  if (!name->is_object()) return wrong(at, "expected {\"en\": ..., \"zh\": ...}");
  Text text;
  MW_ASSIGN(text.en, read_text(*name, "en", at));
  MW_ASSIGN(text.zh, read_text(*name, "zh", at));
  if (text.en.empty()) return wrong(path(at, "en"), "must not be empty");
  return text;
}

Result<std::string> read_text(const Json& object, const char* key, const std::string& where) {
  const Json* value = find_member(object, key);
  if (value == nullptr) return std::string();
  return checked_text(*value, path(where, key));
}

Result<std::vector<std::string>> read_texts(const Json& object, const char* key,
                                            const std::string& where) {
  std::vector<std::string> texts;
  const Json* list = find_member(object, key);
  if (list == nullptr) return texts;
  const std::string at = path(where, key);
  if (!list->is_array()) return wrong(at, "expected a list of texts");
  if (list->size() > kMostTexts) return wrong(at, "more than 100 texts");
  for (std::size_t i = 0; i < list->size(); ++i) {
    MW_ASSIGN(std::string text, checked_text((*list)[i], at + "[" + std::to_string(i) + "]"));
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

Result<double> read_number(const Json& object, const char* key, const std::string& where,
                           double fallback, double low, double high) {
  const Json* value = find_member(object, key);
  if (value == nullptr) return fallback;
  if (!value->is_number()) return wrong(path(where, key), "expected a number");
  const double number = value->get<double>();
  if (!(number >= low && number <= high)) {
    return wrong(path(where, key), "expected " + Json(low).dump() + " to " + Json(high).dump() +
                                       ", got " + value->dump());
  }
  return number;
}

Result<bool> read_flag(const Json& object, const char* key, const std::string& where) {
  const Json* value = find_member(object, key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) return wrong(path(where, key), "expected true or false");
  return value->get<bool>();
}

Result<int> read_minute(const Json& object, const char* key, const std::string& where) {
  MW_ASSIGN(const std::string text, read_text(object, key, where));
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4)) {
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (hour < 24 && minute < 60) return hour * 60 + minute;
  }
  return wrong(path(where, key), "expected a time of day such as \"06:30\", got '" + text + "'");
}

Result<void> for_each(const Json& object, const char* key, const std::string& where,
                      const std::function<Result<void>(const Json&, const std::string&)>& take) {
  const Json* list = find_member(object, key);
  if (list == nullptr) return {};
  const std::string at = path(where, key);
  if (!list->is_array()) return wrong(at, "expected a list");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string item = at + "[" + std::to_string(i) + "]";
    if (!(*list)[i].is_object()) return wrong(item, "expected an object");
    MW_TRY(take((*list)[i], item));
  }
  return {};
}

Result<void> only_members(const Json& json, const std::string& where,
                          std::initializer_list<const char*> known) {
  for (const auto& [key, value] : json.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string list;
    for (const char* each : known) list += (list.empty() ? "" : ", ") + std::string(each);
    return wrong(where + "." + key, "is not known here: expected " + list);
  }
  return {};
}

Result<std::optional<double>> read_maybe(const Json& json, const char* key,
                                         const std::string& where, double low, double high) {
  if (find_member(json, key) == nullptr) return std::optional<double>();
  MW_ASSIGN(const double value, read_number(json, key, where, 0, low, high));
  return std::optional<double>(value);
}

Result<double> read_needed(const Json& json, const char* key, const std::string& where, double low,
                           double high) {
  if (find_member(json, key) == nullptr) return wrong(where + "." + key, "is missing");
  return read_number(json, key, where, 0, low, high);
}

}  // namespace mw::plant
