#include "maintenance/data/json_lists.h"

#include <cmath>

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostTextBytes = 200;

Result<const Json*> list_at(const Json& object, const char* key, std::size_t most) {
  if (!object.is_object()) return damaged_model("no object");
  const auto at = object.find(key);
  if (at == object.end() || !at->is_array() || at->size() > most) {
    return damaged_model(std::string("no list '") + key + "'");
  }
  return &*at;
}

Result<std::vector<double>> numbers_of(const Json& list, const char* key) {
  std::vector<double> out;
  for (const Json& each : list) {
    if (!each.is_number() || !std::isfinite(each.get<double>())) {
      return damaged_model(std::string("'") + key + "' holds no number");
    }
    out.push_back(each.get<double>());
  }
  return out;
}

}  // namespace

Error damaged_model(const std::string& what) {
  return Error::make(Code::kCorrupt, "the model is damaged: " + what + "; train it again",
                     "模型已损坏：" + what + "；请重新训练");
}

Result<std::vector<double>> json_numbers(const Json& object, const char* key, std::size_t most) {
  MW_ASSIGN(const Json* list, list_at(object, key, most));
  return numbers_of(*list, key);
}

Result<std::vector<std::string>> json_strings(const Json& object, const char* key,
                                              std::size_t most) {
  MW_ASSIGN(const Json* list, list_at(object, key, most));
  std::vector<std::string> out;
  for (const Json& each : *list) {
    if (!each.is_string() || each.get_ref<const std::string&>().size() > kMostTextBytes) {
      return damaged_model(std::string("'") + key + "' holds no text");
    }
    out.push_back(each.get<std::string>());
  }
  return out;
}

Result<std::vector<std::vector<double>>> json_matrix(const Json& object, const char* key,
                                                     std::size_t most_rows, std::size_t width) {
  MW_ASSIGN(const Json* list, list_at(object, key, most_rows));
  std::vector<std::vector<double>> out;
  for (const Json& each : *list) {
    if (!each.is_array() || each.size() != width) {
      return damaged_model(std::string("'") + key + "' has a row of another length");
    }
    MW_ASSIGN(std::vector<double> row, numbers_of(each, key));
    out.push_back(std::move(row));
  }
  return out;
}

Result<const Json*> json_member(const Json& object, const char* key) {
  if (!object.is_object()) return damaged_model("no object");
  const auto at = object.find(key);
  if (at == object.end() || !at->is_object()) {
    return damaged_model(std::string("no '") + key + "'");
  }
  return &*at;
}

}  // namespace mw::maintenance
