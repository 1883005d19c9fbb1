#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "assistant/internal/local_calendar.h"
#include "assistant/internal/tokens.h"
#include "assistant/time_expression.h"

namespace mw::assistant {

/// A value and the token after it.
template <class T>
struct Parsed {
  T value;
  size_t next = 0;
};
template <class T>
using Maybe = std::optional<Parsed<T>>;
template <class T>
Maybe<T> parsed(T value, size_t next) {
  return Parsed<T>{std::move(value), next};
}

inline constexpr int kHourS = 3600;
// A number of four digits is a year within these; others are amounts.
inline constexpr int kFirstYear = 1970;
inline constexpr int kLastYear = 2250;
inline constexpr double kLongestSpokenNs = 1e18;  // 31 years: more is cut, then refused as too long

inline TimeNs scaled(double count, TimeNs unit) {
  return static_cast<TimeNs>(std::min(count * static_cast<double>(unit), kLongestSpokenNs));
}

/// A reading of the clock. `half` is what "pm" or "下午" said.
struct ClockTime {
  enum class Half { kNone, kMorning, kAfternoon, kNight };
  int seconds = 0;  // after midnight, as spoken
  Half half = Half::kNone;
  bool bare = false;        // a lone number, which needs "at", "from" or "between" around it
  bool impossible = false;  // 25:00
};

/// A stretch of a local day in seconds after its midnight.
struct DayPart {
  int start_s = 0;
  int end_s = 0;  // may be over 24 h
};

/// One time expression as parsed, before it is anchored to others of the same question.
struct FoundTime {
  enum class Anchor {
    kNone,
    kBeforeOther,    // "the ten minutes before": ends where the other one starts
    kMaybeBefore,    // "the previous ten minutes": the same, when there is another one
    kDayBeforeOther  // "the same time yesterday"
  };
  TimeMention mention;
  std::optional<TimeProblem::Kind> problem;
  Anchor anchor = Anchor::kNone;
  TimeNs length_ns = 0;     // of the anchored window
  int month = 0;            // of one whole month, else 0
  std::optional<int> year;  // as it was said beside the month
};

/// What the two languages share: from parts of expressions to instants. Positions are tokens.
class TimeGrammar {
 public:
  TimeGrammar(const Tokens& tokens, const LocalCalendar& calendar)
      : tokens_(tokens), calendar_(calendar) {}
  virtual ~TimeGrammar() = default;
  /// The longest expression that starts at `at`.
  virtual Maybe<FoundTime> parse(size_t at) const = 0;
  FoundTime month_of(int year, int month) const { return whole_months(year, month, 1); }
  FoundTime span(TimeNs start, TimeNs end) const { return window(start, end); }

 protected:
  std::string_view text(size_t at) const {
    return at < tokens_.size() ? std::string_view(tokens_[at].text) : std::string_view();
  }
  /// The position after the longest of `phrases` that stands at `at`; `at` itself for none.
  size_t skip(size_t at, std::initializer_list<std::string_view> phrases) const;
  bool stands(size_t at, std::initializer_list<std::string_view> phrases) const {
    return skip(at, phrases) != at;
  }
  /// Digits between two signs: 14:05, 2026-11-22.
  std::optional<int> integer(size_t at, int most) const;
  /// "14:05", "14:05:30".
  Maybe<ClockTime> digital_clock(size_t at) const;
  /// "2026-11-22", "2026/11/22"; the local day.
  Maybe<std::optional<int64_t>> iso_date(size_t at) const;
  /// Day and month without a year: the latest such day that is not in the future.
  std::optional<int64_t> recent_date(int month, int day) const;
  int64_t recent_weekday(int weekday, bool before_today) const;
  /// "2020-06", "2020/6": whole months follow from it; first the year.
  Maybe<std::pair<int, int>> iso_month(size_t at) const;

  static void keep_longest(Maybe<FoundTime>& best, Maybe<FoundTime> other) {
    if (other && (!best || other->next > best->next)) best = std::move(other);
  }
  static FoundTime problem(TimeProblem::Kind kind);
  FoundTime now_mention() const;
  FoundTime instant(TimeNs at, Text note = {}) const;
  FoundTime window(TimeNs start, TimeNs end, Text note = {}) const;
  FoundTime last(TimeNs length) const;
  FoundTime whole_day(int64_t day) const;
  /// The year of the latest such month that has begun.
  int latest_year_of(int month) const;
  /// From the midnight that begins `first` to the one that ends `last`, local days.
  FoundTime whole_days(int64_t first, int64_t last) const;
  /// `count` whole months; without a year the latest that have begun.
  FoundTime whole_months(std::optional<int> year, int month, int count) const;
  /// The seven first or last days of a month.
  FoundTime week_of_month(std::optional<int> year, int month, bool first) const;
  FoundTime part_of_day(int64_t day, DayPart part) const;
  FoundTime clock_instant(std::optional<int64_t> day, ClockTime clock) const;
  FoundTime clock_since(std::optional<int64_t> day, ClockTime clock) const;
  FoundTime clock_range(std::optional<int64_t> first_day, ClockTime first,
                        std::optional<int64_t> last_day, ClockTime last) const;
  FoundTime shift_window(const std::optional<LocalCalendar::ShiftSpan>& span) const;
  FoundTime this_shift() const;
  FoundTime last_shift() const;
  /// A shift by calendar index: its latest run that has begun, or the one that began on `day`.
  FoundTime named_shift(std::optional<size_t> index, std::optional<int64_t> day) const;

  const Tokens& tokens_;
  const LocalCalendar& calendar_;

 private:
  /// Seconds after midnight, with "pm" applied.
  static int spoken_seconds(ClockTime clock);
};

/// Both languages over one question, anchored to each other.
TimeReading read_times(const Tokens& tokens, std::string_view question, const Calendar& calendar,
                       TimeNs now);

}  // namespace mw::assistant
