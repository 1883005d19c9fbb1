#include "plant/internal/reading_json.h"

#include "plant/internal/rfc3339.h"

namespace mw::plant {
namespace {

constexpr int64_t kMostMs = INT64_MAX / kNsPerMs;

Error wrong(const std::string& where, const std::string& what) {
  return Error::make(Code::kInvalidArgument, "sample: " + where + ": " + what,
                     "采样：" + where + "：" + what, where);
}

Result<Quality> read_quality(const Json& value) {
  if (value == "good") return Quality::kGood;
  if (value == "uncertain") return Quality::kUncertain;
  if (value == "bad") return Quality::kBad;
  return wrong("quality", "expected \"good\", \"uncertain\" or \"bad\"");
}

}  // namespace

Result<TimeNs> read_json_time(const Json& value) {
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

Result<Reading> read_json_reading(const Json& json) {
  if (!json.is_object()) return wrong("payload", "expected an object with ts, value, quality");
  Reading reading;
  const auto ts = json.find("ts");
  if (ts != json.end() && !ts->is_null()) {
    MW_ASSIGN(reading.ts_ns, read_json_time(*ts));
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

}  // namespace mw::plant
