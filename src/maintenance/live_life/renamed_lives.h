#pragma once

#include <filesystem>
#include <string>

#include "maintenance/live_life/life_source.h"
#include "plant/renames.h"

namespace mw::maintenance {

/// Puts today's names (`formerly` of the plant description) in place of former ones. Whether there
/// were others.
bool rename_in_following(LifeFollowing& following, const plant::Renames& renames);

/// What is kept in life/`asset` goes on under today's names: `following` is as it has to be by now.
/// Its own file is written first, then the folder takes the machine's new name; a start finishes
/// what a crash cut short between the two.
/// Errors   those of the disk; kConflict where the new name is followed already.
Result<void> move_following(const std::filesystem::path& life, const std::string& asset,
                            const LifeFollowing& following);

}  // namespace mw::maintenance
