#include "plant/modbus/modbus_plan.h"

#include <gtest/gtest.h>

#include <vector>

#include "plant/modbus/modbus_value.h"

namespace mw::plant {
namespace {

ModbusOptions at(std::vector<int> addresses, ModbusType type = ModbusType::kU16) {
  ModbusOptions options;
  for (const int address : addresses) {
    options.registers.emplace_back().type = type;
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
