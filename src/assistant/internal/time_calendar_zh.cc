// Months and years of the calendar, and from one day to another, in Chinese.
#include <cmath>

#include "assistant/internal/numerals.h"
#include "assistant/internal/time_grammar_zh.h"

namespace mw::assistant {
namespace {

std::optional<int> whole(const std::optional<Numeral>& number, int least, int most) {
  if (!number || std::floor(number->value) != number->value) return std::nullopt;
  if (!(number->value >= least && number->value <= most)) return std::nullopt;
  return static_cast<int>(number->value);
}

}  // namespace

Maybe<FoundTime> ChineseTime::months(size_t at) const {
  const size_t from = skip(at, {"在", "从"});
  if (const auto iso = iso_month(from)) {
    return parsed(whole_months(iso->value.first, iso->value.second, 1), iso->next);
  }
  std::optional<int> year;
  size_t month_at = from;
  size_t named_year = skip(from, {"今年", "本年"});
  if (named_year != from) {
    year = calendar_.year();
  } else if ((named_year = skip(from, {"去年"})) != from) {
    year = calendar_.year() - 1;
  } else if (const auto number = read_numeral(tokens_, from)) {
    const size_t after = from + number->tokens;
    if (stands(after, {"年"})) {
      year = whole(number, kFirstYear, kLastYear);
      if (!year) return std::nullopt;
      named_year = after + 1;
    }
  }
  if (year) month_at = skip(named_year, {"的", "度"});
  const auto number = read_numeral(tokens_, month_at);
  const auto named = whole(number, 1, 12);
  if (!named) return std::nullopt;
  const size_t after = month_at + number->tokens;
  const size_t next = skip(after, {"月份", "月"});
  if (next == after) return std::nullopt;
  if (const size_t week = skip(next, {"第一周", "的第一周", "首周"}); week != next) {
    return parsed(week_of_month(year, *named, true), week);
  }
  if (const size_t week = skip(next, {"最后一周", "的最后一周"}); week != next) {
    return parsed(week_of_month(year, *named, false), week);
  }
  return parsed(whole_months(year, *named, 1), skip(next, {"里", "内", "期间", "全月", "整月"}));
}

Maybe<FoundTime> ChineseTime::years(size_t at) const {
  const size_t from = skip(at, {"在"});
  size_t next = skip(from, {"今年", "本年度", "本年"});
  if (next != from)
    return parsed(whole_months(calendar_.year(), 1, 12), skip(next, {"以来", "里", "内"}));
  next = skip(from, {"去年", "上一年"});
  if (next != from)
    return parsed(whole_months(calendar_.year() - 1, 1, 12), skip(next, {"全年", "一年"}));
  const auto number = read_numeral(tokens_, from);
  const auto year = whole(number, kFirstYear, kLastYear);
  if (!year) return std::nullopt;
  const size_t after = from + number->tokens;
  next = skip(after, {"年全年", "年度", "年里", "年一年", "年"});
  if (next == after) return std::nullopt;
  return parsed(whole_months(*year, 1, 12), next);
}

Maybe<FoundTime> ChineseTime::day_ranges(size_t at) const {
  const size_t opened = skip(at, {"从", "自", "在"});
  const auto first = day(opened);
  if (!first || first->value.part) return std::nullopt;
  const size_t join = skip(first->next, {"到", "至", "-", "~", "直到"});
  if (join == first->next) return std::nullopt;
  const auto last = day(join);
  if (!last || last->value.part) return std::nullopt;
  const size_t next = skip(last->next, {"期间", "之间", "止", "为止"});
  if (!first->value.days || !last->value.days) {
    return parsed(problem(TimeProblem::Kind::kImpossible), next);
  }
  if (*last->value.days < *first->value.days) {
    return parsed(problem(TimeProblem::Kind::kReversed), next);
  }
  return parsed(whole_days(*first->value.days, *last->value.days), next);
}

}  // namespace mw::assistant
