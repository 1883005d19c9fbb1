#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// The member "measuring_points" of a kind or a machine; speed tags by their last part.
/// Errors   kInvalidArgument naming the member; one that is not known is refused, and so are a
///          bearing whose elements do not fit on their pitch circle and orders that none has.
Result<std::vector<MeasuringPoint>> read_measuring_points(const Json& json,
                                                          const std::string& where);
/// A machine's own take the place of those of its kind at the same point.
void add_measuring_points(std::vector<MeasuringPoint> own, std::vector<MeasuringPoint>& points);
/// Components are the machine's, speeds its numbers in 1/min (`tags` by their last part).
Result<void> check_measuring_points(const std::vector<MeasuringPoint>& points,
                                    const std::vector<Component>& components,
                                    const std::vector<Tag>& tags, const std::string& where);

}  // namespace mw::plant
