#include "plant/modbus/modbus_plan.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "plant/modbus/modbus_value.h"

namespace mw::plant {
namespace {

int end_of(const ModbusRegister& reg) { return reg.address + modbus_width(reg); }

int most_of(const ModbusOptions& options, ModbusTable table) {
  const int limit = modbus_request_limit(table);
  return is_bit_table(table) ? limit : std::min(limit, options.registers_per_request);
}

ModbusRead read_of(const ModbusOptions& options, std::vector<std::size_t> members) {
  const ModbusRegister& first = options.registers[members.front()];
  ModbusRead read{first.unit, first.table, first.address, 0, first.poll_ms, {}};
  for (const std::size_t member : members) {
    read.count = std::max(read.count, end_of(options.registers[member]) - first.address);
  }
  read.members = std::move(members);
  return read;
}

}  // namespace

std::vector<ModbusRead> plan_reads(const ModbusOptions& options) {
  const auto& registers = options.registers;
  std::vector<std::size_t> order(registers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const ModbusRegister& reg = registers[i];
    return std::make_tuple(reg.unit, reg.table, reg.poll_ms, reg.address, i);
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::vector<ModbusRead> reads;
  std::vector<std::size_t> members;
  for (const std::size_t i : order) {
    const ModbusRegister& reg = registers[i];
    if (!members.empty()) {
      const ModbusRegister& first = registers[members.front()];
      const bool together = first.unit == reg.unit && first.table == reg.table &&
                            first.poll_ms == reg.poll_ms &&
                            end_of(reg) - first.address <= most_of(options, reg.table);
      if (!together) reads.push_back(read_of(options, std::exchange(members, {})));
    }
    members.push_back(i);
  }
  if (!members.empty()) reads.push_back(read_of(options, std::move(members)));
  return reads;
}

std::vector<ModbusRead> split_read(const ModbusOptions& options, const ModbusRead& read) {
  if (read.members.size() < 2) return {};
  std::size_t at = read.members.size() / 2;
  int widest = 0;
  int end = 0;
  for (std::size_t i = 0; i < read.members.size(); ++i) {
    const ModbusRegister& reg = options.registers[read.members[i]];
    if (i > 0 && reg.address - end > widest) {
      widest = reg.address - end;
      at = i;
    }
    end = std::max(end, end_of(reg));
  }
  const auto middle = read.members.begin() + static_cast<std::ptrdiff_t>(at);
  return {read_of(options, {read.members.begin(), middle}),
          read_of(options, {middle, read.members.end()})};
}

}  // namespace mw::plant
