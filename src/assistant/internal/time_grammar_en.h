#pragma once

#include "assistant/internal/time_grammar.h"

namespace mw::assistant {

/// English time expressions; see read_times for what it understands.
class EnglishTime final : public TimeGrammar {
 public:
  using TimeGrammar::TimeGrammar;
  Maybe<FoundTime> parse(size_t at) const override;

 private:
  struct Day {
    std::optional<int64_t> days;  // none for a date that does not exist
    std::optional<DayPart> part;  // "yesterday morning"
  };
  Maybe<TimeNs> unit(size_t at) const;
  Maybe<TimeNs> duration(size_t at) const;
  Maybe<ClockTime> clock(size_t at) const;
  Maybe<ClockTime> spoken_clock(size_t at) const;
  Maybe<Day> day(size_t at) const;
  Maybe<int64_t> calendar_date(size_t at) const;
  /// 1..12 for "june", "jun"; 0 for none.
  int month(size_t at) const;
  /// The year after a month: "2020", "of 2020", ", 2020", "'20".
  Maybe<int> year_after(size_t at) const;
  Maybe<DayPart> part(size_t at) const;
  Maybe<size_t> shift_name(size_t at) const;
  ClockTime with_half(ClockTime clock, const std::optional<DayPart>& part) const;

  Maybe<FoundTime> words(size_t at) const;
  Maybe<FoundTime> durations(size_t at) const;
  Maybe<FoundTime> ranges(size_t at) const;
  Maybe<FoundTime> clocks(size_t at) const;
  Maybe<FoundTime> since(size_t at) const;
  Maybe<FoundTime> shifts(size_t at) const;
  Maybe<FoundTime> days(size_t at) const;
  Maybe<FoundTime> months(size_t at) const;
  Maybe<FoundTime> years(size_t at) const;
  Maybe<FoundTime> weeks(size_t at) const;
  Maybe<FoundTime> day_ranges(size_t at) const;
};

}  // namespace mw::assistant
