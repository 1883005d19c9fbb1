#include "server/openai/stored_response.h"

#include <algorithm>

namespace mw::server::openai {
namespace {

constexpr std::string_view kFormat = "millwright response";
constexpr int kVersion = 1;
constexpr std::string_view kPrefix = "resp_";
constexpr std::size_t kDigits = 16;

Error corrupt(const std::string& what) {
  return Error::make(Code::kCorrupt, "a stored response: " + what, "保存的回答已损坏：" + what);
}

bool is_text(const Json& object, const char* name) {
  return object.contains(name) && object[name].is_string();
}

bool is_message(const Json& item) {
  return item["type"] == "message" && is_text(item, "role") && item.contains("content") &&
         item["content"].is_array();
}

bool is_call(const Json& item) {
  return item["type"] == "function_call" && is_text(item, "call_id") && is_text(item, "name") &&
         is_text(item, "arguments");
}

bool is_call_output(const Json& item) {
  return item["type"] == "function_call_output" && is_text(item, "call_id") &&
         (is_text(item, "output") || (item.contains("output") && item["output"].is_array()));
}

Result<void> check_input(const Json& input) {
  if (!input.is_array()) return corrupt("'input' is no array");
  for (const Json& item : input) {
    if (!item.is_object() || !is_text(item, "id") || !is_text(item, "type") ||
        !(is_message(item) || is_call(item) || is_call_output(item))) {
      return corrupt("an item of 'input' is no message, call or output of a call");
    }
  }
  return {};
}

}  // namespace

std::string StoredResponse::id() const { return response["id"].get<std::string>(); }

std::string StoredResponse::previous_id() const {
  return is_text(response, "previous_response_id")
             ? response["previous_response_id"].get<std::string>()
             : std::string();
}

std::string to_bytes(const StoredResponse& stored) {
  return to_text({{"format", kFormat},
                  {"version", kVersion},
                  {"owner", stored.owner},
                  {"response", stored.response},
                  {"input", stored.input}});
}

Result<StoredResponse> parse_stored_response(std::string_view bytes) {
  Result<Json> parsed = parse_json(bytes);
  if (!parsed) return corrupt(parsed.error().message.en);
  Json file = std::move(*parsed);
  if (!file.is_object() || !is_text(file, "format") || file["format"] != kFormat) {
    return corrupt("not the format '" + std::string(kFormat) + "'");
  }
  if (!file.contains("version") || file["version"] != kVersion) {
    return corrupt("not version " + std::to_string(kVersion));
  }
  if (!is_text(file, "owner")) return corrupt("no owner");
  if (!file.contains("response") || !file["response"].is_object() ||
      !is_text(file["response"], "id") ||
      !is_response_id(file["response"]["id"].get_ref<const std::string&>()) ||
      !file["response"].contains("output") || !file["response"]["output"].is_array()) {
    return corrupt("no response in it");
  }
  if (!file.contains("input")) return corrupt("no input");
  MW_TRY(check_input(file["input"]));
  return StoredResponse{file["owner"].get<std::string>(), std::move(file["response"]),
                        std::move(file["input"])};
}

bool is_response_id(std::string_view id) {
  if (id.size() != kPrefix.size() + kDigits || id.substr(0, kPrefix.size()) != kPrefix) {
    return false;
  }
  return std::all_of(id.begin() + kPrefix.size(), id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace mw::server::openai
