#pragma once

#include <optional>
#include <string>
#include <utility>

#include "maintenance/life_watch.h"

namespace mw::maintenance {

/// The date before which a machine does not fail, as its model of remaining life says: what work on
/// it may be planned by. Where the model claims nothing there is none, and `why` says so.
struct LifeDate {
  std::optional<TimeNs> before_ns;
  double certainty = 0;              // that it does not fail before, 0..1
  std::optional<double> held_share;  // of held-out rows, whose range held the truth; 0..1
  std::string model;                 // empty: none follows it
  TimeNs row_ns = 0;                 // end of the row that it rests on
  Text why;                          // what the model says, or why it names no date
};

/// The beginning of the range, or the least that it lasts where more cannot be told yet.
LifeDate life_date(const LifeView& view);
/// What is said to `who`; of a machine that nobody follows, or that they may not see, no date.
LifeDate life_date(LifeWatch& watch, const Identity& who, const std::string& asset);

/// The share (0..1) of held-out rows whose range held the truth, with the name of its split; none
/// where the card has no such score.
std::optional<std::pair<double, std::string>> held_share(const Json& card);

}  // namespace mw::maintenance
