#include "plant/connector_check.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

ModbusOptions modbus(std::string name, std::string tag) {
  ModbusOptions options;
  options.name = std::move(name);
  options.host = "x";
  options.registers.resize(1);
  options.registers[0].tag = std::move(tag);
  return options;
}

OpcuaOptions opcua(std::string name, std::string tag) {
  OpcuaOptions options;
  options.name = std::move(name);
  options.endpoint = "opc.tcp://10.0.0.7:4840";
  options.nodes.resize(1);
  options.nodes[0].tag = std::move(tag);
  options.nodes[0].node = "ns=2;s=T";
  return options;
}

TEST(ConnectorCheck, TakesWaysInThatFitThePlantAndEachOther) {
  const auto plant = test_catalogue();
  TopicValue topic;
  topic.topic = "oven/climate";
  topic.tag = "m2/parts";
  EXPECT_TRUE(check_connectors({modbus("plc", "m1/temperature"), opcua("press", "m1/parts")},
                               {topic}, *plant));
  EXPECT_TRUE(check_connectors({}, {}, *plant));
}

TEST(ConnectorCheck, NamesThePlaceThatDoesNotFit) {
  const auto plant = test_catalogue();
  TopicValue topic;
  topic.topic = "oven/climate";
  topic.tag = "m1/temperature";
  struct Row {
    std::vector<ConnectorOptions> connectors;
    std::vector<TopicValue> topics;
    const char* place;
  };
  const Row rows[] = {
      {{modbus("PLC 1", "m1/temperature")}, {}, "connector[0].name"},
      {{modbus("push", "m1/temperature")}, {}, "connector[0].name"},
      {{modbus("plc", "m1/temperature"), opcua("plc", "m1/parts")}, {}, "connector[1].name"},
      {{modbus("plc", "m1/nothing")}, {}, "connector[0].register[0]"},
      {{modbus("plc", "m1/temperature"), opcua("press", "m1/temperature")},
       {},
       "connector[1].node[0].tag"},
      {{modbus("plc", "m1/temperature")}, {topic}, "topic[0].tag"},
  };
  for (const Row& row : rows) {
    const Result<void> checked = check_connectors(row.connectors, row.topics, *plant);
    ASSERT_FALSE(checked) << row.place;
    EXPECT_EQ(checked.error().param, row.place);
    EXPECT_FALSE(checked.error().message.zh.empty());
  }
}

}  // namespace
}  // namespace mw::plant
