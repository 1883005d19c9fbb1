#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace mw {

/// A wall-clock reading without a zone, in the proleptic Gregorian calendar.
struct CivilTime {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  int hour = 0;   // 0..24; 24:00 is the next midnight
  int minute = 0;
  int second = 0;
  bool operator==(const CivilTime&) const = default;
};

/// Days since 1970-01-01 of a civil date, and back.
int64_t days_from_civil(int year, int month, int day);
CivilTime civil_from_days(int64_t days);
/// 0 Monday .. 6 Sunday.
int weekday_of_days(int64_t days);
/// True for dates that exist (no February 30th) and fit the clock: years 1700 to 2250.
bool is_valid_date(int year, int month, int day);

/// Rules of one time zone. Goals: the zones of a Linux system and POSIX rule strings, without
/// touching the process-wide TZ (localtime is global state). Leap seconds are ignored, as in POSIX.
///
/// Units   seconds east of UTC; instants in nanoseconds since 1970 UTC.
/// Errors  kNotFound for an unknown name, kCorrupt for a broken file.
/// Threads immutable after creation.
/// Source  RFC 8536 (TZif), POSIX.1-2017 section 8.3 (TZ).
class TimeZone {
 public:
  struct Offset {
    int seconds = 0;           // east of UTC
    std::string abbreviation;  // "CET", "+0330"
    bool daylight = false;
  };
  /// A civil time as instants: daylight saving skips some and repeats others.
  struct Instants {
    enum class Kind { kUnique, kSkipped, kRepeated };
    Kind kind = Kind::kUnique;
    TimeNs first = 0;   // of a skipped time: as if the clocks had not yet been set
    TimeNs second = 0;  // equals `first` unless repeated
  };

  static TimeZone utc();
  /// An IANA name ("Europe/Berlin"), "UTC", a POSIX string ("CET-1CEST,M3.5.0,M10.5.0/3"), or ""
  /// or "local" for the machine's own zone.
  static Result<TimeZone> load(std::string_view name);
  /// The content of a TZif file.
  static Result<TimeZone> parse(std::string name, std::string_view content);
  /// A POSIX TZ string.
  static Result<TimeZone> parse_posix(std::string_view rule);

  const std::string& name() const { return name_; }
  Offset offset_at(TimeNs instant) const;
  CivilTime to_civil(TimeNs instant) const;
  /// The date must be valid (is_valid_date).
  Instants from_civil(const CivilTime& civil) const;

 private:
  struct Rule {  // when a POSIX string changes the clocks
    enum class Kind { kMonthWeekDay, kJulian, kDayOfYear };
    Kind kind = Kind::kDayOfYear;
    int month = 0;
    int week = 0;
    int day = 0;
    int seconds = 7200;  // after local midnight
  };
  struct Posix {
    Offset standard;
    Offset daylight;
    bool has_daylight = false;
    Rule start;
    Rule end;
  };
  friend class PosixReader;

  static int64_t rule_day(const Rule& rule, int year);
  Offset posix_offset(int64_t utc_s) const;

  std::string name_ = "UTC";
  std::vector<int64_t> transitions_;  // UTC seconds, ascending
  std::vector<int> transition_types_;
  std::vector<Offset> types_;
  Posix tail_;             // after the last transition
  bool has_tail_ = false;  // false: the last type holds for ever
};

}  // namespace mw
