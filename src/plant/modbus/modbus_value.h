#pragma once

#include <optional>
#include <span>
#include <string>

#include "plant/connector_options.h"

namespace mw::plant {

/// Words (or bits of a bit table) that a value takes: 1, 2 or 4; of a text as many as are said.
int modbus_width(const ModbusRegister& reg);

/// The most that one request may ask for: 125 registers or 2000 bits.
int modbus_request_limit(ModbusTable table);

/// True for coils and discrete inputs.
bool is_bit_table(ModbusTable table);

/// "holding", "input", "coil", "discrete".
const char* modbus_table_name(ModbusTable table);

/// What the words say, before scale and offset; of a bit table one word of 0 or 1.
///   Obligation  words.size() == modbus_width(reg), and no text
double modbus_raw(const ModbusRegister& reg, std::span<const uint16_t> words);

/// The bytes of a text up to the first NUL, the high one of a word first unless its order is badc.
///   Obligation  words.size() == modbus_width(reg)
std::string modbus_text(const ModbusRegister& reg, std::span<const uint16_t> words);

/// raw * scale + offset. A scale such as 0.1 divides by 10 instead: 215 becomes 21.5 exactly.
double modbus_scaled(const ModbusRegister& reg, double raw);

}  // namespace mw::plant
