#include "server/openai/field_reader.h"

#include <cstdio>

#include "core/whole_number.h"

namespace mw::server::openai {
namespace {

std::string bound(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", value);
  return text;
}

}  // namespace

std::string describe(const Json& value) {
  if (value.is_structured()) return std::string("an ") + value.type_name();
  const std::string text = to_text(value);
  if (text.size() <= 60) return text;
  return std::string("a ") + value.type_name() + " of " + std::to_string(text.size()) + " bytes";
}

const Json* FieldReader::take(std::string_view name) {
  known_.emplace(name);
  const auto found = object_.find(std::string(name));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

Error FieldReader::wrong(std::string_view name, const std::string& expected,
                         const std::string& expected_zh, const Json& actual) const {
  const std::string field = full_name(name);
  return Error::make(Code::kInvalidArgument,
                     "'" + field + "': expected " + expected + ", got " + describe(actual),
                     "“" + field + "”应为" + expected_zh + "，实际为 " + describe(actual), field);
}

Error FieldReader::unsupported(std::string_view name, const std::string& what,
                               const std::string& what_zh) const {
  const std::string field = full_name(name);
  return Error::make(Code::kUnsupported, "'" + field + "': " + what, "“" + field + "”：" + what_zh,
                     field);
}

Result<std::optional<bool>> FieldReader::boolean(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::optional<bool>();
  if (!value->is_boolean()) return wrong(name, "true or false", " true 或 false", *value);
  return std::optional<bool>(value->get<bool>());
}

Result<std::optional<int64_t>> FieldReader::integer(std::string_view name, int64_t low,
                                                    int64_t high) {
  const Json* value = take(name);
  if (value == nullptr) return std::optional<int64_t>();
  const std::string range = std::to_string(low) + " to " + std::to_string(high);
  const auto refuse = [&] {
    return wrong(name, "an integer from " + range,
                 " " + std::to_string(low) + " 到 " + std::to_string(high) + " 的整数", *value);
  };
  int64_t number = 0;
  if (value->is_number_unsigned()) {
    if (value->get<uint64_t>() > uint64_t{INT64_MAX}) return refuse();
    number = static_cast<int64_t>(value->get<uint64_t>());
  } else if (value->is_number_integer()) {
    number = value->get<int64_t>();
  } else if (value->is_number_float()) {
    const double real = value->get<double>();  // 128.0 is what some languages send for 128
    const std::optional<int64_t> whole = whole_number(real);
    if (!whole) return refuse();
    number = *whole;
  } else {
    return refuse();
  }
  if (number < low || number > high) return refuse();
  return std::optional<int64_t>(number);
}

Result<std::optional<double>> FieldReader::number(std::string_view name, double low, double high) {
  const Json* value = take(name);
  if (value == nullptr) return std::optional<double>();
  if (value->is_number()) {
    const double real = value->get<double>();
    if (real >= low && real <= high) return std::optional<double>(real);
  }
  return wrong(name, "a number from " + bound(low) + " to " + bound(high),
               " " + bound(low) + " 到 " + bound(high) + " 的数", *value);
}

Result<std::optional<std::string>> FieldReader::text(std::string_view name, std::size_t max_bytes) {
  const Json* value = take(name);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return wrong(name, "a string", "字符串", *value);
  if (value->get_ref<const std::string&>().size() > max_bytes) {
    return wrong(name, "at most " + std::to_string(max_bytes) + " bytes",
                 "不超过 " + std::to_string(max_bytes) + " 字节的文本", *value);
  }
  return std::optional<std::string>(value->get<std::string>());
}

std::vector<std::string> FieldReader::unknown() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : object_.items()) {
    if (known_.find(name) == known_.end()) out.push_back(full_name(name));
  }
  return out;
}

}  // namespace mw::server::openai
