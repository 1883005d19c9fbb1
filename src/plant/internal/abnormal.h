#pragma once

#include <optional>
#include <string>

#include "plant/asset.h"
#include "plant/plant.h"

namespace mw::plant {

enum class Bound { kLow, kHigh };

/// Which normal bound a good or uncertain value is beyond, given the state of its asset.
std::optional<Bound> beyond_normal(const Tag& tag, const TagValue& value, std::string_view state);

/// What is wrong with a tag, for people: out of its normal range, or not good. Nothing when all is
/// well.
std::optional<Text> abnormal_reason(const Tag& tag, const TagValue& value, std::string_view state);

/// A number as it is shown: "84.2".
std::string shown(double value, int decimals);

}  // namespace mw::plant
