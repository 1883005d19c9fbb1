#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"
#include "plant/upkeep.h"

namespace mw::plant {

/// What repairs are priced by: the member "upkeep" of a description; empty without one.
/// Errors  kInvalidArgument naming the member. One that is not known is refused: a price under a
///         misspelt name would be missed in silence.
Result<Upkeep> read_upkeep(const Json& json, const std::vector<Line>& lines,
                           const std::vector<Shift>& shifts);
/// Which machines rates name is known only once all are read.
Result<void> check_upkeep_assets(const Upkeep& upkeep, const std::vector<Asset>& assets);

/// The member "failure_modes" of a kind or a machine.
Result<std::vector<FailureMode>> read_failure_modes(const Json& json, const std::string& where,
                                                    const Upkeep& upkeep);
/// A machine's own take the place of those of its kind of the same id.
void add_failure_modes(std::vector<FailureMode> own, std::vector<FailureMode>& modes);
/// Signs name numeric tags of the machine, by the last part.
Result<void> check_failure_signs(const std::vector<FailureMode>& modes,
                                 const std::vector<Tag>& tags, const std::string& where);

}  // namespace mw::plant
