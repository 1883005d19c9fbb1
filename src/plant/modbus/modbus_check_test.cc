// What is wrong with a configured device is told by name before it starts.
#include <gtest/gtest.h>

#include <functional>

#include "plant/connector_check.h"
#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

ModbusRegister holding(std::string tag, int address, int unit = 1) {
  ModbusRegister reg;
  reg.tag = std::move(tag);
  reg.address = address;
  reg.unit = unit;
  reg.poll_ms = 50;
  return reg;
}

TEST(ModbusCheck, RefusesWhatDoesNotFitThePlantByName) {
  const auto catalogue = test_catalogue();
  const auto problem = [&](const std::function<void(ModbusOptions&)>& spoil) {
    ModbusOptions options;
    options.name = "plc";
    options.host = "x";
    options.registers = {holding("m1/temperature", 1), holding("m1/state", 2)};
    options.registers[1].states = {{0, "idle"}, {1, "running"}};
    spoil(options);
    const Result<void> checked = check_connectors({options}, {}, *catalogue);
    EXPECT_TRUE(checked || !checked.error().message.zh.empty());
    return checked ? std::string() : checked.error().message.en;
  };
  EXPECT_EQ(problem([](ModbusOptions&) {}), "");
  const std::pair<std::function<void(ModbusOptions&)>, const char*> rows[] = {
      {[](ModbusOptions& o) { o.registers[0].tag = "m1/nothing"; }, "no such tag"},
      {[](ModbusOptions& o) { o.registers[1].tag = "m1/temperature"; }, "already"},
      {[](ModbusOptions& o) { o.registers[0].measured_in = "degF"; }, "degF"},
      {[](ModbusOptions& o) { o.registers[0].poll_ms = 10'000; }, "watchdog"},
      {[](ModbusOptions& o) { o.registers[1].states.clear(); }, "states"},
      {[](ModbusOptions& o) { o.registers[1].states[7] = "dancing"; }, "dancing"},
      {[](ModbusOptions& o) { o.registers[1].type = ModbusType::kF32; }, "whole number"},
      {[](ModbusOptions& o) { o.registers[0].states[0] = "idle"; }, "no state"},
      {[](ModbusOptions& o) { o.registers.clear(); }, "registers"},
      {[](ModbusOptions& o) { o.name = "broker"; }, "taken"},
      {[](ModbusOptions& o) { o.name = "Press 1"; }, "expected"},
      {[](ModbusOptions& o) {
         o.registers[0].type = ModbusType::kF64;
         o.registers[0].address = 65'533;
       },
       "65535"},
      {[](ModbusOptions& o) { o.registers[0].type = ModbusType::kText; }, "no text"},
  };
  for (const auto& [spoil, word] : rows) {
    const std::string said = problem(spoil);
    EXPECT_NE(said.find(word), std::string::npos) << word << ": " << said;
  }
}

TEST(ModbusCheck, RefusesATagThatTwoConnectorsBring) {
  ModbusOptions a;
  a.name = "a";
  a.registers = {holding("m1/temperature", 1)};
  ModbusOptions b = a;
  b.name = "b";
  const Result<void> checked = check_connectors({a, b}, {}, *test_catalogue());
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.en.find("both"), std::string::npos);
}

}  // namespace
}  // namespace mw::plant
