// Values of all types and byte orders, and which requests read them.
#include <gtest/gtest.h>

#include <cmath>

#include "plant/modbus/modbus_plan.h"
#include "plant/modbus/modbus_value.h"

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

ModbusOptions at(std::vector<int> addresses, ModbusType type = ModbusType::kU16) {
  ModbusOptions options;
  for (const int address : addresses) {
    options.registers.push_back(typed(type));
    options.registers.back().address = address;
  }
  return options;
}

TEST(ModbusPlan, ReadsWhatLiesTogetherWithOneRequest) {
  const auto reads = plan_reads(at({12, 0, 4}));
  ASSERT_EQ(reads.size(), 1u);
  EXPECT_EQ(reads[0].address, 0);
  EXPECT_EQ(reads[0].count, 13);
  EXPECT_EQ(reads[0].members, (std::vector<std::size_t>{1, 2, 0}));
}

TEST(ModbusPlan, KeepsToTheLimitsOfTheProtocolAndOfTheDevice) {
  EXPECT_EQ(plan_reads(at({0, 123}, ModbusType::kU32)).size(), 1u);
  const auto over = plan_reads(at({0, 124}, ModbusType::kU32));
  ASSERT_EQ(over.size(), 2u) << "a value is never cut in two";
  EXPECT_EQ(over[1].address, 124);
  EXPECT_EQ(over[1].count, 2);
  ModbusOptions small = at({0, 1, 2, 3, 4});
  small.registers_per_request = 2;
  EXPECT_EQ(plan_reads(small).size(), 3u);
  ModbusOptions coils = at({0, 1999, 2000}, ModbusType::kBit);
  for (ModbusRegister& reg : coils.registers) reg.table = ModbusTable::kCoil;
  EXPECT_EQ(plan_reads(coils).size(), 2u);
}

TEST(ModbusPlan, KeepsUnitsTablesAndIntervalsApart) {
  ModbusOptions options = at({0, 1, 2, 3});
  options.registers[1].unit = 2;
  options.registers[2].table = ModbusTable::kInput;
  options.registers[3].poll_ms = 100;
  EXPECT_EQ(plan_reads(options).size(), 4u);
}

TEST(ModbusPlan, ReadsAThousandValuesWithEightRequests) {
  std::vector<int> addresses(1000);
  for (int i = 0; i < 1000; ++i) addresses[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(plan_reads(at(addresses)).size(), 8u);
}

TEST(ModbusPlan, SplitsWhatADeviceRefusesUntilOnlyTheBadOneIsLeft) {
  const ModbusOptions options = at({0, 1, 50, 51, 52});
  const ModbusRead whole = plan_reads(options)[0];
  auto parts = split_read(options, whole);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].count, 2) << "at the gap first: nobody asked for what lies in it";
  EXPECT_EQ(parts[1].address, 50);
  parts = split_read(options, parts[1]);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].members.size() + parts[1].members.size(), 3u);
  EXPECT_TRUE(split_read(options, parts[0]).empty());
}

}  // namespace
}  // namespace mw::plant
