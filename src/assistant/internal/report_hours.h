#pragma once

#include "assistant/report_reader.h"

namespace mw::assistant {

/// For how long the machine stood and how many hours were worked, where a clause says it with a
/// number and a unit of time: "downtime 2.5 h", "停机两小时", "took 40 minutes".
void find_hours(MaintenanceReport& report);

}  // namespace mw::assistant
