#include "core/json.h"

#include <algorithm>
#include <vector>

#include "core/whole_number.h"

namespace mw {
namespace {

// ordered_json looks a member up from the front, also while parsing: a megabyte of ever new names
// would take minutes. With 2048 the worst megabyte takes 0.16 s.
constexpr int kMaxMembers = 2048;

Error wrong_type(std::string_view key, const char* expected, const Json& actual) {
  const std::string name(key);
  return Error::make(Code::kInvalidArgument,
                     "'" + name + "': expected " + expected + ", got " + actual.type_name(),
                     "“" + name + "”：应为 " + expected + "，实际为 " + actual.type_name(), name);
}

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  if (found == object.end() || found->is_null()) return nullptr;
  return &*found;
}

}  // namespace

Result<Json> parse_json(std::string_view text, int max_depth) {
  bool too_deep = false;
  bool too_wide = false;
  // Members so far of each object that is open, by depth.
  std::vector<int> members;
  const auto guard = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth > max_depth) too_deep = true;
    const auto level = static_cast<std::size_t>(depth);
    if (!too_deep && event == Json::parse_event_t::object_start) {
      members.resize(std::max(members.size(), level + 2));
      members[level + 1] = 0;
    }
    if (!too_deep && event == Json::parse_event_t::key) {
      if (++members[level] > kMaxMembers) too_wide = true;
    }
    return !too_deep && !too_wide;
  };
  // The library reports errors by exception only; this is the one place where they stop.
  try {
    Json value = Json::parse(text.begin(), text.end(), guard, true);
    if (too_deep) {
      return Error::make(Code::kInvalidArgument,
                         "JSON is nested deeper than " + std::to_string(max_depth) + " levels",
                         "JSON 嵌套超过 " + std::to_string(max_depth) + " 层");
    }
    if (too_wide) {
      return Error::make(Code::kInvalidArgument,
                         "a JSON object has more than " + std::to_string(kMaxMembers) + " members",
                         "JSON 对象的成员超过 " + std::to_string(kMaxMembers) + " 个");
    }
    return value;
  } catch (const Json::exception& problem) {
    return Error::make(Code::kInvalidArgument, std::string("not valid JSON: ") + problem.what(),
                       std::string("JSON 格式错误：") + problem.what());
  }
}

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> json_string(const Json& object, std::string_view key,
                                std::string_view fallback) {
  const Json* found = member(object, key);
  if (found == nullptr) return std::string(fallback);
  if (!found->is_string()) return wrong_type(key, "a string", *found);
  return found->get<std::string>();
}

Result<double> json_number(const Json& object, std::string_view key, double fallback) {
  const Json* found = member(object, key);
  if (found == nullptr) return fallback;
  if (!found->is_number()) return wrong_type(key, "a number", *found);
  return found->get<double>();
}

Result<int64_t> json_integer(const Json& object, std::string_view key, int64_t fallback) {
  const Json* found = member(object, key);
  if (found == nullptr) return fallback;
  if (found->is_number_unsigned() && found->get<uint64_t>() > uint64_t{INT64_MAX}) {
    return wrong_type(key, "a 64-bit integer", *found);
  }
  if (found->is_number_integer()) return found->get<int64_t>();
  if (found->is_number_float()) {
    const double value = found->get<double>();
    if (const std::optional<int64_t> whole = whole_number(value)) return *whole;
  }
  return wrong_type(key, "an integer", *found);
}

Result<bool> json_bool(const Json& object, std::string_view key, bool fallback) {
  const Json* found = member(object, key);
  if (found == nullptr) return fallback;
  if (!found->is_boolean()) return wrong_type(key, "true or false", *found);
  return found->get<bool>();
}

}  // namespace mw
