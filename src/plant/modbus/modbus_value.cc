#include "plant/modbus/modbus_value.h"

#include <algorithm>
#include <bit>

#include "core/check.h"
#include "plant/internal/scaled.h"

namespace mw::plant {
namespace {

uint16_t swapped(uint16_t word) { return static_cast<uint16_t>((word >> 8) | (word << 8)); }

}  // namespace

int modbus_width(const ModbusRegister& reg) {
  switch (reg.type) {
    case ModbusType::kBit:
    case ModbusType::kU16:
    case ModbusType::kS16:
      return 1;
    case ModbusType::kU32:
    case ModbusType::kS32:
    case ModbusType::kF32:
      return 2;
    case ModbusType::kU64:
    case ModbusType::kS64:
    case ModbusType::kF64:
      return 4;
    case ModbusType::kText:
      return reg.registers;
  }
  return 1;
}

bool is_bit_table(ModbusTable table) {
  return table == ModbusTable::kCoil || table == ModbusTable::kDiscrete;
}

int modbus_request_limit(ModbusTable table) { return is_bit_table(table) ? 2000 : 125; }

const char* modbus_table_name(ModbusTable table) {
  switch (table) {
    case ModbusTable::kCoil:
      return "coil";
    case ModbusTable::kDiscrete:
      return "discrete";
    case ModbusTable::kInput:
      return "input";
    case ModbusTable::kHolding:
      return "holding";
  }
  return "holding";
}

double modbus_raw(const ModbusRegister& reg, std::span<const uint16_t> words) {
  MW_CHECK(words.size() == static_cast<std::size_t>(modbus_width(reg)));
  if (is_bit_table(reg.table)) return words[0] != 0 ? 1 : 0;
  const bool low_first = reg.order == ModbusOrder::kCdab || reg.order == ModbusOrder::kDcba;
  const bool swap = reg.order == ModbusOrder::kBadc || reg.order == ModbusOrder::kDcba;
  uint64_t bits = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const uint16_t word = words[low_first ? words.size() - 1 - i : i];
    bits = bits << 16 | (swap ? swapped(word) : word);
  }
  switch (reg.type) {
    case ModbusType::kBit:
      return static_cast<double>(bits >> reg.bit & 1);
    case ModbusType::kU16:
    case ModbusType::kU32:
    case ModbusType::kU64:
      return static_cast<double>(bits);
    case ModbusType::kS16:
      return static_cast<int16_t>(bits);
    case ModbusType::kS32:
      return static_cast<int32_t>(bits);
    case ModbusType::kS64:
      return static_cast<double>(static_cast<int64_t>(bits));
    case ModbusType::kF32:
      return static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    case ModbusType::kF64:
      return std::bit_cast<double>(bits);
    case ModbusType::kText:
      break;
  }
  return 0;
}

std::string modbus_text(const ModbusRegister& reg, std::span<const uint16_t> words) {
  MW_CHECK(words.size() == static_cast<std::size_t>(modbus_width(reg)));
  std::string text;
  for (const uint16_t word : words) {
    const uint16_t bytes = reg.order == ModbusOrder::kBadc ? swapped(word) : word;
    text += static_cast<char>(bytes >> 8);
    text += static_cast<char>(bytes & 0xff);
  }
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

double modbus_scaled(const ModbusRegister& reg, double raw) {
  return scaled(raw, reg.scale, reg.offset);
}

}  // namespace mw::plant
