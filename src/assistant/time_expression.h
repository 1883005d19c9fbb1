#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/evidence.h"
#include "core/time_zone.h"
#include "plant/asset.h"

namespace mw::assistant {

/// How the people of a plant read the clock.
struct Calendar {
  TimeZone zone = TimeZone::utc();
  std::vector<plant::Shift> shifts = three_shifts();
  std::vector<plant::ShiftException> exceptions;

  /// 06:00, 14:00 and 22:00.
  static std::vector<plant::Shift> three_shifts();
};

/// A time that a question names.
struct TimeMention {
  enum class Kind {
    kNow,      // "right now": window is [now, now]
    kInstant,  // "at 14:05": window is [t, t]
    kWindow,   // "last ten minutes": window is [start, end), never past now
  };
  Kind kind = Kind::kWindow;
  TimeWindow window;
  std::string words;  // as they stand in the question
  Text note;          // what had to be decided: clocks set forward or back; may be empty
  size_t begin = 0;   // bytes of the question: [begin, end)
  size_t end = 0;
};

/// Why a time that was named cannot be answered for.
struct TimeProblem {
  enum class Kind {
    kFuture,      // it has not happened yet
    kTooLong,     // longer than kLongestWindowNs
    kEmpty,       // "last 0 minutes"
    kReversed,    // ends before it starts
    kImpossible,  // 25:00, February 30th
    kNoShift,     // a shift that the calendar does not have
    kNoRun,       // a shift that did not run then
  };
  Kind kind = Kind::kImpossible;
  std::string words;
  Error error;
};

inline constexpr TimeNs kLongestWindowNs = 400 * kNsPerDay;

struct TimeReading {
  std::vector<TimeMention> mentions;  // in the order of the question
  std::optional<TimeProblem> problem;
};

/// Finds the time expressions of a question in English or Chinese:
///   "in the past 2 h", "since the shift began", "yesterday between 3 and 5 pm", "at 14:05",
///   "最近十分钟", "昨天下午三点到五点", "本班以来", "从8点到10点".
/// A clock time without a day is its latest occurrence before `now`; hours without am or pm are
/// of the 24-hour clock. Morning is 06-12, afternoon 12-18, evening 18-22, night 22-06 (晚上 18-24,
/// 凌晨 00-06); "just now" is the last 5 minutes, "recently" the last hour.
///
/// Threads  pure.
TimeReading read_times(std::string_view question, const Calendar& calendar, TimeNs now);

}  // namespace mw::assistant
