#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "plant/connector_options.h"

namespace mw::plant {

/// What a register of a Modbus device says now.
struct ModbusSight {
  std::optional<double> raw, value;  // before and after scale and offset
  std::optional<std::string> text;   // of a register that is one
  Text problem;                      // why there is none
};

/// Reads each register once, by itself, for whoever sets a device up; within 15 s in all.
/// Errors  kUnavailable: no connection.
Result<std::vector<ModbusSight>> look_at_modbus(const ModbusOptions& options);

}  // namespace mw::plant
