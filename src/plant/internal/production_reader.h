#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// "time" of a state: production, setup, unplanned_stop or planned_stop; kUndeclared when absent.
Result<StateUse> read_state_use(const Json& json, const std::string& where);

/// Either all states of a kind say what time they are, or none does.
Result<void> check_state_uses(const std::string& where, const std::vector<AssetState>& states);

/// "production" of a kind or an asset: {"total": "cycles", "reject": "rejects", "ideal_cycle_s":
/// 14, "batch": "batch", "product": "product", "products": [{"code": "A-100", "ideal_cycle_s":
/// 12}]}. What is absent stays as it is. Tags are the last part of their identifier.
Result<void> read_production(const Json& json, const std::string& where, Production& production);

/// Makes whole identifiers of the tags of `asset.production`, and checks it against the asset's
/// `tags` (`id` is still the last part). `json` is the asset's description at `where`; what it does
/// not say stands at `kind_where`, and errors name the one of the two.
/// Errors  kInvalidArgument: a tag that is no counter, or no text, of the asset; products without
///         the tag that says which runs.
Result<void> complete_production(const Json& json, const std::string& where,
                                 const std::string& kind_where, const std::vector<Tag>& tags,
                                 Asset& asset);

}  // namespace mw::plant
