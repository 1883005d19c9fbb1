#include "tokenizers/internal/json_node.h"

#include <algorithm>

#include "core/check.h"

namespace mw::tokenizers {

bool JsonNode::has(std::string_view key) const {
  if (!json_.is_object()) return false;
  const auto found = json_.find(std::string(key));
  return found != json_.end() && !found->is_null();
}

JsonNode JsonNode::member(std::string_view key) const {
  MW_CHECK(has(key));
  return {*json_.find(std::string(key)), path_ + "." + std::string(key)};
}

JsonNode JsonNode::element(std::size_t index) const {
  return {json_[index], path_ + "[" + std::to_string(index) + "]"};
}

Error JsonNode::unsupported(const std::string& what) const {
  return Error::make(Code::kUnsupported,
                     "tokenizer.json: " + path_ + ": " + what +
                         " is not supported by this version, and leaving it out would change ids",
                     "tokenizer.json：" + path_ + "：本版本不支持 " + what + "，略去会改变编码结果",
                     path_);
}

Error JsonNode::broken(const std::string& problem) const {
  return Error::make(Code::kCorrupt, "tokenizer.json: " + path_ + ": " + problem,
                     "tokenizer.json：" + path_ + "：" + problem, path_);
}

Result<void> JsonNode::only(std::initializer_list<std::string_view> known) const {
  if (!json_.is_object()) return broken("expected an object");
  for (const auto& [key, value] : json_.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return JsonNode(value, path_ + "." + key.substr(0, 60)).unsupported("this member");
    }
  }
  return {};
}

Result<std::string> JsonNode::text(std::string_view key, std::string_view fallback) const {
  if (!has(key)) return std::string(fallback);
  const JsonNode found = member(key);
  if (!found.json().is_string()) return found.broken("expected a string");
  return found.json().get<std::string>();
}

Result<bool> JsonNode::flag(std::string_view key, bool fallback) const {
  if (!has(key)) return fallback;
  const JsonNode found = member(key);
  if (!found.json().is_boolean()) return found.broken("expected true or false");
  return found.json().get<bool>();
}

Result<int64_t> JsonNode::integer(std::string_view key, int64_t fallback) const {
  if (!has(key)) return fallback;
  const JsonNode found = member(key);
  if (!found.json().is_number_integer() || found.json().get<double>() > 1e15) {
    return found.broken("expected an integer");
  }
  return found.json().get<int64_t>();
}

Result<std::size_t> JsonNode::array_size(std::string_view key) const {
  if (!has(key) || !member(key).json().is_array()) {
    return broken("expected an array under '" + std::string(key) + "'");
  }
  return member(key).json().size();
}

}  // namespace mw::tokenizers
