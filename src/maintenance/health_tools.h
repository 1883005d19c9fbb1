#pragma once

#include "core/tool.h"
#include "maintenance/health_monitor.h"

namespace mw::maintenance {

/// Adds machine_health (of one asset, or of all, worst first) and maintenance_cases (open ones, or
/// all of them, newest first). `monitor` and `plant` must outlive the registry.
void register_health_tools(ToolRegistry& registry, HealthMonitor& monitor, plant::Plant& plant);

}  // namespace mw::maintenance
