#pragma once

#include <optional>
#include <string>

#include "apps/millwright/command_line.h"
#include "apps/millwright/stored_plant.h"
#include "core/result.h"

namespace mw::app {

/// `millwright maintain vibration ...`: recordings of a machine in a data folder.
struct VibrationRequest {
  std::string verb;  // list, add, report, remove
  std::string asset;
  std::string what;  // add: a file; report, remove: a number
  std::string point;
  std::string channel;
  std::string unit;
  std::string at;
  std::optional<std::string> bearing;
  std::optional<std::string> orders;
  std::optional<std::string> group;
  double rate_hz = 0;
  double rpm = 0;
  StoredPlant stored;
};

/// Declares what it takes; the verb and what follows it with vibration_positionals().
VibrationRequest vibration_flags(CommandLine& line);
void vibration_positionals(CommandLine& line, VibrationRequest& request);
Result<int> maintain_vibration(const CommandLine& line, const VibrationRequest& request);

}  // namespace mw::app
