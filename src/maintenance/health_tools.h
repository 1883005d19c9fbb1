#pragma once

#include "core/tool.h"
#include "maintenance/health_monitor.h"

namespace mw::maintenance {

/// Adds machine_health and maintenance_cases, of one asset or of all that the asker may see.
///
/// Evidence   machine_health: of all machines "machines", "watched_machines" and
///            "machines_unlike_normal"; of each "health_index" (text: its verdict, or
///            "not_trained"), followed by its "open_case", "sensor" (text: missing, flat, no_noise,
///            drifting) and, in an alarm, its "contribution"s in %, largest first.
///            maintenance_cases: "case_count"; newest first "maintenance_case" (value: its number,
///            text: its outcome), followed by "case_value"s, largest part first.
///
/// `monitor` and `plant` must outlive the registry.
void register_health_tools(ToolRegistry& registry, HealthMonitor& monitor, plant::Plant& plant);

}  // namespace mw::maintenance
