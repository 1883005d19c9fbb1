#pragma once

#include <cstddef>
#include <vector>

#include "plant/connector_options.h"

namespace mw::plant {

/// One request: a stretch of one table of one unit that covers some of the registers.
struct ModbusRead {
  int unit = 1;
  ModbusTable table = ModbusTable::kHolding;
  int address = 0;
  int count = 0;
  int poll_ms = 1000;
  std::vector<std::size_t> members;  // positions in ModbusOptions::registers, by address
};

/// The fewest requests that read all registers: those of one unit, table and poll interval, in the
/// order of their addresses, each request as long as the limit allows. Addresses between them that
/// nobody asked for are read along; split_read() takes that back where a device refuses it.
std::vector<ModbusRead> plan_reads(const ModbusOptions& options);

/// A request that the device refuses as a whole, in two: at the widest gap between its members,
/// else in the middle. Nothing when it has one member only.
std::vector<ModbusRead> split_read(const ModbusOptions& options, const ModbusRead& read);

}  // namespace mw::plant
