#include "core/internal/posix_reader.h"

#include <cctype>

namespace mw {

Error PosixReader::error(const char* what) const {
  const std::string shown(whole_.substr(0, 80));
  return Error::make(Code::kInvalidArgument,
                     "time zone rule '" + shown + "': " + what +
                         "; expected something like CET-1CEST,M3.5.0,M10.5.0/3",
                     "时区规则“" + shown + "”无法识别，例：CST-8", "time_zone");
}

bool PosixReader::take(char c) {
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

bool PosixReader::name(std::string& out) {
  size_t length = 0;
  if (take('<')) {
    length = rest_.find('>');
    if (length == std::string_view::npos || length < 3 || length > 16) return false;
    out = std::string(rest_.substr(0, length));
    rest_.remove_prefix(length + 1);
    return true;
  }
  while (length < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[length])) != 0) {
    ++length;
  }
  if (length < 3 || length > 16) return false;
  out = std::string(rest_.substr(0, length));
  rest_.remove_prefix(length);
  return true;
}

bool PosixReader::number(int most, int& out) {
  size_t digits = 0;
  out = 0;
  while (digits < rest_.size() && digits < 4 &&
         std::isdigit(static_cast<unsigned char>(rest_[digits])) != 0) {
    out = out * 10 + (rest_[digits] - '0');
    ++digits;
  }
  rest_.remove_prefix(digits);
  return digits > 0 && out <= most;
}

bool PosixReader::time(int& seconds) {
  int sign = 1;
  if (take('-')) {
    sign = -1;
  } else {
    take('+');
  }
  int hours = 0;
  int minutes = 0;
  int rest_s = 0;
  if (!number(167, hours)) return false;
  if (take(':') && !number(59, minutes)) return false;
  if (take(':') && !number(59, rest_s)) return false;
  seconds = sign * (hours * 3600 + minutes * 60 + rest_s);
  return true;
}

bool PosixReader::rule(TimeZone::Rule& out) {
  if (take('M')) {
    out.kind = TimeZone::Rule::Kind::kMonthWeekDay;
    if (!number(12, out.month) || out.month < 1 || !take('.')) return false;
    if (!number(5, out.week) || out.week < 1 || !take('.')) return false;
    if (!number(6, out.day)) return false;
  } else if (take('J')) {
    out.kind = TimeZone::Rule::Kind::kJulian;
    if (!number(365, out.day) || out.day < 1) return false;
  } else {
    out.kind = TimeZone::Rule::Kind::kDayOfYear;
    if (!number(365, out.day)) return false;
  }
  return !take('/') || time(out.seconds);
}

Result<TimeZone::Posix> PosixReader::read() {
  TimeZone::Posix posix;
  int west_s = 0;  // POSIX counts hours west of Greenwich
  if (!name(posix.standard.abbreviation)) return error("no name of the standard time");
  if (!time(west_s)) return error("no offset after the name");
  posix.standard.seconds = -west_s;
  if (rest_.empty()) return posix;

  posix.has_daylight = true;
  posix.daylight.daylight = true;
  posix.daylight.seconds = posix.standard.seconds + 3600;
  if (!name(posix.daylight.abbreviation)) return error("no name of the daylight-saving time");
  if (!rest_.empty() && rest_.front() != ',') {
    if (!time(west_s)) return error("bad offset of the daylight-saving time");
    posix.daylight.seconds = -west_s;
  }
  if (!take(',') || !rule(posix.start)) return error("bad rule for its start");
  if (!take(',') || !rule(posix.end)) return error("bad rule for its end");
  if (!rest_.empty()) return error("text after the rule");
  return posix;
}

}  // namespace mw
