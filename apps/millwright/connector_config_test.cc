#include "apps/millwright/connector_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/millwright/server_config.h"
#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

using plant::ModbusOptions;
using plant::ModbusOrder;
using plant::ModbusTable;
using plant::ModbusType;
using testing::HasSubstr;

class ConnectorConfigTest : public ::testing::Test {
 protected:
  Result<ServerConfig> read(const std::string& text) {
    EXPECT_TRUE(write_file_atomically(folder_.path() / "config.toml", text));
    return read_server_config(folder_.path() / "config.toml");
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(ConnectorConfigTest, ReadsAHostOfSparkplugWithDefaultsForItsMetrics) {
  const auto config = read(R"(
[[connector]]
name = "cell"
kind = "sparkplug"
broker = "ssl://10.0.0.5:8883"
ca_file = "/etc/ca.pem"
host_id = "millwright"
reorder_ms = 500
groups = ["Plant2"]
group = "Plant1"
edge = "Gateway1"
device = "Press1"
[[connector.metric]]
tag = "press-1/temperature"
metric = "Oil/Temperature"
scale = 0.1
offset = -40
measured_in = "degC"
[[connector.metric]]
tag = "press-1/state"
device = ""
edge = "Gateway2"
metric = "State"
states = {RUN = "running", 0 = "idle"}
)");
  ASSERT_TRUE(config) << config.error().message.en;
  ASSERT_EQ(config->connectors.size(), 1u);
  const auto& cell = std::get<plant::SparkplugOptions>(config->connectors[0]);
  EXPECT_EQ(cell.broker, "ssl://10.0.0.5:8883");
  EXPECT_EQ(cell.host_id, "millwright");
  EXPECT_TRUE(cell.rebirth);
  EXPECT_EQ(cell.reorder_ms, 500);
  EXPECT_EQ(cell.groups, (std::vector<std::string>{"Plant2"}));
  ASSERT_EQ(cell.metrics.size(), 2u);
  EXPECT_EQ(cell.metrics[0].device, "Press1");
  EXPECT_EQ(cell.metrics[0].scale, 0.1);
  EXPECT_EQ(cell.metrics[0].measured_in, "degC");
  EXPECT_EQ(cell.metrics[1].device, "");
  EXPECT_EQ(cell.metrics[1].edge, "Gateway2");
  EXPECT_EQ(cell.metrics[1].states.at("RUN"), "running");
}

TEST_F(ConnectorConfigTest, AsksForNoRebirthWithoutAHostIdUnlessTold) {
  const std::string listener =
      "[[connector]]\nname = \"a\"\nkind = \"sparkplug\"\nbroker = \"tcp://h\"\n"
      "groups = [\"g\"]\n";
  const auto rebirth = [](const Result<ServerConfig>& config) {
    return std::get<plant::SparkplugOptions>(config.value().connectors.at(0)).rebirth;
  };
  EXPECT_FALSE(rebirth(read(listener)));
  EXPECT_TRUE(rebirth(read(listener + "rebirth = true\n")));
  EXPECT_FALSE(rebirth(read(listener + "host_id = \"h\"\nrebirth = false\n")));
}

TEST_F(ConnectorConfigTest, ReadsAModbusDeviceWithDefaultsForItsRegisters) {
  const auto config = read(R"(
[[connector]]
name = "press-plc"
kind = "modbus_tcp"
address = "10.20.0.7:1502"
unit = 3
poll_ms = 500
order = "cdab"
timeout_ms = 300
[[connector.register]]
tag = "press-1/temperature"
table = "input"
address = 100
type = "s16"
scale = 0.1
offset = -40
measured_in = "degC"
[[connector.register]]
tag = "press-1/force"
address = 7
type = "f32"
unit = 4
order = "abcd"
poll_ms = 100
[[connector.register]]
tag = "press-1/state"
table = "coil"
address = 1
states = {0 = "idle", 1 = "running"}
[[connector.register]]
tag = "press-1/door"
address = 9
type = "bit"
bit = 12
)");
  ASSERT_TRUE(config) << config.error().message.en;
  ASSERT_EQ(config->connectors.size(), 1u);
  const auto& modbus = std::get<ModbusOptions>(config->connectors[0]);
  EXPECT_EQ(modbus.host, "10.20.0.7");
  EXPECT_EQ(modbus.port, 1502);
  EXPECT_EQ(modbus.timeout_ms, 300);
  ASSERT_EQ(modbus.registers.size(), 4u);
  EXPECT_EQ(modbus.registers[0].unit, 3);
  EXPECT_EQ(modbus.registers[0].table, ModbusTable::kInput);
  EXPECT_EQ(modbus.registers[0].order, ModbusOrder::kCdab);
  EXPECT_EQ(modbus.registers[0].offset, -40);
  EXPECT_EQ(modbus.registers[1].unit, 4);
  EXPECT_EQ(modbus.registers[1].poll_ms, 100);
  EXPECT_EQ(modbus.registers[1].order, ModbusOrder::kAbcd);
  EXPECT_EQ(modbus.registers[2].type, ModbusType::kBit);
  EXPECT_EQ(modbus.registers[2].states.at(1), "running");
  EXPECT_EQ(modbus.registers[3].bit, 12);
}

TEST_F(ConnectorConfigTest, ReadsASerialLine) {
  const auto config = read(
      "[[connector]]\nname = \"bus\"\nkind = \"modbus_rtu\"\ndevice = \"/dev/ttyUSB0\"\n"
      "baud = 9600\nparity = \"none\"\nstop_bits = 2\n");
  ASSERT_TRUE(config) << config.error().message.en;
  const auto& modbus = std::get<ModbusOptions>(config->connectors[0]);
  EXPECT_TRUE(modbus.host.empty());
  EXPECT_EQ(modbus.device, "/dev/ttyUSB0");
  EXPECT_EQ(modbus.parity, 'N');
}

TEST_F(ConnectorConfigTest, ReadsAWatchedFolder) {
  const auto config = read(
      "[plant]\npush_keys = [\"gateway\"]\n[[connector]]\nname = \"oven\"\nkind = \"folder\"\n"
      "path = \"/data/oven\"\nseparator = \";\"\nutc_offset = \"-03:30\"\nprefix = \"oven-1/\"\n"
      "ignore = [\"note\"]\ncolumns = {\"T [C]\" = \"oven-1/temperature\"}\nsettle_ms = 500\n"
      "take_last_line = true\n");
  ASSERT_TRUE(config) << config.error().message.en;
  EXPECT_EQ(config->push_keys, std::vector<std::string>{"gateway"});
  const auto& folder = std::get<plant::FolderOptions>(config->connectors[0]);
  EXPECT_EQ(folder.path, "/data/oven");
  EXPECT_EQ(folder.csv.separator, ';');
  EXPECT_EQ(folder.csv.utc_offset_min, -210);
  EXPECT_TRUE(folder.csv.take_last_line);
  EXPECT_EQ(folder.csv.columns.at("T [C]"), "oven-1/temperature");
  EXPECT_EQ(folder.settle_ms, 500);
}

TEST_F(ConnectorConfigTest, NamesFileLineAndKeyOfWhatIsWrong) {
  const std::string tcp = "[[connector]]\nname = \"a\"\nkind = \"modbus_tcp\"\n";
  const std::string reg = tcp + "address = \"h\"\n[[connector.register]]\ntag = \"m/t\"\n";
  const std::string spark =
      "[[connector]]\nname = \"a\"\nkind = \"sparkplug\"\nbroker = \"tcp://h\"\n";
  const std::string metric = spark + "[[connector.metric]]\ntag = \"m/t\"\n";
  const std::pair<std::string, const char*> rows[] = {
      {"[[connector]]\nname = \"a\"\nkind = \"profinet\"\n", "connector.kind"},
      {"[[connector]]\nname = \"a\"\nkind = \"mqtt\"\n", "plant.broker"},
      {tcp, "connector.address"},
      {tcp + "address = \"h:0\"\n", "connector.address"},
      {tcp + "address = \"h:502x\"\n", "connector.address"},
      {tcp + "address = \"[::1\"\n", "connector.address"},
      {tcp + "address = \"h\"\nspeed = 1\n", "connector.speed"},
      {tcp + "address = \"h\"\ntimeout_ms = 5\n", "connector.timeout_ms"},
      {"[[connector]]\nname = \"a\"\nkind = \"modbus_rtu\"\n", "connector.device"},
      {"[[connector]]\nname = \"a\"\nkind = \"folder\"\n", "connector.path"},
      {"[[connector]]\nname = \"a\"\nkind = \"folder\"\npath = \"x\"\nutc_offset = \"8\"\n",
       "connector.utc_offset"},
      {"[[connector]]\nname = \"a\"\nkind = \"folder\"\npath = \"x\"\nseparator = \"ab\"\n",
       "connector.separator"},
      {reg, "connector.register.address"},
      {reg + "address = 65536\n", "connector.register.address"},
      {reg + "address = 1\ntable = \"coils\"\n", "connector.register.table"},
      {reg + "address = 1\ntype = \"u8\"\n", "u16, s16"},
      {reg + "address = 1\ntype = \"bit\"\n", "which bit"},
      {reg + "address = 1\nbit = 3\n", "connector.register.bit"},
      {reg + "address = 1\ntable = \"coil\"\ntype = \"u16\"\n", "connector.register.type"},
      {reg + "address = 1\nscale = 0\n", "connector.register.scale"},
      {reg + "address = 1\nscale = \"0.1\"\n", "connector.register.scale"},
      {reg + "address = 1\nunit = 250\n", "connector.unit"},
      {reg + "address = 1\nstates = {idle = 0}\n", "connector.register.states"},
      {reg + "address = 1\nstates = {0 = 1}\n", "connector.register.states"},
      {"[[connector]]\nname = \"a\"\nkind = \"sparkplug\"\n", "connector.broker"},
      {spark + "user = \"u\"\n", "connector.user"},
      {spark + "reorder_ms = 50\n", "connector.reorder_ms"},
      {spark + "rebirth = 1\n", "connector.rebirth"},
      {spark + "groups = \"g\"\n", "connector.groups"},
      {metric + "edge = \"e\"\nmetric = \"x\"\n", "connector.metric.group"},
      {metric + "group = \"g\"\nmetric = \"x\"\n", "connector.metric.edge"},
      {metric + "group = \"g\"\nedge = \"e\"\n", "connector.metric.metric"},
      {metric + "group = \"g\"\nedge = \"e\"\nmetric = \"x\"\nscale = 0\n",
       "connector.metric.scale"},
      {metric + "group = \"g\"\nedge = \"e\"\nmetric = \"x\"\nstates = {0 = 1}\n",
       "connector.metric.states"},
  };
  for (const auto& [text, word] : rows) {
    const auto config = read(text);
    ASSERT_FALSE(config) << text;
    EXPECT_THAT(config.error().message.en, HasSubstr("config.toml line ")) << text;
    EXPECT_THAT(config.error().message.en, HasSubstr(word)) << text;
  }
}

}  // namespace
}  // namespace mw::app
