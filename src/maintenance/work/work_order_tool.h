#pragma once

#include <memory>

#include "core/tool.h"
#include "maintenance/health_monitor.h"

namespace mw::maintenance {

/// "work_order": what to do about open cases by the plant's own data, and the cheapest window.
std::unique_ptr<Tool> make_work_order_tool(HealthMonitor& monitor, plant::Plant& plant);

}  // namespace mw::maintenance
