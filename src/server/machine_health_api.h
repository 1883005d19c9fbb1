#pragma once

#include <memory>

#include "maintenance/health_monitor.h"
#include "server/router.h"

namespace mw::server {

/// What the routes of the machines' health answer from. A null monitor: they are 503s that say so.
struct MachineHealthParts {
  std::shared_ptr<maintenance::HealthMonitor> monitor;
  std::shared_ptr<plant::Plant> plant;
};

/// GET /api/maintenance/health, GET /api/maintenance/cases, GET /api/maintenance/cases/{case},
/// POST /api/maintenance/models (engineer), POST /api/maintenance/cases/{case}/outcome (operator).
/// Added to Api::router() by whoever has a monitor.
void add_machine_health_routes(Router& router, MachineHealthParts parts);

}  // namespace mw::server
