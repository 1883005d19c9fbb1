#pragma once

#include <optional>

#include "assistant/time_expression.h"

namespace mw::assistant {

/// Local days and shifts as instants, seen from one moment.
class LocalCalendar {
 public:
  struct Moment {
    TimeNs at = 0;
    Text note;  // when daylight saving skips or repeats this time
  };
  struct ShiftSpan {
    const plant::Shift* shift = nullptr;
    TimeWindow window;
  };

  LocalCalendar(const Calendar& calendar, TimeNs now);

  TimeNs now() const { return now_; }
  int64_t today() const { return today_; }
  int year() const { return civil_now_.year; }
  const CivilTime& civil_now() const { return civil_now_; }

  /// `seconds` (may be over 24 h) after the midnight that begins local day `day`. A repeated time
  /// is its first occurrence, or the second where `is_end`, so that a window holds both.
  Moment moment(int64_t day, int seconds, bool is_end = false) const;
  /// The same wall time `days` earlier.
  TimeNs days_earlier(TimeNs at, int days) const;

  /// The shift that runs at `at`.
  std::optional<ShiftSpan> shift_at(TimeNs at) const;
  /// The run of a shift (by its place in the calendar) that begins on local day `day`; none where
  /// it does not run that day.
  std::optional<ShiftSpan> shift_on(size_t index, int64_t day) const;
  const std::vector<plant::Shift>& shifts() const { return calendar_.shifts; }
  /// The shift that covers `minute` of a day; calendar index.
  std::optional<size_t> shift_covering(int minute) const;

 private:
  const Calendar& calendar_;
  TimeNs now_;
  CivilTime civil_now_;
  int64_t today_;
};

}  // namespace mw::assistant
