#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace mw::plant {

/// Which of a Modbus device's four tables an address lies in.
enum class ModbusTable { kCoil, kDiscrete, kInput, kHolding };

enum class ModbusType { kBit, kU16, kS16, kU32, kS32, kU64, kS64, kF32, kF64 };

/// Where the bytes of a value lie, with A its most significant one, as device manuals write it. In
/// values of four words the same holds for all of them.
enum class ModbusOrder {
  kAbcd,  // high word first (the standard)
  kCdab,  // low word first
  kBadc,  // high word first, the bytes of each word swapped
  kDcba,  // low word first, bytes swapped
};

/// One value of a device: where it lies, what it is, and the tag that it becomes.
///   value = raw * scale + offset
struct ModbusRegister {
  std::string tag;  // "press-1/oil_temperature"
  int unit = 1;     // 0 to 255
  ModbusTable table = ModbusTable::kHolding;
  int address = 0;  // of the protocol, from 0: the manual's 40001 is holding 0
  ModbusType type = ModbusType::kU16;
  ModbusOrder order = ModbusOrder::kAbcd;
  int bit = 0;  // of a register read as kBit, 0 the least significant
  double scale = 1;
  double offset = 0;
  std::string measured_in;  // checked against the tag's unit when given
  int poll_ms = 1000;
  std::map<int64_t, std::string> states;  // of a state tag: raw value -> state
};

/// A Modbus device or bus. Values are read; nothing is ever written.
struct ModbusOptions {
  std::string name;
  std::string host;  // with `port`: Modbus TCP
  int port = 502;
  std::string device;  // "/dev/ttyUSB0": Modbus RTU; then `host` is empty
  int baud = 19'200;
  char parity = 'E';  // 'N', 'E', 'O'
  int data_bits = 8;
  int stop_bits = 1;
  int timeout_ms = 1000;            // for a whole answer
  int registers_per_request = 125;  // the protocol's limit; some devices allow fewer
  std::vector<ModbusRegister> registers;
};

/// What [[connector]] of a configuration describes.
using ConnectorOptions = std::variant<ModbusOptions>;

}  // namespace mw::plant
