#pragma once

#include "assistant/internal/time_grammar.h"

namespace mw::assistant {

/// Chinese time expressions; see read_times for what it understands.
class ChineseTime final : public TimeGrammar {
 public:
  using TimeGrammar::TimeGrammar;
  Maybe<FoundTime> parse(size_t at) const override;

 private:
  /// A part of the day: its stretch, and what it says about an hour.
  struct Part {
    DayPart span;
    ClockTime::Half half = ClockTime::Half::kNone;
  };
  struct Day {
    std::optional<int64_t> days;  // none for a date that does not exist
    std::optional<Part> part;     // 昨晚, 今早
  };
  /// Day and clock as they stand together: 昨天下午三点.
  struct Point {
    std::optional<Day> day;
    ClockTime clock;
  };
  Maybe<TimeNs> unit(size_t at) const;
  Maybe<TimeNs> duration(size_t at) const;
  Maybe<ClockTime> clock(size_t at) const;
  Maybe<Part> part(size_t at) const;
  Maybe<Day> day(size_t at) const;
  Maybe<Point> point(size_t at) const;
  Maybe<size_t> shift_name(size_t at) const;

  Maybe<FoundTime> words(size_t at) const;
  Maybe<FoundTime> durations(size_t at) const;
  Maybe<FoundTime> points(size_t at) const;
  Maybe<FoundTime> shifts(size_t at) const;
  Maybe<FoundTime> days(size_t at) const;
  Maybe<FoundTime> months(size_t at) const;
  Maybe<FoundTime> years(size_t at) const;
  Maybe<FoundTime> day_ranges(size_t at) const;
};

}  // namespace mw::assistant
