#include "assistant/internal/time_grammar.h"

#include <algorithm>
#include <cmath>

namespace mw::assistant {
namespace {

constexpr int kDaysBack = 31;  // for the latest run of a shift

constexpr int kDay = 24 * kHourS;
// "from 16:00 to 15:00" is a slip, "from 22:00 to 6:00" a night: a range over midnight is at most
// this long.
constexpr int kLongestNight = 16 * kHourS;

/// The first day of a month; the 13th is January of the year after.
int64_t first_of_month(int year, int month) {
  return days_from_civil(year + (month - 1) / 12, (month - 1) % 12 + 1, 1);
}

}  // namespace

size_t TimeGrammar::skip(size_t at, std::initializer_list<std::string_view> phrases) const {
  size_t longest = 0;
  for (const std::string_view phrase : phrases) {
    longest = std::max(longest, match_phrase(tokens_, at, phrase));
  }
  return at + longest;
}

std::optional<int> TimeGrammar::integer(size_t at, int most) const {
  if (at >= tokens_.size() || !tokens_[at].is_number()) return std::nullopt;
  const double value = tokens_[at].number;
  if (!(value >= 0 && value <= most) || std::floor(value) != value ||
      tokens_[at].text.find('.') != std::string::npos) {
    return std::nullopt;
  }
  return static_cast<int>(value);
}

Maybe<ClockTime> TimeGrammar::digital_clock(size_t at) const {
  const auto hour = integer(at, 99);
  if (!hour || text(at + 1) != ":" || !tokens_[at + 1].glued) return std::nullopt;
  const auto minute = integer(at + 2, 99);
  if (!minute || tokens_[at + 2].text.size() != 2) return std::nullopt;
  ClockTime clock;
  size_t next = at + 3;
  int second = 0;
  if (text(next) == ":") {
    if (const auto seconds = integer(next + 1, 99)) {
      second = *seconds;
      next += 2;
    }
  }
  clock.seconds = *hour * kHourS + *minute * 60 + second;
  clock.impossible = *minute > 59 || second > 59 || clock.seconds > kDay;
  return Parsed<ClockTime>{clock, next};
}

Maybe<std::optional<int64_t>> TimeGrammar::iso_date(size_t at) const {
  const auto year = integer(at, 9999);
  const std::string_view sign = text(at + 1);
  if (!year || *year < 1000 || (sign != "-" && sign != "/" && sign != ".") ||
      text(at + 3) != sign) {
    return std::nullopt;
  }
  const auto month = integer(at + 2, 99);
  const auto day = integer(at + 4, 99);
  if (!month || !day) return std::nullopt;
  std::optional<int64_t> days;
  if (is_valid_date(*year, *month, *day)) days = days_from_civil(*year, *month, *day);
  // "2020-04-20T12:30:00": the T only stands between them.
  const auto glued = [&](size_t i) { return i < tokens_.size() && tokens_[i].glued; };
  const bool timed = text(at + 5) == "t" && glued(at + 5) && glued(at + 6) && digital_clock(at + 6);
  return Parsed<std::optional<int64_t>>{days, at + (timed ? 6 : 5)};
}

std::optional<int64_t> TimeGrammar::recent_date(int month, int day) const {
  for (int year = calendar_.year(); year > calendar_.year() - 8; --year) {  // 8: over a leap day
    if (!is_valid_date(year, month, day)) continue;
    const int64_t days = days_from_civil(year, month, day);
    if (days <= calendar_.today()) return days;
  }
  return std::nullopt;
}

int64_t TimeGrammar::recent_weekday(int weekday, bool before_today) const {
  int64_t back = (weekday_of_days(calendar_.today()) - weekday + 7) % 7;
  if (back == 0 && before_today) back = 7;
  return calendar_.today() - back;
}

Maybe<std::pair<int, int>> TimeGrammar::iso_month(size_t at) const {
  const auto year = integer(at, kLastYear);
  const std::string_view sign = text(at + 1);
  if (!year || *year < kFirstYear || (sign != "-" && sign != "/") || text(at + 3) == sign) {
    return std::nullopt;
  }
  const auto month = integer(at + 2, 12);
  if (!month || *month < 1) return std::nullopt;
  return Parsed<std::pair<int, int>>{{*year, *month}, at + 3};
}

FoundTime TimeGrammar::problem(TimeProblem::Kind kind) {
  FoundTime found;
  found.problem = kind;
  return found;
}

FoundTime TimeGrammar::now_mention() const {
  FoundTime found;
  found.mention.kind = TimeMention::Kind::kNow;
  found.mention.window = {calendar_.now(), calendar_.now()};
  return found;
}

FoundTime TimeGrammar::instant(TimeNs at, Text note) const {
  if (at > calendar_.now()) return problem(TimeProblem::Kind::kFuture);
  if (calendar_.now() - at > kLongestWindowNs) return problem(TimeProblem::Kind::kTooLong);
  FoundTime found;
  found.mention.kind = TimeMention::Kind::kInstant;
  found.mention.window = {at, at};
  found.mention.note = std::move(note);
  return found;
}

FoundTime TimeGrammar::window(TimeNs start, TimeNs end, Text note) const {
  if (end < start) return problem(TimeProblem::Kind::kReversed);
  if (end == start) return problem(TimeProblem::Kind::kEmpty);
  if (start >= calendar_.now()) return problem(TimeProblem::Kind::kFuture);
  end = std::min(end, calendar_.now());
  if (end - start > kLongestWindowNs || calendar_.now() - start > 10 * kLongestWindowNs) {
    return problem(TimeProblem::Kind::kTooLong);
  }
  FoundTime found;
  found.mention.kind = TimeMention::Kind::kWindow;
  found.mention.window = {start, end};
  found.mention.note = std::move(note);
  return found;
}

FoundTime TimeGrammar::last(TimeNs length) const {
  if (length <= 0) return problem(TimeProblem::Kind::kEmpty);
  if (length > kLongestWindowNs) return problem(TimeProblem::Kind::kTooLong);
  FoundTime found = window(calendar_.now() - length, calendar_.now());
  found.length_ns = length;
  return found;
}

FoundTime TimeGrammar::whole_day(int64_t day) const { return part_of_day(day, {0, kDay}); }

int TimeGrammar::latest_year_of(int month) const {
  const bool begun = days_from_civil(calendar_.year(), month, 1) <= calendar_.today();
  return begun ? calendar_.year() : calendar_.year() - 1;
}

FoundTime TimeGrammar::whole_days(int64_t first, int64_t last) const {
  return window(calendar_.moment(first, 0).at, calendar_.moment(last + 1, 0, true).at);
}

FoundTime TimeGrammar::whole_months(std::optional<int> year, int month, int count) const {
  const int begin = year.value_or(latest_year_of(month));
  FoundTime found =
      whole_days(first_of_month(begin, month), first_of_month(begin, month + count) - 1);
  if (count == 1) found.month = month;
  found.year = year;
  return found;
}

FoundTime TimeGrammar::week_of_month(std::optional<int> year, int month, bool first) const {
  const int begin = year.value_or(latest_year_of(month));
  const int64_t day = first_of_month(begin, month);
  const int64_t next = first_of_month(begin, month + 1);
  return first ? whole_days(day, day + 6) : whole_days(next - 7, next - 1);
}

FoundTime TimeGrammar::part_of_day(int64_t day, DayPart part) const {
  const auto start = calendar_.moment(day, part.start_s);
  const auto end = calendar_.moment(day, part.end_s, true);
  return window(start.at, end.at);
}

int TimeGrammar::spoken_seconds(ClockTime clock) {
  const int hour = clock.seconds / kHourS;
  switch (clock.half) {
    case ClockTime::Half::kMorning:
      return hour == 12 ? clock.seconds - 12 * kHourS : clock.seconds;
    case ClockTime::Half::kAfternoon:
      return hour < 12 ? clock.seconds + 12 * kHourS : clock.seconds;
    case ClockTime::Half::kNight:  // 晚上十点 is 22:00, 晚上十二点 midnight, 晚上两点 02:00 next
                                   // day
      if (hour <= 5) return clock.seconds + kDay;
      return hour <= 12 ? clock.seconds + 12 * kHourS : clock.seconds;
    case ClockTime::Half::kNone:
      break;
  }
  return clock.seconds;
}

FoundTime TimeGrammar::clock_instant(std::optional<int64_t> day, ClockTime clock) const {
  if (clock.impossible) return problem(TimeProblem::Kind::kImpossible);
  const int seconds = spoken_seconds(clock);
  auto at = calendar_.moment(day.value_or(calendar_.today()), seconds);
  if (!day && at.at > calendar_.now()) at = calendar_.moment(calendar_.today() - 1, seconds);
  return instant(at.at, at.note);
}

FoundTime TimeGrammar::clock_since(std::optional<int64_t> day, ClockTime clock) const {
  FoundTime start = clock_instant(day, clock);
  if (start.problem) return start;
  return window(start.mention.window.start_ns, calendar_.now(), start.mention.note);
}

FoundTime TimeGrammar::clock_range(std::optional<int64_t> first_day, ClockTime first,
                                   std::optional<int64_t> last_day, ClockTime last_clock) const {
  using Half = ClockTime::Half;
  if (first.impossible || last_clock.impossible) return problem(TimeProblem::Kind::kImpossible);
  // "between 3 and 5 pm" is an afternoon, "from 11 to 1 pm" begins in the morning.
  if (first.half == Half::kNone && last_clock.half == Half::kAfternoon &&
      first.seconds < 12 * kHourS) {
    const int end = spoken_seconds(last_clock);
    if (first.seconds + 12 * kHourS < end) first.half = Half::kAfternoon;
  } else if (first.half == Half::kNone && last_clock.half == Half::kMorning &&
             first.seconds / kHourS == 12) {
    first.half = Half::kMorning;
  }
  const int start_s = spoken_seconds(first);
  int end_s = spoken_seconds(last_clock);
  const bool other_day = last_day && first_day && *last_day != *first_day;
  if (!other_day && end_s <= start_s) {
    // "8 to 5" ends in the afternoon, "22:00 to 6:00" on the next day.
    const bool unsaid = last_clock.half == Half::kNone || last_clock.half == first.half;
    if (end_s == start_s) return problem(TimeProblem::Kind::kEmpty);
    if (unsaid && end_s < 12 * kHourS && end_s + 12 * kHourS > start_s) {
      end_s += 12 * kHourS;
    } else if (end_s + kDay - start_s <= kLongestNight) {
      end_s += kDay;
    } else {
      return problem(TimeProblem::Kind::kReversed);
    }
  }
  int64_t day = first_day.value_or(last_day.value_or(calendar_.today()));
  if (!first_day && last_day && end_s > kDay) --day;  // "from 22:00 to 6:00 today"
  if (!first_day && !last_day && calendar_.moment(day, start_s).at >= calendar_.now()) --day;
  const auto start = calendar_.moment(day, start_s);
  const auto end = calendar_.moment(other_day ? *last_day : day, end_s, true);
  return window(start.at, end.at, start.note.en.empty() ? end.note : start.note);
}

FoundTime TimeGrammar::shift_window(const std::optional<LocalCalendar::ShiftSpan>& span) const {
  if (!span) return problem(TimeProblem::Kind::kNoShift);
  return window(span->window.start_ns, span->window.end_ns);
}

FoundTime TimeGrammar::this_shift() const {
  return shift_window(calendar_.shift_at(calendar_.now()));
}

FoundTime TimeGrammar::last_shift() const {
  const auto current = calendar_.shift_at(calendar_.now());
  // Between two shifts the last one is the latest that has ended.
  const TimeNs before = current ? current->window.start_ns : calendar_.now();
  std::optional<LocalCalendar::ShiftSpan> latest;
  for (int back = 0; back <= kDaysBack && (back <= 2 || !latest); ++back) {
    for (size_t i = 0; i < calendar_.shifts().size(); ++i) {
      const auto span = calendar_.shift_on(i, calendar_.today() - back);
      if (!span || span->window.end_ns > before) continue;
      if (!latest || span->window.end_ns > latest->window.end_ns) latest = span;
    }
  }
  return shift_window(latest);
}

FoundTime TimeGrammar::named_shift(std::optional<size_t> index, std::optional<int64_t> day) const {
  if (!index) return problem(TimeProblem::Kind::kNoShift);
  if (day) {
    const auto span = calendar_.shift_on(*index, *day);
    return span ? shift_window(span) : problem(TimeProblem::Kind::kNoRun);
  }
  for (int back = 0; back <= kDaysBack; ++back) {
    const auto span = calendar_.shift_on(*index, calendar_.today() - back);
    if (span && span->window.start_ns < calendar_.now()) return shift_window(span);
  }
  return problem(TimeProblem::Kind::kNoRun);
}

}  // namespace mw::assistant
