#include "plant/plant_tools.h"

#include "plant/tools/tool_makers.h"

namespace mw::plant {

void register_tools(ToolRegistry& registry, Plant& plant) {
  for (const auto make :
       {&make_find_assets, &make_find_tags, &make_latest_value, &make_window_statistics,
        &make_compare_windows, &make_compare_machines, &make_state_history, &make_count, &make_oee,
        &make_batches, &make_events, &make_failure_modes, &make_unusual_now}) {
    registry.add(make(plant));
  }
}

}  // namespace mw::plant
