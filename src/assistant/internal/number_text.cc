#include "assistant/internal/number_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <utility>

namespace mw::assistant {
namespace {

bool has_seconds(TimeNs at) { return at % kNsPerMinute >= kNsPerSecond; }

}  // namespace

std::string fixed_text(double value, int decimals) {
  char text[400];  // 1e308 has 309 digits
  std::snprintf(text, sizeof text, "%.*f", std::clamp(decimals, 0, 9), value);
  const std::string shown = text;
  const bool zero = shown.find_first_of("123456789") == std::string::npos;
  return zero && shown[0] == '-' ? shown.substr(1) : shown;
}

int significant_decimals(double value) {
  const double size = std::fabs(value);
  if (!(size > 0)) return 2;
  const int exponent = static_cast<int>(std::floor(std::log10(size)));
  return std::clamp(1 - exponent, 0, 4);
}

std::string significant_text(double value) {
  return fixed_text(value, significant_decimals(value));
}

std::string unit_text(std::string_view unit) {
  static constexpr std::pair<std::string_view, std::string_view> kShown[] = {{"degC", "\u00b0C"},
                                                                             {"degF", "\u00b0F"},
                                                                             {"um", "\u00b5m"},
                                                                             {"Ohm", "\u2126"},
                                                                             {"deg", "\u00b0"}};
  // "degC/min" begins with a unit of its own.
  const std::string_view first = unit.substr(0, unit.find('/'));
  for (const auto& [code, shown] : kShown) {
    if (first == code) return std::string(shown) + std::string(unit.substr(first.size()));
  }
  return std::string(unit);
}

std::string quantity_text(const std::string& number, std::string_view unit) {
  const std::string shown = unit_text(unit);
  return shown.empty() ? number : number + " " + shown;
}

std::string duration_text(double seconds, Language language) {
  struct Unit {
    int64_t seconds;
    const char* en;
    const char* zh;
  };
  static constexpr std::array<Unit, 4> kUnits = {
      {{86400, "d", "天"}, {3600, "h", "小时"}, {60, "min", "分钟"}, {1, "s", "秒"}}};
  int64_t rest = static_cast<int64_t>(std::floor(std::clamp(seconds, 0.0, 1e12)));
  std::string out;
  int shown = 0;
  for (const Unit& unit : kUnits) {
    const int64_t count = rest / unit.seconds;
    rest %= unit.seconds;
    if (count == 0 && (shown > 0 || unit.seconds > 1)) {
      if (shown > 0) break;  // 1 d 0 h 5 min is told as 1 d
      continue;
    }
    if (shown > 0) out += " ";
    out += std::to_string(count) + " " + (language == Language::kZh ? unit.zh : unit.en);
    if (++shown == 2) break;
  }
  return out;
}

std::string moment_text(TimeNs at, TimeNs now, const TimeZone& zone, bool seconds, bool with_date) {
  const CivilTime civil = zone.to_civil(at);
  const CivilTime today = zone.to_civil(now);
  char text[64];
  std::string out;
  if (with_date || civil.year != today.year || civil.month != today.month ||
      civil.day != today.day) {
    std::snprintf(text, sizeof text, "%04d-%02d-%02d ", civil.year, civil.month, civil.day);
    out = text;
  }
  std::snprintf(text, sizeof text, "%02d:%02d", civil.hour, civil.minute);
  out += text;
  if (seconds || civil.second != 0) {
    std::snprintf(text, sizeof text, ":%02d", civil.second);
    out += text;
  }
  return out;
}

std::string zone_text(TimeNs at, const TimeZone& zone) {
  const TimeZone::Offset offset = zone.offset_at(at);
  if (!offset.abbreviation.empty() &&
      std::isalpha(static_cast<unsigned char>(offset.abbreviation[0])) != 0) {
    return offset.abbreviation;
  }
  char text[32];
  const int minutes = std::abs(offset.seconds) / 60;
  std::snprintf(text, sizeof text, "UTC%c%d:%02d", offset.seconds < 0 ? '-' : '+', minutes / 60,
                minutes % 60);
  return text;
}

std::string window_text(const TimeWindow& window, TimeNs now, const TimeZone& zone,
                        Language language) {
  const bool seconds = has_seconds(window.start_ns) || has_seconds(window.end_ns);
  const CivilTime first_day = zone.to_civil(window.start_ns);
  const CivilTime last_day = zone.to_civil(window.end_ns);
  const bool dates = first_day.day != last_day.day || first_day.month != last_day.month ||
                     first_day.year != last_day.year;
  const std::string start = moment_text(window.start_ns, now, zone, seconds, dates);
  const std::string end = moment_text(window.end_ns, now, zone, seconds, dates);
  const std::string start_zone = zone_text(window.start_ns, zone);
  const std::string end_zone = zone_text(window.end_ns, zone);
  const std::string first = start_zone == end_zone ? start : start + " " + start_zone;
  if (language == Language::kZh) return first + " 至 " + end + "（" + end_zone + "）";
  return "from " + first + " to " + end + " " + end_zone;
}

}  // namespace mw::assistant
