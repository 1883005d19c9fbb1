#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/language.h"

namespace mw::plant {

// What a plant says of its repairs (docs/formats/plant_description.md, "upkeep"). A figure that it
// does not give is absent, never a guess (ADR 0140). Money is in the currency of `Upkeep`.

/// A spare part that a repair takes.
struct SparePart {
  std::string number;  // as the stores know it: "6205-2RS"
  Text name;
  double quantity = 0;
  std::optional<double> in_stock;       // pieces, when the description was written
  std::optional<double> price;          // of one
  std::optional<double> delivery_days;  // from an order to the plant
};

/// How long people of one skill work at a repair.
struct SkillHours {
  std::string skill;  // id in Upkeep::skills
  double hours = 0;   // of all people together
};

/// A way in which a machine fails, and what mends it.
struct FailureMode {
  std::string id;  // "bearing_wear", unique within the machine
  Text name;
  std::vector<std::string> signs;  // last parts of the tags that deviate: "vibration"
  std::vector<Text> steps;
  std::vector<SparePart> parts;
  std::vector<SkillHours> work;
  std::optional<double> standstill_h;  // how long the machine stands for the repair
};

/// What an hour costs, and when that holds. Of several that hold at a moment the first one counts.
struct HourlyRate {
  std::vector<std::string> lines;   // empty: all
  std::vector<std::string> assets;  // empty: all
  enum class When { kAlways, kShifts, kOutsideShifts, kTimeOfWeek };
  When when = When::kAlways;
  std::vector<std::string> shifts;  // kShifts: ids
  unsigned days = 0;                // kTimeOfWeek: on which it begins, bit 0 is Monday
  int start_minute = 0;             // after local midnight
  int end_minute = 0;               // at or before the start: of the next day
  double per_hour = 0;
};

/// People who mend.
struct Skill {
  std::string id;  // "mechanic"
  Text name;
  std::vector<HourlyRate> rates;
};

/// Time in which a line stands anyway.
struct PlannedStop {
  std::string id;
  Text name;
  std::vector<std::string> lines;    // empty: all
  std::optional<int64_t> first_day;  // local, days since 1970; absent: each week
  int64_t last_day = 0;              // that it ends on
  unsigned days = 0;                 // each week: on which it begins, bit 0 is Monday
  int start_minute = 0, end_minute = 0;
};

/// What repairs are priced by.
struct Upkeep {
  std::string currency;  // "EUR"; empty: none given
  std::vector<Skill> skills;
  std::vector<HourlyRate> standstill;  // of a machine
  std::vector<PlannedStop> planned_stops;
};

}  // namespace mw::plant
