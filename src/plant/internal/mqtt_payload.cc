#include "plant/internal/mqtt_payload.h"

#include <array>

#include "core/json.h"
#include "plant/internal/reading_json.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostReadings = 10'000;

Error wrong(const std::string& where, const std::string& what) {
  return Error::make(Code::kInvalidArgument, "MQTT payload: " + where + ": " + what,
                     "MQTT 消息：" + where + "：" + what, where);
}

}  // namespace

Result<std::vector<Reading>> decode_mqtt_payload(std::string_view payload) {
  if (payload.size() > kMostBytes) return wrong("payload", "larger than 1 MiB");
  MW_ASSIGN(const Json json, parse_json(payload, 4));
  std::vector<Reading> readings;
  if (!json.is_array()) {
    MW_ASSIGN(Reading reading, read_json_reading(json));
    readings.push_back(std::move(reading));
    return readings;
  }
  if (json.empty()) return wrong("payload", "an empty list");
  if (json.size() > kMostReadings) return wrong("payload", "more than 10,000 readings");
  readings.reserve(json.size());
  for (const Json& item : json) {
    MW_ASSIGN(Reading reading, read_json_reading(item));
    readings.push_back(std::move(reading));
  }
  return readings;
}

Result<const Tag*> tag_of_topic(const Catalogue& catalogue, std::string_view topic) {
  std::array<std::string_view, 5> parts;
  std::string_view rest = topic;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t slash = rest.find('/');
    parts[i] = rest.substr(0, slash);
    const bool last = i + 1 == parts.size();
    if (last != (slash == std::string_view::npos)) {
      return wrong("topic", "expected millwright/<site>/<line>/<asset>/<tag>");
    }
    if (!last) rest = rest.substr(slash + 1);
  }
  if (parts[0] != "millwright" || parts[1] != catalogue.site()) {
    return wrong("topic", "expected millwright/" + catalogue.site() + "/<line>/<asset>/<tag>");
  }
  const Tag* tag = catalogue.tag(std::string(parts[3]) + "/" + std::string(parts[4]));
  if (tag == nullptr || catalogue.asset(tag->asset)->line != parts[2]) {
    return Error::make(Code::kNotFound, "MQTT topic: the plant has no such tag",
                       "MQTT 主题：工厂中没有该测点", "topic");
  }
  return tag;
}

std::string topic_of_tag(const Catalogue& catalogue, const Tag& tag) {
  return "millwright/" + catalogue.site() + "/" + catalogue.asset(tag.asset)->line + "/" + tag.id;
}

}  // namespace mw::plant
