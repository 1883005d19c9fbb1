#include "models/internal/config_keys.h"

#include <cmath>

namespace mw::models {
namespace {

/// A metadata value as JSON; arrays of numbers only (others describe tokenizers).
Json value_of(const formats::GgufFile& file, const std::string& key) {
  if (const auto whole = file.integer(key)) return *whole;
  if (const auto number = file.number(key)) return *number;
  if (const auto text = file.text(key)) return *text;
  if (const auto flag = file.flag(key, false)) return *flag;
  if (const auto list = file.integers(key)) return *list;
  if (const auto list = file.numbers(key)) return *list;
  return Json::array();
}

bool is_nothing(const Json& value) {
  if (value.is_number()) return value.get<double>() == 0;
  if (value.is_boolean()) return !value.get<bool>();
  return value.is_null() || value.empty();
}

std::string plain(double value) {
  const std::string text = Json(value).dump();
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

}  // namespace

ConfigKeys ConfigKeys::of_gguf(const formats::GgufFile& file, std::string_view architecture) {
  const std::string prefix = std::string(architecture) + ".";
  Json values = Json::object();
  for (const formats::GgufEntry& entry : file.entries()) {
    if (!entry.key.starts_with(prefix)) continue;
    values[entry.key.substr(prefix.size())] = value_of(file, entry.key);
  }
  return ConfigKeys(std::move(values), "GGUF key " + prefix);
}

ConfigKeys ConfigKeys::of_json(Json values, std::string_view path) {
  return ConfigKeys(std::move(values), "config.json key " + std::string(path));
}

ConfigKeys ConfigKeys::of_adapter(Json values) {
  return ConfigKeys(std::move(values), "adapter_config.json key ");
}

const Json* ConfigKeys::find(std::string_view key) const {
  asked_.emplace(key);
  const auto found = values_.find(std::string(key));
  return found == values_.end() || found->is_null() ? nullptr : &*found;
}

bool ConfigKeys::has(std::string_view key) const { return find(key) != nullptr; }

Error ConfigKeys::corrupt(std::string_view key, std::string_view problem) const {
  return Error::make(Code::kCorrupt, named(key) + ": " + std::string(problem), {},
                     std::string(key));
}

Error ConfigKeys::unsupported(std::string_view key, std::string_view problem) const {
  return Error::make(Code::kUnsupported, named(key) + ": " + std::string(problem),
                     "本版本不支持此模型的设置 " + named(key), std::string(key));
}

Result<double> ConfigKeys::number(std::string_view key, double least, double most,
                                  std::optional<double> fallback) const {
  const Json* found = find(key);
  if (found == nullptr) {
    if (fallback) return *fallback;
    return Error::make(Code::kCorrupt, named(key) + " is missing", "缺少 " + named(key),
                       std::string(key));
  }
  if (!found->is_number()) {
    return corrupt(key, std::string("expected a number, got ") + found->type_name());
  }
  const auto value = found->get<double>();
  if (!(value >= least && value <= most)) {
    return corrupt(key, "expected " + plain(least) + ".." + plain(most) + ", got " + plain(value));
  }
  return value;
}

Result<int> ConfigKeys::integer(std::string_view key, int least, int most,
                                std::optional<int> fallback) const {
  const auto as_number = fallback ? std::optional<double>(*fallback) : std::nullopt;
  MW_ASSIGN(const double value, number(key, least, most, as_number));
  if (std::floor(value) != value) return corrupt(key, "expected an integer, got " + plain(value));
  return static_cast<int>(value);
}

Result<bool> ConfigKeys::flag(std::string_view key, bool fallback) const {
  const Json* found = find(key);
  if (found == nullptr) return fallback;
  if (!found->is_boolean()) {
    return corrupt(key, std::string("expected true or false, got ") + found->type_name());
  }
  return found->get<bool>();
}

Result<std::string> ConfigKeys::text(std::string_view key, std::string_view fallback) const {
  const Json* found = find(key);
  if (found == nullptr) return std::string(fallback);
  if (!found->is_string()) {
    return corrupt(key, std::string("expected text, got ") + found->type_name());
  }
  return found->get<std::string>();
}

Result<std::vector<std::string>> ConfigKeys::texts(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr || !found->is_array()) return corrupt(key, "expected a list of texts");
  std::vector<std::string> out;
  for (const Json& each : *found) {
    if (!each.is_string()) return corrupt(key, "expected a list of texts");
    out.push_back(each.get<std::string>());
  }
  return out;
}

Result<std::vector<float>> ConfigKeys::numbers(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr || !found->is_array()) return corrupt(key, "expected a list of numbers");
  std::vector<float> out;
  for (const Json& each : *found) {
    if (!each.is_number()) return corrupt(key, "expected a list of numbers");
    out.push_back(each.get<float>());
  }
  return out;
}

Result<ConfigKeys> ConfigKeys::object(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr || !found->is_object()) return corrupt(key, "expected an object");
  return ConfigKeys(*found, named(key) + ".");
}

Result<void> ConfigKeys::refuse(std::initializer_list<std::string_view> keys) const {
  for (const std::string_view key : keys) {
    const Json* found = find(key);
    if (found == nullptr || is_nothing(*found)) continue;
    return unsupported(key, to_text(*found).substr(0, 80) + " is not supported by this version");
  }
  return {};
}

Result<void> ConfigKeys::refuse_unread() const {
  for (const auto& [key, value] : values_.items()) {
    if (asked_.contains(key) || is_nothing(value)) continue;
    return unsupported(key, "not known for this architecture; a model that needs it would " +
                                std::string("answer wrongly without it"));
  }
  return {};
}

}  // namespace mw::models
