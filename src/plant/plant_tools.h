#pragma once

#include "core/tool.h"
#include "plant/plant.h"

namespace mw::plant {

/// Adds find_assets, find_tags, latest_value, window_statistics, compare_windows, compare_machines,
/// state_history, count, oee and unusual_now (arguments: docs/formats/plant_tools.md). `plant` must
/// outlive the registry.
void register_tools(ToolRegistry& registry, Plant& plant);

}  // namespace mw::plant
