#include "plant/modbus/modbus_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace mw::plant {
namespace {

ModbusRegister typed(ModbusType type, ModbusOrder order = ModbusOrder::kAbcd) {
  ModbusRegister reg;
  reg.type = type;
  reg.order = order;
  return reg;
}

double raw(const ModbusRegister& reg, std::vector<uint16_t> words) {
  return modbus_raw(reg, words);
}

TEST(ModbusValue, ReadsEveryTypeInTheStandardOrder) {
  EXPECT_EQ(raw(typed(ModbusType::kU16), {0xFFFE}), 65534);
  EXPECT_EQ(raw(typed(ModbusType::kS16), {0xFFFE}), -2);
  EXPECT_EQ(raw(typed(ModbusType::kU32), {0xFFFF, 0xFFFE}), 4294967294.0);
  EXPECT_EQ(raw(typed(ModbusType::kS32), {0xFFFF, 0xFFFE}), -2);
  EXPECT_EQ(raw(typed(ModbusType::kU64), {0, 1, 0, 2}), 4294967298.0);
  EXPECT_EQ(raw(typed(ModbusType::kS64), {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFD}), -3);
  EXPECT_EQ(raw(typed(ModbusType::kF32), {0x4148, 0x0000}), 12.5);
  EXPECT_EQ(raw(typed(ModbusType::kF64), {0x3FF8, 0, 0, 0}), 1.5);
  EXPECT_TRUE(std::isnan(raw(typed(ModbusType::kF32), {0x7FC0, 0})));
  ModbusRegister bit = typed(ModbusType::kBit);
  bit.bit = 3;
  EXPECT_EQ(raw(bit, {0x0008}), 1);
  EXPECT_EQ(raw(bit, {0xFFF7}), 0);
  bit.table = ModbusTable::kCoil;
  EXPECT_EQ(raw(bit, {1}), 1);
}

TEST(ModbusValue, ReadsEveryOrderOfBytes) {
  // 0x0A0B0C0D as manuals write the four ways.
  EXPECT_EQ(raw(typed(ModbusType::kU32, ModbusOrder::kAbcd), {0x0A0B, 0x0C0D}), 0x0A0B0C0D);
  EXPECT_EQ(raw(typed(ModbusType::kU32, ModbusOrder::kCdab), {0x0C0D, 0x0A0B}), 0x0A0B0C0D);
  EXPECT_EQ(raw(typed(ModbusType::kU32, ModbusOrder::kBadc), {0x0B0A, 0x0D0C}), 0x0A0B0C0D);
  EXPECT_EQ(raw(typed(ModbusType::kU32, ModbusOrder::kDcba), {0x0D0C, 0x0B0A}), 0x0A0B0C0D);
  EXPECT_EQ(raw(typed(ModbusType::kU64, ModbusOrder::kCdab), {4, 3, 2, 1}), 281483566841860.0);
  EXPECT_EQ(raw(typed(ModbusType::kU16, ModbusOrder::kBadc), {0x0102}), 0x0201);
}

TEST(ModbusValue, ReadsTextsUpToTheirFirstNul) {
  ModbusRegister text = typed(ModbusType::kText);
  text.registers = 3;
  EXPECT_EQ(modbus_text(text, std::vector<uint16_t>{0x422D, 0x3130, 0x3432}), "B-1042");
  EXPECT_EQ(modbus_text(text, std::vector<uint16_t>{0x422D, 0x3100, 0x5858}), "B-1");
  EXPECT_EQ(modbus_text(text, std::vector<uint16_t>{0, 0, 0}), "");
  text.order = ModbusOrder::kBadc;
  EXPECT_EQ(modbus_text(text, std::vector<uint16_t>{0x2D42, 0x3031, 0x3234}), "B-1042");
  EXPECT_EQ(modbus_width(text), 3);
}

TEST(ModbusValue, ScalesTenthsWithoutRoundingNoise) {
  ModbusRegister reg;
  reg.scale = 0.1;
  for (int raw_value = -4000; raw_value < 4000; ++raw_value) {
    EXPECT_EQ(modbus_scaled(reg, raw_value), raw_value / 10.0);
  }
  reg.scale = 2.5;
  reg.offset = -40;
  EXPECT_EQ(modbus_scaled(reg, 4), -30);
  reg.scale = -1;
  reg.offset = 0;
  EXPECT_EQ(modbus_scaled(reg, 4), -4);
}

}  // namespace
}  // namespace mw::plant
