#include "upstream/internal/model_list.h"

#include <algorithm>

#include "core/json.h"

namespace mw::upstream {
namespace {

constexpr std::size_t kMostModels = 1000;
constexpr std::size_t kMostIdBytes = 256;

bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= kMostIdBytes &&
         std::all_of(id.begin(), id.end(),
                     [](unsigned char c) { return c > 0x20 && c != 0x7f && c != '"'; });
}

}  // namespace

Result<std::vector<std::string>> parse_model_list(std::string_view body) {
  const auto corrupt = [] {
    return Error::make(Code::kCorrupt, "GET models: expected {\"data\": [{\"id\": ...}]}",
                       "GET models：应为 {\"data\": [{\"id\": ...}]}");
  };
  const auto parsed = parse_json(body, 32);
  if (!parsed) return corrupt();
  if (!parsed->is_object() || !parsed->contains("data") || !(*parsed)["data"].is_array()) {
    return corrupt();
  }
  std::vector<std::string> out;
  for (const Json& each : (*parsed)["data"]) {
    if (out.size() == kMostModels) break;
    const Json id = each.is_object() ? each.value("id", Json()) : Json();
    if (!id.is_string() || !is_id(id.get_ref<const std::string&>())) continue;
    out.push_back(id.get<std::string>());
  }
  return out;
}

}  // namespace mw::upstream
