#pragma once

#include <memory>

#include "core/tool.h"
#include "plant/plant.h"

namespace mw::plant {

// One function a tool, each in a file of that name; docs/formats/plant_tools.md says what they take
// and give.
std::unique_ptr<Tool> make_find_assets(Plant& plant);
std::unique_ptr<Tool> make_find_tags(Plant& plant);
std::unique_ptr<Tool> make_latest_value(Plant& plant);
std::unique_ptr<Tool> make_window_statistics(Plant& plant);
std::unique_ptr<Tool> make_compare_windows(Plant& plant);
std::unique_ptr<Tool> make_compare_machines(Plant& plant);
std::unique_ptr<Tool> make_state_history(Plant& plant);
std::unique_ptr<Tool> make_count(Plant& plant);
std::unique_ptr<Tool> make_oee(Plant& plant);
std::unique_ptr<Tool> make_batches(Plant& plant);
std::unique_ptr<Tool> make_events(Plant& plant);
std::unique_ptr<Tool> make_failure_modes(Plant& plant);
std::unique_ptr<Tool> make_unusual_now(Plant& plant);

}  // namespace mw::plant
