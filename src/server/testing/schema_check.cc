#include "server/testing/schema_check.h"

#include <algorithm>

#include "server/api/description.h"

namespace mw::server::testing {
namespace {

bool has_type(const std::string& type, const Json& value) {
  if (type == "null") return value.is_null();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return false;
}

std::string check(const Json& all, const Json& schema, const Json& value, const std::string& at);

std::string check_object(const Json& all, const Json& schema, const Json& value,
                         const std::string& at) {
  if (schema.contains("required")) {
    for (const Json& name : schema["required"]) {
      if (!value.contains(name.get<std::string>())) {
        return at + " lacks " + name.get<std::string>();
      }
    }
  }
  if (!schema.contains("properties")) return {};
  for (const auto& [name, member] : value.items()) {
    if (!schema["properties"].contains(name)) return at + " has undocumented " + name;
    const std::string problem = check(all, schema["properties"][name], member, at + "." + name);
    if (!problem.empty()) return problem;
  }
  return {};
}

std::string check(const Json& all, const Json& schema, const Json& value, const std::string& at) {
  if (schema.contains("$ref")) {
    const std::string ref = schema["$ref"].get<std::string>();
    const std::string name = ref.substr(ref.rfind('/') + 1);
    if (!all.contains(name)) return at + ": no schema " + name;
    return check(all, all[name], value, at);
  }
  if (schema.contains("anyOf")) {
    std::string problems;
    for (const Json& each : schema["anyOf"]) {
      const std::string problem = check(all, each, value, at);
      if (problem.empty()) return {};
      problems += " / " + problem;
    }
    return at + " fits none:" + problems;
  }
  if (schema.contains("const") && value != schema["const"]) return at + " is " + value.dump();
  if (schema.contains("enum")) {
    const auto& allowed = schema["enum"];
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      return at + " is " + value.dump();
    }
  }
  if (schema.contains("type")) {
    const Json& type = schema["type"];
    bool fits = false;
    if (type.is_string()) fits = has_type(type.get<std::string>(), value);
    for (const Json& each : type.is_array() ? type : Json::array()) {
      fits = fits || has_type(each.get<std::string>(), value);
    }
    if (!fits) return at + " is a " + value.type_name() + ", expected " + type.dump();
  }
  if (value.is_object()) return check_object(all, schema, value, at);
  if (value.is_array()) {
    if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>()) {
      return at + " has too few items";
    }
    if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>()) {
      return at + " has too many items";
    }
    if (!schema.contains("items")) return {};
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string problem =
          check(all, schema["items"], value[i], at + "[" + std::to_string(i) + "]");
      if (!problem.empty()) return problem;
    }
  }
  return {};
}

}  // namespace

std::string schema_problem(const std::string& name, const Json& value) {
  const Json all = api_schemas();
  return check(all, {{"$ref", "#/components/schemas/" + name}}, value, name);
}

}  // namespace mw::server::testing
