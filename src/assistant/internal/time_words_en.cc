#include <algorithm>
#include <cmath>

#include "assistant/internal/numerals.h"
#include "assistant/internal/time_grammar_en.h"

namespace mw::assistant {
namespace {

constexpr std::string_view kWeekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};
constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

}  // namespace

Maybe<TimeNs> EnglishTime::unit(size_t at) const {
  struct Unit {
    TimeNs ns;
    std::initializer_list<std::string_view> names;
  };
  static const Unit kUnits[] = {{kNsPerSecond, {"s", "sec", "secs", "second", "seconds"}},
                                {kNsPerMinute, {"m", "min", "mins", "minute", "minutes"}},
                                {kNsPerHour, {"h", "hr", "hrs", "hour", "hours"}},
                                {kNsPerDay, {"d", "day", "days"}},
                                {7 * kNsPerDay, {"w", "week", "weeks"}},
                                {30 * kNsPerDay, {"month", "months"}},
                                {365 * kNsPerDay, {"year", "years"}}};
  for (const Unit& unit : kUnits) {
    const size_t next = skip(at, unit.names);
    if (next != at) return parsed(unit.ns, next);
  }
  return std::nullopt;
}

Maybe<TimeNs> EnglishTime::duration(size_t at) const {
  // "half an hour", "quarter of an hour", "an hour and a half", "one and a half hours".
  const size_t half = skip(at, {"half an", "half a", "a half", "half"});
  if (half != at) {
    if (const auto whole = unit(half)) return parsed(whole->value / 2, whole->next);
  }
  const size_t quarter = skip(at, {"a quarter of an", "quarter of an", "a quarter", "quarter"});
  if (quarter != at) {
    if (const auto whole = unit(quarter)) return parsed(whole->value / 4, whole->next);
  }
  TimeNs total = 0;
  size_t next = at;
  while (true) {
    size_t from = next;
    if (total > 0) from = skip(next, {"and", ","});
    double count = 1;
    size_t after = skip(from, {"an", "a", "one single"});
    if (const auto number = read_numeral(tokens_, from)) {
      count = number->value;
      after = from + number->tokens;
    } else if (after == from) {
      break;
    }
    const size_t mixed = skip(after, {"and a half"});
    if (mixed != after) {
      count += 0.5;
      after = mixed;
    }
    after = skip(after, {"-", "full", "whole", "more"});
    const auto one = unit(after);
    if (!one) break;
    total += scaled(count, one->value);
    next = one->next;
    const size_t and_half = skip(next, {"and a half"});
    if (and_half != next) {
      total += one->value / 2;
      next = and_half;
    }
    if (total > TimeNs(kLongestSpokenNs)) break;
  }
  if (next == at) return std::nullopt;
  return parsed(total, next);
}

Maybe<ClockTime> EnglishTime::spoken_clock(size_t at) const {
  ClockTime clock;
  size_t next = skip(at, {"noon", "midday", "12 noon"});
  if (next != at) {
    clock.seconds = 12 * kHourS;
    clock.half = ClockTime::Half::kAfternoon;
    return parsed(clock, next);
  }
  next = skip(at, {"midnight"});
  if (next != at) return parsed(clock, next);

  int minutes = 0;
  next = skip(at, {"half past", "quarter past", "a quarter past", "quarter to", "a quarter to"});
  if (next != at) {
    const bool to = text(next - 1) == "to";
    minutes = text(next - 2) == "half" ? 30 : to ? -15 : 15;
  } else {
    const auto count = read_numeral(tokens_, at);
    if (!count || count->value > 59) return std::nullopt;
    size_t after = skip(at + count->tokens, {"minutes", "minute"});
    if (!stands(after, {"past"})) return std::nullopt;
    minutes = static_cast<int>(count->value);
    next = after + 1;
  }
  const auto hour = read_numeral(tokens_, next);
  if (!hour || hour->value > 24 || std::floor(hour->value) != hour->value) return std::nullopt;
  clock.seconds = static_cast<int>(hour->value) * kHourS + minutes * 60;
  clock.impossible = clock.seconds < 0;
  return parsed(clock, next + hour->tokens);
}

Maybe<ClockTime> EnglishTime::clock(size_t at) const {
  Maybe<ClockTime> found = digital_clock(at);
  if (!found) found = spoken_clock(at);
  if (!found) {
    const auto hour = read_numeral(tokens_, at);
    if (!hour || !(hour->value >= 0 && hour->value < 100)) return std::nullopt;
    ClockTime clock;
    const double whole = std::floor(hour->value);
    const double fraction = hour->value - whole;
    clock.bare = true;
    clock.seconds = static_cast<int>(whole) * kHourS;
    if (fraction > 0) {  // "3.30 pm"
      if (tokens_[at].text.size() < 4 ||
          tokens_[at].text.rfind('.') != tokens_[at].text.size() - 3) {
        return std::nullopt;
      }
      const int minute = static_cast<int>(std::lround(fraction * 100));
      clock.seconds += minute * 60;
      clock.impossible = minute > 59;
    }
    clock.impossible = clock.impossible || clock.seconds > 24 * kHourS;
    size_t next = at + hour->tokens;
    const size_t oclock = skip(next, {"o'clock", "oclock", "hours sharp"});
    if (oclock != next) clock.bare = false;
    found = parsed(clock, oclock);
  }
  const size_t after = found->next;
  const size_t morning = skip(after, {"am", "a.m.", "a.m", "in the morning"});
  const size_t afternoon = skip(after, {"pm", "p.m.", "p.m", "in the afternoon", "in the evening"});
  const size_t night = skip(after, {"at night"});
  if (morning != after) {
    found->value.half = ClockTime::Half::kMorning;
  } else if (afternoon != after) {
    found->value.half = ClockTime::Half::kAfternoon;
  } else if (night != after) {
    found->value.half =
        found->value.seconds < 6 * kHourS ? ClockTime::Half::kNone : ClockTime::Half::kAfternoon;
  }
  const size_t next = std::max({morning, afternoon, night});
  if (next != after) {
    found->value.bare = false;
    found->value.impossible = found->value.impossible || found->value.seconds >= 24 * kHourS;
  }
  found->next = next;
  return found;
}

Maybe<DayPart> EnglishTime::part(size_t at) const {
  if (stands(at, {"morning"})) return parsed(DayPart{6 * kHourS, 12 * kHourS}, at + 1);
  if (stands(at, {"afternoon"})) return parsed(DayPart{12 * kHourS, 18 * kHourS}, at + 1);
  if (stands(at, {"evening"})) return parsed(DayPart{18 * kHourS, 22 * kHourS}, at + 1);
  if (stands(at, {"night"})) return parsed(DayPart{22 * kHourS, 30 * kHourS}, at + 1);
  return std::nullopt;
}

int EnglishTime::month(size_t at) const {
  for (int m = 0; m < 12; ++m) {
    const std::string_view name = kMonths[m];
    if (text(at) == name || (text(at).size() == 3 && name.substr(0, 3) == text(at)) ||
        (m == 8 && text(at) == "sept")) {
      return m + 1;
    }
  }
  return 0;
}

Maybe<int64_t> EnglishTime::calendar_date(size_t at) const {
  const auto day_at = [&](size_t i) -> Maybe<int> {
    if (const auto ordinal = read_ordinal(tokens_, i)) {
      return parsed(static_cast<int>(std::min(ordinal->value, 99.0)), i + ordinal->tokens);
    }
    const auto plain = integer(i, 99);
    if (!plain) return std::nullopt;
    return parsed(*plain, i + 1);
  };
  int month_number = month(at);
  Maybe<int> day_of_month;
  size_t next = at;
  if (month_number != 0) {  // "november 22nd"
    day_of_month = day_at(skip(at + 1, {".", "the"}));
    if (!day_of_month) return std::nullopt;
    next = day_of_month->next;
  } else {  // "22 november", "the 22nd of november"
    day_of_month = day_at(skip(at, {"the"}));
    if (!day_of_month) return std::nullopt;
    const size_t month_from = skip(day_of_month->next, {"of", "."});
    month_number = month(month_from);
    if (month_number == 0) return std::nullopt;
    next = month_from + 1;
  }
  const auto year = integer(skip(next, {","}), kLastYear);
  if (year && *year >= kFirstYear) {
    next = skip(next, {","}) + 1;
    if (!is_valid_date(*year, month_number, day_of_month->value))
      return parsed<int64_t>(INT64_MIN, next);
    return parsed(days_from_civil(*year, month_number, day_of_month->value), next);
  }
  return parsed(recent_date(month_number, day_of_month->value).value_or(INT64_MIN), next);
}

Maybe<EnglishTime::Day> EnglishTime::day(size_t at) const {
  const int64_t today = calendar_.today();
  Day found;
  size_t next = skip(at, {"on"});
  const size_t start = next;
  if ((next = skip(start, {"the day before yesterday"})) != start) {
    found.days = today - 2;
  } else if ((next = skip(start, {"yesterday"})) != start) {
    found.days = today - 1;
  } else if ((next = skip(start, {"today"})) != start) {
    found.days = today;
  } else if ((next = skip(start, {"this"})) != start && part(next)) {
    found.days = today;
  } else if ((next = skip(start, {"last"})) != start && part(next)) {
    found.days = today - 1;
    if (text(next) == "night" && calendar_.civil_now().hour >= 22) found.days = today - 1;
  } else if (stands(start, {"tonight"})) {
    found.days = today;
    found.part = DayPart{18 * kHourS, 24 * kHourS};
    return parsed(found, start + 1);
  } else if (const auto date = iso_date(start)) {
    found.days = date->value;
    next = date->next;
  } else if (const auto spoken = calendar_date(start)) {
    if (spoken->value != INT64_MIN) found.days = spoken->value;
    next = spoken->next;
  } else {
    next = skip(start, {"last", "this", "past"});
    const bool before_today = next != start && text(start) != "this";
    bool weekday = false;
    for (int i = 0; i < 7; ++i) {
      if (text(next) != kWeekdays[i]) continue;
      found.days = recent_weekday(i, before_today);
      ++next;
      weekday = true;
      break;
    }
    if (!weekday) {
      const auto count = read_numeral(tokens_, start);
      if (!count || !(count->value >= 1 && count->value <= 3650)) return std::nullopt;
      next = skip(start + count->tokens, {"days ago", "day ago"});
      if (next == start + count->tokens) return std::nullopt;
      found.days = today - static_cast<int64_t>(count->value);
    }
  }
  next = skip(next, {"'s"});
  size_t part_at = skip(next, {"in the", "during the"});
  if (const auto of_day = part(part_at)) {
    found.part = of_day->value;
    next = of_day->next;
  }
  return parsed(found, next);
}

ClockTime EnglishTime::with_half(ClockTime clock, const std::optional<DayPart>& part) const {
  if (!part || clock.half != ClockTime::Half::kNone) return clock;
  clock.half =
      part->start_s >= 12 * kHourS ? ClockTime::Half::kAfternoon : ClockTime::Half::kMorning;
  return clock;
}

Maybe<size_t> EnglishTime::shift_name(size_t at) const {
  const auto& shifts = calendar_.shifts();
  for (size_t i = 0; i < shifts.size(); ++i) {
    // The calendar's own name first: it may be "team B".
    Tokens name = tokenize(shifts[i].name.en);
    std::string phrase;
    for (const Token& token : name) phrase += token.text + " ";
    const size_t next = phrase.empty() ? at : skip(at, {phrase});
    if (next != at) return parsed(i, next);
  }
  struct Usual {
    int minute;
    std::initializer_list<std::string_view> names;
  };
  static const Usual kUsual[] = {
      {10 * 60, {"early shift", "morning shift", "day shift", "first shift"}},
      {18 * 60, {"late shift", "afternoon shift", "evening shift", "second shift"}},
      {2 * 60, {"night shift", "third shift", "graveyard shift"}}};
  for (const Usual& usual : kUsual) {
    const size_t next = skip(at, usual.names);
    if (next == at) continue;
    return parsed(calendar_.shift_covering(usual.minute).value_or(SIZE_MAX), next);
  }
  return std::nullopt;
}

}  // namespace mw::assistant
