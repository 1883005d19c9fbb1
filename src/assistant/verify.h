#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/time_zone.h"

namespace mw::assistant {

/// What a text may say besides the values of its evidence.
struct VerifyContext {
  const TimeZone* zone = nullptr;  // times are read on this clock; must not be null
  TimeNs now = 0;                  // a time without a date is of this day
  // Names whose digits are no numbers and whose use is allowed: the machines, tags and states
  // that the evidence is about, in both languages and as identifiers.
  std::vector<std::string> names;
  // Every name the plant has; one that is not among `names` must not be named.
  std::vector<std::string> other_names;
};

/// A number, unit, time or identifier of the text that no evidence carries.
struct Unsupported {
  enum class Kind { kNumber, kUnit, kTime, kIdentifier };
  Kind kind = Kind::kNumber;
  std::string text;
};

/// Checks every number, unit, time, duration and identifier of `text` against `evidence`, exactly:
/// a number must be some evidence's value rounded to the digits shown, with that value's unit (or
/// none); shares and percentages are good_share and difference_percent; times are ts_ns or window
/// bounds; durations are duration_s or the length of a window. Number words ("three", "三十") count
/// as numbers. What it cannot judge (causes, judgements) is the explainer's own affair.
///
/// Returns what is not carried; empty means that the text states no fact of its own making.
/// Threads  pure.
std::vector<Unsupported> find_unsupported(std::string_view text, std::span<const Evidence> evidence,
                                          const VerifyContext& context);

}  // namespace mw::assistant
