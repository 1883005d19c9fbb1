// What is known of a recording, as JSON: what its file begins with.
#include <array>
#include <cmath>

#include "core/storable_text.h"
#include "maintenance/vibration/vibration_file.h"
#include "maintenance/vibration_text.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostNameBytes = 128;
constexpr std::size_t kMostPointBytes = 64;
constexpr std::size_t kMostBearingNameBytes = 200;  // as in a plant description
constexpr double kHighestRate = 1e7;
constexpr double kHighestRpm = 1e6;
constexpr double kHighestOrder = 1000;

constexpr std::array<std::string_view, 4> kZones = {"A", "B", "C", "D"};

Error wrong(const char* member, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, "'" + std::string(member) + "': " + en,
                     "“" + std::string(member) + "”：" + zh, member);
}

/// A text that a page can show: no control characters, at most so long.
bool is_plain(const std::string& text, std::size_t most_bytes) {
  if (text.size() > most_bytes || !is_utf8(text)) return false;
  for (const char each : text) {
    if (static_cast<unsigned char>(each) < 0x20 || each == 0x7f) return false;
  }
  return true;
}

template <std::size_t N>
std::optional<std::size_t> place_of_name(const std::array<std::string_view, N>& names,
                                         const std::string& name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

Json bearing_from(const VibrationInfo& info) {
  if (!info.bearing && !info.orders) return {};
  return info.bearing_from_plant ? "plant" : "recording";
}

Json found_json(const VibrationFound& found) {
  return {
      {"velocity_rms_mm_s", found.velocity_rms_mm_s},
      {"acceleration_rms_m_s2", found.acceleration_rms_m_s2},
      {"kurtosis", found.kurtosis},
      {"zone", found.severity ? Json(kZones[static_cast<std::size_t>(*found.severity)]) : Json()},
      {"diagnosed", found.diagnosed},
      {"named", found.named ? Json(part_name(*found.named)) : Json()}};
}

/// The member, or null where there is none.
Json member(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() ? Json() : *found;
}

Result<VibrationFound> parse_found(const Json& json) {
  VibrationFound found;
  MW_ASSIGN(found.velocity_rms_mm_s, json_number(json, "velocity_rms_mm_s", 0));
  MW_ASSIGN(found.acceleration_rms_m_s2, json_number(json, "acceleration_rms_m_s2", 0));
  MW_ASSIGN(found.kurtosis, json_number(json, "kurtosis", 0));
  MW_ASSIGN(found.diagnosed, json_bool(json, "diagnosed", false));
  MW_ASSIGN(const std::string zone, json_string(json, "zone"));
  if (const auto at = place_of_name(kZones, zone)) found.severity = static_cast<Severity>(*at);
  MW_ASSIGN(const std::string named, json_string(json, "named"));
  for (const BearingPart part : kBearingParts) {
    if (part_name(part) == named) found.named = part;
  }
  return found;
}

Result<std::optional<double>> parse_rpm(const Json& json) {
  if (member(json, "rpm").is_null()) return std::optional<double>();
  MW_ASSIGN(const double rpm, json_number(json, "rpm", 0));
  return std::optional<double>(rpm);
}

Result<std::optional<BearingGeometry>> parse_geometry(const Json& json) {
  if (json.is_null()) return std::optional<BearingGeometry>();
  BearingGeometry out;
  MW_ASSIGN(const int64_t elements, json_integer(json, "elements", 0));
  if (elements < 3 || elements > 1000) {
    return wrong("bearing", "expected 3 to 1000 elements", "滚动体数应为 3 到 1000");
  }
  out.elements = static_cast<int>(elements);
  MW_ASSIGN(out.element_diameter, json_number(json, "element_diameter", 0));
  MW_ASSIGN(out.pitch_diameter, json_number(json, "pitch_diameter", 0));
  MW_ASSIGN(out.contact_angle_deg, json_number(json, "contact_angle_deg", 0));
  return std::optional(out);
}

Result<std::optional<BearingOrders>> parse_orders(const Json& json) {
  if (json.is_null()) return std::optional<BearingOrders>();
  BearingOrders out;
  MW_ASSIGN(out.bpfo, json_number(json, "bpfo", 0));
  MW_ASSIGN(out.bpfi, json_number(json, "bpfi", 0));
  MW_ASSIGN(out.bsf, json_number(json, "bsf", 0));
  MW_ASSIGN(out.ftf, json_number(json, "ftf", 0));
  return std::optional(out);
}

}  // namespace

Json to_json(const BearingOrders& orders) {
  return {{"bpfo", orders.bpfo}, {"bpfi", orders.bpfi}, {"bsf", orders.bsf}, {"ftf", orders.ftf}};
}

Json to_json(const BearingGeometry& geometry) {
  return {{"elements", geometry.elements},
          {"element_diameter", geometry.element_diameter},
          {"pitch_diameter", geometry.pitch_diameter},
          {"contact_angle_deg", geometry.contact_angle_deg}};
}

Result<void> check_vibration_info(const VibrationInfo& info) {
  if (info.asset.empty() || !is_plain(info.asset, kMostNameBytes)) {
    return wrong("asset", "name a machine", "请指定设备");
  }
  if (info.point.empty() || !is_plain(info.point, kMostPointBytes)) {
    return wrong("point", "name the measuring point in 1 to 64 bytes of text",
                 "请用 1 到 64 字节的文本命名测点");
  }
  if (!is_plain(info.bearing_name, kMostBearingNameBytes) ||
      !is_plain(info.rpm_tag, kMostBearingNameBytes)) {
    return wrong("bearing", "names are text of at most 200 bytes", "名称为最长 200 字节的文本");
  }
  if (!is_plain(info.source, kMostNameBytes) || !is_plain(info.channel, kMostNameBytes) ||
      !is_plain(info.by, kMostNameBytes)) {
    return wrong("channel", "names are text of at most 128 bytes", "名称为最长 128 字节的文本");
  }
  if (!(info.rate_hz > 0 && info.rate_hz <= kHighestRate)) {
    return wrong("rate_hz", "give the samples a second, at most 10 million",
                 "请指定每秒采样数，最多一千万");
  }
  if (info.rpm && !(*info.rpm > 0 && *info.rpm <= kHighestRpm)) {
    return wrong("rpm", "the shaft's speed is over 0 and at most 1,000,000 turns a minute",
                 "轴转速应大于 0 且不超过每分钟 1,000,000 转");
  }
  if (info.orders) {
    for (const double each :
         {info.orders->bpfo, info.orders->bpfi, info.orders->bsf, info.orders->ftf}) {
      if (each > 0 && each <= kHighestOrder) continue;
      return wrong("orders", "BPFO, BPFI, BSF and FTF are multiples of the shaft's speed, over 0",
                   "BPFO、BPFI、BSF、FTF 为轴转频的倍数，应大于 0");
    }
  }
  if (info.orders && info.bearing) {
    return wrong("bearing", "give its geometry or its orders, not both",
                 "请给出几何尺寸或阶次，不要同时给出");
  }
  if (info.bearing) MW_TRY(bearing_orders(*info.bearing));
  if ((info.bearing || info.orders) && !info.rpm) {
    return wrong("rpm", "a bearing's lines need the shaft's speed, and the file does not say it",
                 "计算轴承特征频率需要轴转速，而文件中没有");
  }
  return {};
}

Json to_json(const VibrationInfo& info) {
  Json out = {{"number", info.number},
              {"asset", info.asset},
              {"point", info.point},
              {"ts_ns", info.ts_ns},
              {"rate_hz", info.rate_hz},
              {"unit", info.in_g ? "g" : "m/s2"},
              {"rpm", info.rpm ? Json(*info.rpm) : Json()},
              {"bearing", info.bearing ? to_json(*info.bearing) : Json()},
              {"orders", info.orders ? to_json(*info.orders) : Json()},
              {"bearing_from", bearing_from(info)},
              {"bearing_name", info.bearing_name},
              {"rpm_tag", info.rpm_tag},
              {"group", info.group ? Json(group_name(*info.group)) : Json()},
              {"source", info.source},
              {"channel", info.channel},
              {"by", info.by},
              {"added_ns", info.added_ns},
              {"samples", info.samples},
              {"cut", info.cut}};
  out["found"] = found_json(info.found);
  return out;
}

Result<VibrationInfo> parse_vibration_info(const Json& json) {
  VibrationInfo info;
  MW_ASSIGN(info.number, json_integer(json, "number", 0));
  MW_ASSIGN(info.asset, json_string(json, "asset"));
  MW_ASSIGN(info.point, json_string(json, "point"));
  MW_ASSIGN(info.ts_ns, json_integer(json, "ts_ns", 0));
  MW_ASSIGN(info.rate_hz, json_number(json, "rate_hz", 0));
  MW_ASSIGN(const std::string unit, json_string(json, "unit"));
  info.in_g = unit == "g";
  MW_ASSIGN(info.rpm, parse_rpm(json));
  MW_ASSIGN(info.bearing, parse_geometry(member(json, "bearing")));
  MW_ASSIGN(info.orders, parse_orders(member(json, "orders")));
  MW_ASSIGN(const std::string from, json_string(json, "bearing_from"));  // of before: none
  info.bearing_from_plant = from == "plant";
  MW_ASSIGN(info.bearing_name, json_string(json, "bearing_name"));
  MW_ASSIGN(info.rpm_tag, json_string(json, "rpm_tag"));
  MW_ASSIGN(const std::string group, json_string(json, "group"));
  if (!group.empty()) {
    MW_ASSIGN(info.group, group_of_text(group));
  }
  MW_ASSIGN(info.source, json_string(json, "source"));
  MW_ASSIGN(info.channel, json_string(json, "channel"));
  MW_ASSIGN(info.by, json_string(json, "by"));
  MW_ASSIGN(info.added_ns, json_integer(json, "added_ns", 0));
  MW_ASSIGN(const int64_t samples, json_integer(json, "samples", 0));
  MW_ASSIGN(const int64_t cut, json_integer(json, "cut", 0));
  if (info.number <= 0 || samples <= 0 || cut < 0 || (unit != "g" && unit != "m/s2")) {
    return wrong("samples", "a recording has a number, a unit and samples", "缺少编号、单位或样本");
  }
  info.samples = static_cast<uint64_t>(samples);
  info.cut = static_cast<uint64_t>(cut);
  const auto found = json.find("found");
  if (found != json.end() && found->is_object()) {
    MW_ASSIGN(info.found, parse_found(*found));
  }
  MW_TRY(check_vibration_info(info));
  return info;
}

}  // namespace mw::maintenance
