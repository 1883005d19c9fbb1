#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

/// The tags of a kind or an asset; `id` is the last part only.
Result<std::vector<Tag>> read_tags(const Json& json, const std::string& where);

/// What an asset says otherwise about tags of its kind: {"vibration": {"normal": [null, 6]}}.
/// Members that are absent stay as the kind has them. Another unit needs ranges in that unit.
/// Errors  kInvalidArgument: a tag that the kind has not, a member that cannot be overridden; both
///         named by JSON pointer ("/assets/2/override/vibration/normall").
Result<void> override_tags(const Json& json, const std::string& where, std::vector<Tag>& tags);

}  // namespace mw::plant
