#pragma once

#include <functional>
#include <string_view>

#include "alarms/alarm_rule.h"
#include "plant/plant.h"

namespace mw::alarms {

/// What a condition is: of values that cannot be trusted nothing follows.
enum class Truth : uint8_t { kFalse, kTrue, kUnknown };

/// The present value of a tag; nullptr when nothing is known of it.
using ValueOf = std::function<const plant::TagValue*(std::string_view tag)>;

/// Whether a condition holds. `held`: it held before, so that limits are taken with their
/// hysteresis. A bad value is neither above nor below (kBad says that it is bad); all and any are
/// those of Kleene's logic: one false part makes `all` false whatever the others are.
Truth evaluate(const Condition& condition, const ValueOf& value_of, bool held);

}  // namespace mw::alarms
