#pragma once

#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// `formerly` of a plant description: what was renamed, and which unit was only written wrongly.
/// Fills Tag::former_id and Tag::former_unit, also of what is only history. Errors:
/// kInvalidArgument with the member at fault.
Result<void> read_former(const Json& description, const std::vector<Tag*>& tags);

}  // namespace mw::plant
