#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/language.h"
#include "core/result.h"
#include "plant/catalogue.h"

namespace mw::alarms {

/// By consequence and time to respond (ISA-18.2 section 11).
enum class Priority : uint8_t { kLow, kMedium, kHigh, kCritical };
std::string_view priority_name(Priority priority);

/// What must hold for an alarm: comparisons of tags, joined by all, any and not.
struct Condition {
  enum class Kind : uint8_t { kAll, kAny, kNot, kAbove, kBelow, kIs, kBad };
  Kind kind = Kind::kAll;
  std::vector<Condition> parts;  // of all and any; one of not
  std::string tag;               // of comparisons
  double limit = 0;              // above, below: in the tag's unit
  double hysteresis = 0;         // the value must come back past the limit by this much
  std::string state;             // is: the asset's state
};

/// An alarm as it is meant: when it comes, what it means, what to do (ISA-18.2's rationalisation).
struct AlarmRule {
  std::string id;
  Text name;
  std::string asset;  // its line is what rights are granted on
  std::string line;   // of that asset
  Priority priority = Priority::kMedium;
  bool enabled = true;
  Condition when;
  std::optional<Condition> unless;  // suppressed by design while this holds
  int64_t delay_on_ns = 0;          // the condition must hold so long
  int64_t delay_off_ns = 0;         // and be gone so long
  bool latching = false;            // stays until it is reset by a person
  Text cause, consequence, response;
  double respond_within_min = 0;  // 0: not said
};

/// A rule from JSON (docs/formats/alarm_rule.md), checked against the plant.
///
/// Errors   kInvalidArgument with the member's path ("when.all[1].tag"): an unknown tag or asset, a
///          limit on a state, a limit outside the tag's physical range, more than 32 comparisons,
///          deeper than 8; a member that is not known, as it would be ignored.
Result<AlarmRule> parse_rule(const Json& json, const plant::Catalogue& catalogue);
Json to_json(const AlarmRule& rule);

/// Tags that a rule looks at, each once.
std::vector<std::string> tags_of(const AlarmRule& rule);

/// One rule for each bound of a tag's normal range: what a plant has before somebody made up their
/// mind. Priority medium, 10 s on and off, suppressed where the range is not meant for the state.
std::vector<AlarmRule> rules_of_normal_ranges(const plant::Catalogue& catalogue);

}  // namespace mw::alarms
