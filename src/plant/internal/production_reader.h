#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// "time" of a state: production, setup, unplanned_stop or planned_stop; kUndeclared when absent.
Result<StateUse> read_state_use(const Json& json, const std::string& where);

/// "production" of a kind or an asset: {"total": "cycles", "reject": "rejects", "ideal_cycle_s":
/// 14}. What is absent stays as it is. Tags are the last part of their identifier.
Result<void> read_production(const Json& json, const std::string& where, Production& production);

/// Makes whole identifiers of the tags of `asset.production`, and checks it against the asset's
/// `tags` (`id` is still the last part) and states.
/// Errors  kInvalidArgument: a tag that is no counter of the asset, states of which only some say
///         what time they are.
Result<void> complete_production(const std::string& where, const std::vector<Tag>& tags,
                                 Asset& asset);

}  // namespace mw::plant
