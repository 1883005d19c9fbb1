#include "apps/millwright/json_table.h"

#include <algorithm>
#include <utility>

namespace mw::app {
namespace {

Error wrong(const std::string& pointer, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, pointer + " " + en, pointer + "：" + zh, pointer);
}

Result<toml::array> array_of(const Json& list, const std::string& pointer);

/// Hands the value, as TOML has it, to `put`.
template <class Put>
Result<void> convert(const Json& value, const std::string& pointer, const Put& put) {
  if (value.is_object()) {
    MW_ASSIGN(toml::table table, table_of(value, pointer));
    put(std::move(table));
  } else if (value.is_array()) {
    MW_ASSIGN(toml::array array, array_of(value, pointer));
    put(std::move(array));
  } else if (value.is_string()) {
    put(value.get<std::string>());
  } else if (value.is_boolean()) {
    put(value.get<bool>());
  } else if (value.is_number_float()) {
    put(value.get<double>());
  } else if (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t{INT64_MAX}) {
    return wrong(pointer, "is larger than 9223372036854775807", "大于 9223372036854775807");
  } else if (value.is_number_integer()) {
    put(value.get<int64_t>());
  } else {
    return wrong(pointer, "must not be null", "不能为 null");
  }
  return {};
}

Result<toml::array> array_of(const Json& list, const std::string& pointer) {
  toml::array out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    MW_TRY(convert(list[i], pointer + "/" + std::to_string(i),
                   [&](auto&& value) { out.push_back(std::forward<decltype(value)>(value)); }));
  }
  return out;
}

}  // namespace

Result<toml::table> table_of(const Json& object, const std::string& pointer) {
  if (!object.is_object()) return wrong(pointer, "must be an object", "应为对象");
  toml::table out;
  for (const auto& [key, value] : object.items()) {
    if (value.is_null()) continue;
    MW_TRY(convert(value, pointer + "/" + pointer_token(key), [&, name = &key](auto&& each) {
      out.insert_or_assign(*name, std::forward<decltype(each)>(each));
    }));
  }
  return out;
}

std::string pointer_token(std::string_view member) {
  std::string out;
  for (const char c : member) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

bool is_secret_name(std::string_view name) {
  constexpr std::string_view kPrefix = "secret-";
  if (name.size() != kPrefix.size() + 16 || !name.starts_with(kPrefix)) return false;
  return std::all_of(name.begin() + kPrefix.size(), name.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace mw::app
