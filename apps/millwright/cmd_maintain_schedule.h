#pragma once

#include <string>

#include "apps/millwright/command_line.h"
#include "apps/millwright/stored_plant.h"
#include "maintenance/health_monitor.h"

namespace mw::app {

/// What `millwright maintain schedule ASSET` was asked.
struct ScheduleRequest {
  std::string asset;
  std::string at;  // empty: it is looked at, neither set nor removed
  bool off = false;
  maintenance::RetrainSchedule wanted;
  StoredPlant stored;
};

/// Its flags.
void add_schedule_flags(CommandLine& line, ScheduleRequest& request);

/// Over a data folder that no server has open; the server trains by it once it runs. What is set is
/// in the audit log under the account that runs it.
Result<int> maintain_schedule(const CommandLine& line, const ScheduleRequest& request);

}  // namespace mw::app
