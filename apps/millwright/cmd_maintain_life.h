#pragma once

#include <string>
#include <vector>

#include "apps/millwright/command_line.h"
#include "apps/millwright/stored_plant.h"

namespace mw::app {

/// What `millwright maintain lives|life|follow|unfollow ASSET` was asked.
struct LifeRequest {
  std::string action;
  std::string asset;                 // lives: one or several, with commas
  std::vector<std::string> columns;  // lives: tags' last parts; follow: COLUMN=TAG
  std::vector<std::string> states;   // in which machines wear; empty: always
  std::string begins, ends;          // kinds of events
  std::string since, until;          // UTC
  std::string model;                 // follow: its name
  std::string time_name = "hour";    // lives: of the table's time column
  double row_s = 0, unit_s = 0;
  std::string to;  // lives: the file that is written
  StoredPlant stored;
};
/// Their flags; `action`, `asset`, `to` and `stored` are the caller's to fill.
LifeRequest life_flags(CommandLine& line);
bool is_life_action(const std::string& action);

/// Over a data folder that no server has open; who is followed is in the audit log under the
/// account that runs it.
Result<int> maintain_life(const CommandLine& line, const LifeRequest& request);

/// Where `train --name NAME` puts a model, and where `follow` finds it.
std::filesystem::path named_model_folder(const StoredPlant& stored, const std::string& name);

}  // namespace mw::app
