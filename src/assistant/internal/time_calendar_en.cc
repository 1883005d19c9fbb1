// Weeks, months and years of the calendar, and from one day to another, in English.
#include <algorithm>

#include "assistant/internal/time_grammar_en.h"

namespace mw::assistant {

Maybe<int> EnglishTime::year_after(size_t at) const {
  const size_t from = skip(at, {"of", ",", "of the year", "in"});
  if (const auto year = integer(from, kLastYear); year && *year >= kFirstYear) {
    return parsed(*year, from + 1);
  }
  if (text(from) == "'") {  // "april '20"
    const auto short_year = integer(from + 1, 99);
    if (short_year && tokens_[from + 1].glued) return parsed(2000 + *short_year, from + 2);
  }
  return std::nullopt;
}

Maybe<FoundTime> EnglishTime::months(size_t at) const {
  size_t from = skip(at, {"in", "during", "over", "for", "throughout", "of", "from", "within"});
  const bool placed = from != at;
  from = skip(from, {"the whole of", "all of", "the month of", "the"});
  if (const auto iso = iso_month(from)) {
    return parsed(whole_months(iso->value.first, iso->value.second, 1), iso->next);
  }
  const int named = month(from);
  if (named == 0) return std::nullopt;
  if (const auto year = year_after(from + 1)) {
    return parsed(whole_months(year->value, named, 1), year->next);
  }
  // "may", "march" and what is short are other words too, unless they stand as a time does.
  const bool plain = text(from).size() > 3 && named != 3;
  if (!placed && !plain) return std::nullopt;
  return parsed(whole_months(std::nullopt, named, 1), from + 1);
}

Maybe<FoundTime> EnglishTime::weeks(size_t at) const {
  const size_t from = skip(at, {"in", "during", "over", "for", "throughout", "of", "from"});
  const size_t of_day =
      skip(from, {"the week of", "week of", "the week from", "the week starting"});
  if (of_day != from) {
    if (const auto first = day(of_day); first && !first->value.part) {
      if (!first->value.days) return parsed(problem(TimeProblem::Kind::kImpossible), first->next);
      return parsed(whole_days(*first->value.days, *first->value.days + 6), first->next);
    }
  }
  const size_t first = skip(from, {"the first week of", "first week of"});
  const size_t last = skip(from, {"the last week of", "last week of"});
  if (first == from && last == from) return std::nullopt;
  const size_t month_at = skip(std::max(first, last), {"the"});
  if (const auto year = integer(month_at, kLastYear); year && *year >= kFirstYear) {
    return parsed(week_of_month(*year, first != from ? 1 : 12, first != from), month_at + 1);
  }
  const int named = month(month_at);
  if (named == 0) return std::nullopt;
  const auto year = year_after(month_at + 1);
  return parsed(
      week_of_month(year ? std::optional(year->value) : std::nullopt, named, first != from),
      year ? year->next : month_at + 1);
}

Maybe<FoundTime> EnglishTime::years(size_t at) const {
  size_t from = skip(at, {"in", "during", "for", "throughout", "of", "from", "over"});
  const bool placed = from != at && text(from - 1) != "over";  // "over 2000" is a limit
  size_t next = skip(from, {"this year", "the current year"});
  if (next != from) {
    return parsed(whole_months(calendar_.year(), 1, 12), skip(next, {"so far"}));
  }
  next = skip(from, {"last year", "the last year", "the previous year"});
  if (next != from && text(from) != "the") {
    return parsed(whole_months(calendar_.year() - 1, 1, 12), next);
  }
  next = skip(from, {"the year", "year", "the year of", "year of", "all of", "the whole of"});
  const auto year = integer(next, kLastYear);
  if (!year || *year < kFirstYear || (!placed && next == from)) return std::nullopt;
  // "for 2000 parts", "in 2017 - 5": an amount, or part of something longer.
  const size_t after = next + 1;
  const bool amount =
      after < tokens_.size() && next == from &&
      (tokens_[after].is_number() || tokens_[after].glued || unit(after) ||
       stands(after, {"parts", "pieces", "rpm", "bar", "kw", "mm", "cycles", "times"}));
  const bool closed = after < tokens_.size() && stands(after, {"?", ".", ",", "!", ";", ")"});
  if (amount && !closed) return std::nullopt;
  return parsed(whole_months(*year, 1, 12), after);
}

Maybe<FoundTime> EnglishTime::day_ranges(size_t at) const {
  const size_t opened = skip(at, {"between", "from"});
  const auto first = day(opened);
  if (!first || first->value.part) return std::nullopt;
  const size_t join = skip(first->next, {"and", "to", "until", "till", "through", "-", "~"});
  if (join == first->next || (opened == at && text(first->next) == "and")) return std::nullopt;
  const auto last = day(join);
  if (!last || last->value.part) return std::nullopt;
  if (!first->value.days || !last->value.days) {
    return parsed(problem(TimeProblem::Kind::kImpossible), last->next);
  }
  if (*last->value.days < *first->value.days) {
    return parsed(problem(TimeProblem::Kind::kReversed), last->next);
  }
  return parsed(whole_days(*first->value.days, *last->value.days), last->next);
}

}  // namespace mw::assistant
