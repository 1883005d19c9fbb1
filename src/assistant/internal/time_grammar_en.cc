#include "assistant/internal/time_grammar_en.h"

#include <algorithm>
#include <cmath>

#include "assistant/internal/numerals.h"

namespace mw::assistant {
Maybe<FoundTime> EnglishTime::words(size_t at) const {
  size_t next = skip(at, {"right now", "now", "currently", "at the moment", "at this moment",
                          "at present", "presently", "just at the moment", "at this time"});
  if (next != at) return parsed(now_mention(), next);
  next = skip(at, {"just now", "a moment ago", "moments ago", "a minute or so ago"});
  if (next != at) return parsed(last(5 * kNsPerMinute), next);
  next = skip(at, {"recently", "lately", "of late"});
  if (next != at) return parsed(last(kNsPerHour), next);
  next = skip(at, {"tomorrow", "next hour", "next shift", "next day", "next week", "next month"});
  if (next != at) return parsed(problem(TimeProblem::Kind::kFuture), next);
  next = skip(at, {"the same time yesterday", "same time yesterday", "this time yesterday",
                   "at the same time yesterday", "at this time yesterday",
                   "the same period yesterday", "the same time the day before"});
  if (next != at) {
    FoundTime found = instant(calendar_.days_earlier(calendar_.now(), 1));
    found.anchor = FoundTime::Anchor::kDayBeforeOther;
    return parsed(found, next);
  }
  return std::nullopt;
}

Maybe<FoundTime> EnglishTime::durations(size_t at) const {
  // "in the last ten minutes", "over the past 2 h", "the previous hour".
  size_t from = skip(at, {"in", "over", "during", "for", "within", "throughout", "across", "of"});
  from = skip(from, {"the", "these", "this"});
  const size_t word = skip(from, {"last", "past", "previous", "preceding", "prior", "recent",
                                  "most recent", "latest", "trailing"});
  if (word != from) {
    auto length = duration(word);
    if (!length) {
      // "the last hour"; but "last week" is the calendar's.
      const auto one = unit(word);
      if (one && (one->value < 7 * kNsPerDay || text(word - 1) == "past")) {
        const size_t half = skip(one->next, {"and a half"});
        length = parsed(half != one->next ? one->value * 3 / 2 : one->value, half);
      }
    }
    if (length) {
      FoundTime found = last(length->value);
      const std::string_view said = text(word - 1);
      if (said == "previous" || said == "preceding" || said == "prior") {
        found.anchor = FoundTime::Anchor::kMaybeBefore;
      }
      size_t next = length->next;
      const size_t before = skip(next, {"before that", "before it", "before then"});
      if (before != next) {
        found.anchor = FoundTime::Anchor::kBeforeOther;
        next = before;
      }
      return parsed(found, next);
    }
  }
  if (stands(from, {"next", "coming", "following"})) {
    if (const auto length = duration(from + 1)) {
      return parsed(problem(TimeProblem::Kind::kFuture), length->next);
    }
  }
  const auto length = duration(from);
  if (!length) {
    if (const auto one = unit(from); one && from != at && text(from - 1) == "the") {
      const size_t before = skip(one->next, {"before that", "before it", "before"});
      if (before != one->next) {  // "the hour before"
        FoundTime found = last(one->value);
        found.anchor = FoundTime::Anchor::kBeforeOther;
        return parsed(found, before);
      }
    }
    return std::nullopt;
  }
  size_t next = skip(length->next, {"ago"});
  if (next != length->next) {
    if (length->value >= kNsPerDay && length->value % kNsPerDay == 0) {
      const int64_t days = length->value / kNsPerDay;
      if (days > 3650) return parsed(problem(TimeProblem::Kind::kTooLong), next);
      return parsed(whole_day(calendar_.today() - days), next);
    }
    return parsed(instant(calendar_.now() - length->value), next);
  }
  next = skip(length->next, {"before that", "before it", "before then", "before", "earlier"});
  if (next != length->next) {
    FoundTime found = last(length->value);
    found.anchor = FoundTime::Anchor::kBeforeOther;
    return parsed(found, next);
  }
  // "how has it changed over ten minutes"
  if (from != at) return parsed(last(length->value), length->next);
  return std::nullopt;
}

Maybe<FoundTime> EnglishTime::ranges(size_t at) const {
  // Day before or after; "between A and B", "from A to B", "A - B".
  std::optional<Day> named;
  size_t from = at;
  if (const auto first = day(at)) {
    named = first->value;
    from = skip(first->next, {",", "in the time"});
  }
  const size_t opened = skip(from, {"between", "from", "in the window from"});
  const bool between = opened != from;

  // "between 20 and 10 minutes ago", "from two hours ago to one hour ago".
  if (between && !named) {
    auto start = duration(opened);
    if (!start) {
      const auto count = read_numeral(tokens_, opened);
      if (count) {
        const size_t join = skip(opened + count->tokens, {"and", "to"});
        const auto end = join != opened + count->tokens ? duration(join) : std::nullopt;
        const auto end_unit = end ? unit(end->next - 1) : std::nullopt;
        if (end_unit && stands(end->next, {"ago"})) {
          const TimeNs start_ago = scaled(count->value, end_unit->value);
          return parsed(window(calendar_.now() - start_ago, calendar_.now() - end->value),
                        end->next + 1);
        }
      }
    } else {
      const size_t ago = skip(start->next, {"ago"});
      const size_t join = skip(ago, {"and", "to", "until", "till"});
      if (join != ago) {
        const size_t now_at = skip(join, {"now"});
        if (now_at != join && ago != start->next) return parsed(last(start->value), now_at);
        const auto end = duration(join);
        if (end && stands(end->next, {"ago"})) {
          return parsed(window(calendar_.now() - start->value, calendar_.now() - end->value),
                        end->next + 1);
        }
      }
    }
  }

  size_t start_from = opened;
  std::optional<Day> start_day = named;
  if (const auto inner = day(opened); inner && between) {  // "from yesterday 22:00 to today 6:00"
    start_day = inner->value;
    start_from = skip(inner->next, {"at", ","});
  }
  const auto start = clock(start_from);
  if (!start) return std::nullopt;
  size_t after_start = start->next;
  if (!start_day) {  // "from 22:00 yesterday to 6:00 today"
    if (const auto inner = day(after_start); inner && between) {
      start_day = inner->value;
      after_start = inner->next;
    }
  }
  const size_t join = skip(after_start, {"and", "to", "until", "till", "through", "-", "~"});
  if (join == after_start) return std::nullopt;
  const size_t until_now = skip(join, {"now"});
  if (until_now != join && between) {
    if (start_day && !start_day->days) {
      return parsed(problem(TimeProblem::Kind::kImpossible), until_now);
    }
    return parsed(clock_since(start_day ? start_day->days : std::nullopt, start->value), until_now);
  }
  std::optional<Day> end_day;
  size_t end_from = join;
  if (const auto inner = day(join)) {
    end_day = inner->value;
    end_from = skip(inner->next, {"at", ","});
  }
  const auto end = clock(end_from);
  if (!end) return std::nullopt;
  size_t next = end->next;
  if (!between && start->value.bare && end->value.bare) return std::nullopt;  // "1 - 2"
  if (!end_day) {
    if (const auto after = day(next)) {
      // The day after both holds for both, unless the first had its own.
      end_day = after->value;
      if (!start_day) start_day = after->value;
      next = after->next;
    } else {
      end_day = start_day;
    }
  }
  for (const auto& which : {start_day, end_day}) {
    if (which && !which->days) return parsed(problem(TimeProblem::Kind::kImpossible), next);
  }
  const auto part_of = [](const std::optional<Day>& d) {
    return d ? d->part : std::optional<DayPart>();
  };
  return parsed(
      clock_range(start_day ? start_day->days : std::nullopt,
                  with_half(start->value, part_of(start_day)),
                  end_day ? end_day->days : std::nullopt, with_half(end->value, part_of(end_day))),
      next);
}

Maybe<FoundTime> EnglishTime::clocks(size_t at) const {
  std::optional<Day> named;
  size_t from = at;
  if (const auto first = day(at)) {
    named = first->value;
    from = first->next;
  }
  const size_t opened =
      skip(from, {"at", "at about", "at around", "around", "about", "as of", "by", "@"});
  const auto time = clock(opened);
  if (!time) return std::nullopt;
  size_t next = time->next;
  if (time->value.bare) {
    // "at 8" is a time, "at 80 degC" or "at 8 bar" is not.
    const bool more =
        next < tokens_.size() && (tokens_[next].is_word() || tokens_[next].text == "°" ||
                                  tokens_[next].text == "%" || tokens_[next].text == "/");
    if (opened == from || (more && !day(next) && !stands(next, {"and", "compared", "than"}))) {
      return std::nullopt;
    }
  }
  if (!named) {
    if (const auto after = day(next)) {
      named = after->value;
      next = after->next;
    }
  }
  if (named && !named->days) return parsed(problem(TimeProblem::Kind::kImpossible), next);
  return parsed(clock_instant(named ? named->days : std::nullopt,
                              with_half(time->value, named ? named->part : std::nullopt)),
                next);
}

Maybe<FoundTime> EnglishTime::since(size_t at) const {
  size_t from = skip(at, {"since", "ever since", "from", "after", "starting"});
  if (from == at) return std::nullopt;
  const bool said_since = text(from - 1) == "since" || text(from - 1) == "after";
  const auto open_end = [&](size_t next) {
    return skip(next, {"until now", "till now", "to now", "up to now", "on", "onwards", "onward",
                       "so far"});
  };
  const size_t shift_start = skip(from, {"the shift began",
                                         "the shift started",
                                         "shift start",
                                         "the start of the shift",
                                         "the beginning of the shift",
                                         "the start of this shift",
                                         "start of shift",
                                         "the beginning of this shift",
                                         "this shift began",
                                         "this shift started",
                                         "the current shift began",
                                         "the current shift started",
                                         "our shift began",
                                         "our shift started",
                                         "the shift change",
                                         "shift change",
                                         "the shift start",
                                         "beginning of shift",
                                         "the start of the current shift",
                                         "the last shift change"});
  if (shift_start != from) return parsed(this_shift(), open_end(shift_start));
  if (const auto length = duration(from); length && stands(length->next, {"ago"})) {
    const size_t next = open_end(length->next + 1);
    if (!said_since && next == length->next + 1) return std::nullopt;
    return parsed(last(length->value), next);
  }
  std::optional<Day> named;
  size_t next = skip(from, {"the start of", "the beginning of", "the end of"});
  const bool whole = next != from;
  if (const auto first = day(next)) {
    named = first->value;
    next = skip(first->next, {"at", ","});
  }
  const auto time = whole ? std::nullopt : clock(next);
  if (!named && !time) return std::nullopt;
  if (time) next = time->next;
  if (!named && time) {
    if (const auto after = day(next)) {
      named = after->value;
      next = after->next;
    }
  }
  const size_t closed = open_end(next);
  if (!said_since && closed == next) return std::nullopt;  // "from 8" alone says too little
  if (named && !named->days) return parsed(problem(TimeProblem::Kind::kImpossible), closed);
  ClockTime start = time ? with_half(time->value, named ? named->part : std::nullopt) : ClockTime{};
  if (!time && named && named->part) start.seconds = named->part->start_s;
  return parsed(clock_since(named ? named->days : std::nullopt, start), closed);
}

Maybe<FoundTime> EnglishTime::shifts(size_t at) const {
  size_t from = skip(at, {"in", "during", "on", "over", "for", "throughout"});
  size_t next = skip(from, {"this shift", "the current shift", "current shift", "the shift so far",
                            "the shift", "our shift", "my shift", "this shift so far"});
  if (next != from) return parsed(this_shift(), next);
  next = skip(from, {"the last shift", "last shift", "the previous shift", "previous shift",
                     "the prior shift", "the preceding shift", "the shift before"});
  if (next != from) return parsed(last_shift(), next);
  from = skip(from, {"the"});
  std::optional<int64_t> on;
  size_t name_at = from;
  if (stands(from, {"last"})) {
    name_at = from + 1;
  } else if (const auto named = day(from); named && named->value.days && !named->value.part) {
    on = named->value.days;
    name_at = named->next;
  }
  const auto name = shift_name(name_at);
  if (!name) return std::nullopt;
  next = name->next;
  if (!on) {  // "the late shift yesterday"
    if (const auto named = day(next); named && named->value.days && !named->value.part) {
      on = named->value.days;
      next = named->next;
    }
  }
  return parsed(
      named_shift(name->value == SIZE_MAX ? std::nullopt : std::optional(name->value), on), next);
}

Maybe<FoundTime> EnglishTime::days(size_t at) const {
  size_t from = skip(at, {"in", "during", "over", "for", "so far", "throughout"});
  size_t next = skip(from, {"this hour", "the current hour"});
  const CivilTime& now = calendar_.civil_now();
  if (next != from) {
    return parsed(
        window(calendar_.moment(calendar_.today(), now.hour * kHourS).at, calendar_.now()), next);
  }
  const int64_t monday = calendar_.today() - weekday_of_days(calendar_.today());
  const auto midnight = [&](int64_t d) { return calendar_.moment(d, 0).at; };
  if ((next = skip(from, {"this week", "the week so far"})) != from) {
    return parsed(window(midnight(monday), calendar_.now()), next);
  }
  if ((next = skip(from, {"last week"})) != from) {
    return parsed(window(midnight(monday - 7), midnight(monday)), next);
  }
  const int64_t month = days_from_civil(now.year, now.month, 1);
  if ((next = skip(from, {"this month"})) != from) {
    return parsed(window(midnight(month), calendar_.now()), next);
  }
  if ((next = skip(from, {"last month"})) != from) {
    const CivilTime before = civil_from_days(month - 1);
    return parsed(window(midnight(days_from_civil(before.year, before.month, 1)), midnight(month)),
                  next);
  }
  size_t day_at = from;
  if ((next = skip(at, {"of the day", "during the day", "all day", "the whole day"})) != at) {
    // "all day yesterday" is that day.
    if (!day(next)) return parsed(whole_day(calendar_.today()), next);
    day_at = next;
  }
  const auto named = day(day_at);
  if (!named) return std::nullopt;
  next = skip(named->next, {"so far", "all day", "the whole day"});
  if (!named->value.days) return parsed(problem(TimeProblem::Kind::kImpossible), next);
  if (named->value.part) return parsed(part_of_day(*named->value.days, *named->value.part), next);
  return parsed(whole_day(*named->value.days), next);
}

Maybe<FoundTime> EnglishTime::parse(size_t at) const {
  Maybe<FoundTime> best;
  keep_longest(best, words(at));
  keep_longest(best, shifts(at));
  keep_longest(best, durations(at));
  keep_longest(best, ranges(at));
  keep_longest(best, since(at));
  keep_longest(best, clocks(at));
  keep_longest(best, days(at));
  keep_longest(best, weeks(at));
  keep_longest(best, months(at));
  keep_longest(best, years(at));
  keep_longest(best, day_ranges(at));
  return best;
}

}  // namespace mw::assistant
