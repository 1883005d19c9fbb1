#include "plant/internal/mqtt_payload.h"

#include <array>

#include "core/json.h"
#include "plant/internal/rfc3339.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostReadings = 10'000;
constexpr int64_t kMostMs = INT64_MAX / kNsPerMs;

Error wrong(const std::string& where, const std::string& what) {
  return Error::make(Code::kInvalidArgument, "MQTT payload: " + where + ": " + what,
                     "MQTT 消息：" + where + "：" + what, where);
}

Result<TimeNs> read_time(const Json& value) {
  if (value.is_string()) {
    const auto ts_ns = parse_rfc3339(value.get_ref<const std::string&>());
    if (ts_ns) return *ts_ns;
  } else if (value.is_number_integer() || value.is_number_float()) {
    const double ms = value.get<double>();
    if (ms >= 0 && ms < static_cast<double>(kMostMs)) {
      // Whole milliseconds exactly; fractions to the microsecond.
      if (value.is_number_integer()) return value.get<int64_t>() * kNsPerMs;
      return static_cast<TimeNs>(ms * 1000) * 1000;
    }
  }
  return wrong("ts",
               "expected milliseconds since 1970 or an RFC 3339 time such as "
               "\"2026-01-31T08:15:30.250Z\"");
}

Result<Quality> read_quality(const Json& value) {
  if (value == "good") return Quality::kGood;
  if (value == "uncertain") return Quality::kUncertain;
  if (value == "bad") return Quality::kBad;
  return wrong("quality", "expected \"good\", \"uncertain\" or \"bad\"");
}

Result<Reading> read_reading(const Json& json) {
  if (!json.is_object()) return wrong("payload", "expected an object with ts, value, quality");
  Reading reading;
  const auto ts = json.find("ts");
  if (ts != json.end() && !ts->is_null()) {
    MW_ASSIGN(reading.ts_ns, read_time(*ts));
  }
  const auto value = json.find("value");
  if (value == json.end()) return wrong("value", "is missing");
  if (value->is_boolean()) {
    reading.value = value->get<bool>() ? 1.0 : 0.0;
  } else if (value->is_number()) {
    reading.value = value->get<double>();
  } else if (value->is_string()) {
    reading.value = value->get<std::string>();
  } else if (!value->is_null()) {
    return wrong("value", "expected a number, a text, true, false or null");
  }
  const auto quality = json.find("quality");
  if (quality != json.end() && !quality->is_null()) {
    MW_ASSIGN(reading.quality, read_quality(*quality));
  }
  const auto unit = json.find("unit");
  if (unit != json.end() && !unit->is_null()) {
    if (!unit->is_string()) return wrong("unit", "expected a text");
    reading.unit = unit->get<std::string>();
  }
  return reading;
}

}  // namespace

Result<std::vector<Reading>> decode_mqtt_payload(std::string_view payload) {
  if (payload.size() > kMostBytes) return wrong("payload", "larger than 1 MiB");
  MW_ASSIGN(const Json json, parse_json(payload, 4));
  std::vector<Reading> readings;
  if (!json.is_array()) {
    MW_ASSIGN(Reading reading, read_reading(json));
    readings.push_back(std::move(reading));
    return readings;
  }
  if (json.empty()) return wrong("payload", "an empty list");
  if (json.size() > kMostReadings) return wrong("payload", "more than 10,000 readings");
  readings.reserve(json.size());
  for (const Json& item : json) {
    MW_ASSIGN(Reading reading, read_reading(item));
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
