#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/language.h"
#include "core/time_zone.h"

namespace mw::assistant {

/// `value` with exactly `decimals` digits after the point, rounded to nearest (ties as the binary
/// value lies); never "-0.0". The one way in which answers round.
std::string fixed_text(double value, int decimals);

/// `value` to two significant digits, at most four after the point: for slopes, whose size differs
/// from tag to tag.
std::string significant_text(double value);
int significant_decimals(double value);

/// A unit as people write it: "degC" is "°C", "" stays empty.
std::string unit_text(std::string_view unit);

/// Number, space, unit: "61.2 °C", "120".
std::string quantity_text(const std::string& number, std::string_view unit);

/// "1 h 8 min", "45 s", "2 d 3 h"; "1 小时 8 分钟". The two largest units, the smaller one rounded
/// down; below a minute whole seconds.
std::string duration_text(double seconds, Language language);

/// A moment on the plant's clock. The day stands before the time when it is not the day of `now`;
/// seconds are left out when zero and `seconds` is false. Without the zone: see zone_text.
std::string moment_text(TimeNs at, TimeNs now, const TimeZone& zone, bool seconds,
                        bool with_date = false);

/// "CET", "UTC+3:30": what moment_text counts in.
std::string zone_text(TimeNs at, const TimeZone& zone);

/// "from 10:10:30 to 10:20:30 CET"; "10:10:30 至 10:20:30（CET）". With both dates where they
/// differ.
std::string window_text(const TimeWindow& window, TimeNs now, const TimeZone& zone,
                        Language language);

}  // namespace mw::assistant
