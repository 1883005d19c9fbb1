#pragma once

#include <string>

#include "apps/millwright/command_line.h"
#include "apps/millwright/stored_plant.h"

namespace mw::app {

/// What `millwright maintain work_order|accept CASE` was asked.
struct WorkRequest {
  std::string action;
  int64_t number = 0;
  std::string mode;    // empty: the one that fits best
  std::string before;  // UTC; "none": whatever a model says; empty: as a model says
  std::string start;   // UTC, accept: empty: the proposed window
  std::string note;
  StoredPlant stored;
};
bool is_work_action(const std::string& action);

/// Over a data folder that no server has open; an acceptance is in the audit log under the account
/// that runs it.
Result<int> maintain_work(const CommandLine& line, const WorkRequest& request);

}  // namespace mw::app
