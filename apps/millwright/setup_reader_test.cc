// plant_setup.json: one reader with config.toml, and an error names the member.
#include "apps/millwright/setup_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/millwright/json_table.h"
#include "apps/millwright/setup_look.h"
#include "apps/millwright/setup_secrets.h"
#include "core/file.h"
#include "tests/support/fake_secrets.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Json example() {
  return *parse_json(R"json({
    "description": {"site": "works", "lines": [{"id": "line-1"}],
      "kinds": [{"id": "press", "states": [{"id": "idle"}]}],
      "assets": [{"id": "press-1", "kind": "press", "line": "line-1", "tags": [
        {"id": "oil", "unit": "degC"}, {"id": "force"}, {"id": "state", "kind": "state"}]}]},
    "connectors": [
      {"name": "plc", "kind": "modbus_tcp", "address": "10.0.0.7:1502", "register": [
        {"tag": "press-1/oil", "address": 0, "type": "s16", "scale": 0.1, "measured_in": "degC"},
        {"tag": "press-1/state", "address": 3, "states": {"0": "idle"}}]}],
    "broker": {"address": "tcp://10.0.0.8:1883", "topic": [
      {"topic": "hall/press", "tag": "press-1/force", "value": "/f/0"}]}})json");
}

std::string hex(int digit) { return std::to_string(digit); }

class SetupReaderTest : public ::testing::Test {
 protected:
  /// The pointer of what is wrong with the example after a change.
  std::string problem(const std::string& pointer, const Json& value) {
    Json json = example();
    json[Json::json_pointer(pointer)] = value;
    const auto read = read_setup(json, reader());
    if (read) return "nothing";
    EXPECT_FALSE(read.error().message.en.empty());
    EXPECT_FALSE(read.error().message.zh.empty()) << read.error().message.en;
    return read.error().param;
  }
  SecretReader reader() const {
    return [this](const std::string& name) { return passwords_.read(name); };
  }
  testing_support::TemporaryFolder folder_;
  std::shared_ptr<security::FakeSecrets> sealed_ = std::make_shared<security::FakeSecrets>();
  KeptPasswords passwords_{sealed_, folder_.path()};
};

TEST_F(SetupReaderTest, ReadsWhatConfigTomlReads) {
  const auto setup = read_setup(example(), reader());
  ASSERT_TRUE(setup) << setup.error().message.en;
  EXPECT_EQ(setup->catalogue->tags().size(), 3u);
  const auto& modbus = std::get<plant::ModbusOptions>(setup->connectors.at(0));
  EXPECT_EQ(modbus.port, 1502);
  EXPECT_EQ(modbus.registers.at(0).scale, 0.1);
  EXPECT_EQ(modbus.registers.at(1).states.at(0), "idle");
  EXPECT_EQ(setup->topics.at(0).value, "/f/0");
  EXPECT_EQ(setup->broker, "tcp://10.0.0.8:1883");
}

TEST_F(SetupReaderTest, NamesThePointerOfWhatIsWrong) {
  const std::string reg = "/connectors/0/register/0";
  const Json twice = example()["broker"]["topic"][0];
  const std::tuple<std::string, Json, std::string> rows[] = {
      {"/speed", 1, "/speed"},
      {"/description", 1, "/description"},
      {"/description/site", "A b", "/description/site"},
      {"/description/assets/0/kind", "oven", "/description/assets/0/kind"},
      {"/description/assets/0/tags/0/normal", Json::array({3, 1}),
       "/description/assets/0/tags/0/normal"},
      {"/connectors", Json::object(), "/connectors"},
      {"/connectors/0", 7, "/connectors/0"},
      {"/connectors/0/kind", "profinet", "/connectors/0/kind"},
      {"/connectors/0/kind", "folder", "/connectors/0/kind"},
      {"/connectors/0/kind", "modbus_rtu", "/connectors/0/kind"},
      {"/connectors/0/kind", "mqtt", "/connectors/0/kind"},
      {"/connectors/0/name", "Plc", "/connectors/0/name"},
      {"/connectors/0/name", "broker", "/connectors/0/name"},
      {"/connectors/0/address", "h:0", "/connectors/0/address"},
      {"/connectors/0/timeout_ms", 1.5, "/connectors/0/timeout_ms"},
      {"/connectors/0/a~1b", 1, "/connectors/0/a~1b"},
      {"/connectors/0/register", Json::array(), "/connectors/0/register"},
      {"/connectors/0/register/1", Json(), "/connectors/0/register/1"},
      {reg + "/address", uint64_t{1} << 63, reg + "/address"},
      {reg + "/address", 65536, reg + "/address"},
      {reg + "/scale", 0, reg + "/scale"},
      {reg + "/tag", "press-1/none", reg},
      {reg, Json{{"tag", "press-1/force"}, {"address", 0}}, "/broker/topic/0/tag"},
      {reg + "/measured_in", "bar", reg},
      {reg + "/poll_ms", 20'000, reg},
      {"/broker/address", "10.0.0.8", "/broker/address"},
      {"/broker/ca_file", "/etc/passwd", "/broker/ca_file"},
      {"/broker/password_file", "../people.db", "/broker/password_file"},
      {"/broker/topic/0/topic", "hall/#", "/broker/topic/0/topic"},
      {"/broker/topic/0/topic", "millwright/works/x", "/broker/topic/0/topic"},
      {"/broker/topic/0/value", "f", "/broker/topic/0/value"},
      {"/broker/topic/0/value", "/~2", "/broker/topic/0/value"},
      {"/broker/topic/0/states", Json{{"1", "idle"}}, "/broker/topic/0/states"},
      {"/broker/topic/1", twice, "/broker/topic/1/tag"},
  };
  EXPECT_EQ(problem("/connectors/0/unit", 2), "nothing");
  for (const auto& [pointer, value, expected] : rows) {
    EXPECT_EQ(problem(pointer, value), expected) << pointer << " = " << value.dump();
  }
}

TEST_F(SetupReaderTest, APasswordStaysWithTheAddressThatItWasTypedFor) {
  Json setup = example();
  setup["broker"]["user"] = "millwright";
  setup["broker"]["password"] = "first secret";
  const auto kept = keep_passwords(setup, Json(), passwords_);
  ASSERT_TRUE(kept) << kept.error().message.en;
  EXPECT_THAT(kept->json.dump(), ::testing::Not(HasSubstr("first secret")));
  ASSERT_EQ(kept->added.size(), 1u);
  EXPECT_TRUE(fs::is_empty(folder_.path())) << "in no file";
  EXPECT_EQ(read_setup(kept->json, reader())->broker_password, "first secret");

  EXPECT_TRUE(keep_passwords(kept->json, kept->json, passwords_)) << "as it was";
  Json elsewhere = kept->json;
  elsewhere["broker"]["address"] = "tcp://10.6.6.6:1883";
  const auto moved = keep_passwords(elsewhere, kept->json, passwords_);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().param, "/broker/password");
  Json look = kept->json["broker"];
  look["kind"] = "mqtt";
  EXPECT_EQ(password_for_look(look, kept->json, passwords_).value(), "first secret");
  look["user"] = "somebody";
  EXPECT_FALSE(password_for_look(look, kept->json, passwords_));

  for (const char* bad : {"", "two\nlines"}) {
    elsewhere["broker"]["password"] = bad;
    EXPECT_EQ(keep_passwords(elsewhere, kept->json, passwords_).error().param, "/broker/password");
  }
  sweep_passwords(kept->json, passwords_);
  EXPECT_TRUE(sealed_->all.contains(kept->added[0]));
  sweep_passwords(Json(), passwords_);
  EXPECT_TRUE(sealed_->all.empty());
}

TEST_F(SetupReaderTest, FilesOfEarlierVersionsAreSealedAndReadUntilThen) {
  const auto file = [&](int i) { return folder_.path() / ("secret-000000000000000" + hex(i)); };
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(write_file_atomically(file(i), "word " + hex(i) + "\n"));
  }
  ASSERT_TRUE(write_file_atomically(folder_.path() / "notes", "an administrator's\n"));
  fs::permissions(file(2), fs::perms(0644));
  sealed_->lost = true;
  passwords_.seal_files(no_log());
  EXPECT_EQ(passwords_.read(file(0).filename()).value_or("?"), "word 0") << "as before";
  sealed_->lost = false;
  // Killed after it was sealed: the file is there still.
  ASSERT_TRUE(sealed_->keep(file(0).filename().string(), "word 0"));
  passwords_.seal_files(no_log());
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(fs::exists(file(i)));
    EXPECT_EQ(sealed_->all.at(file(i).filename()), "word " + hex(i));
    EXPECT_EQ(passwords_.read(file(i).filename()).value_or("?"), "word " + hex(i));
  }
  EXPECT_TRUE(fs::exists(file(2))) << "others could read it: told, not taken over";
  EXPECT_FALSE(passwords_.read(file(2).filename()));
  EXPECT_TRUE(fs::exists(folder_.path() / "notes"));
}

TEST_F(SetupReaderTest, WhatHasNoPasswordAnyMoreIsLeftOutAndTheRestIsRead) {
  Json setup = example();
  Json server{{"name", "press"},
              {"kind", "opcua"},
              {"endpoint", "opc.tcp://10.0.0.9:4840"},
              {"user", "li"},
              {"password", "first secret"},
              {"node", Json::array({{{"tag", "press-1/state"}, {"node", "ns=2;s=State"}}})}};
  setup["connectors"][0]["register"].erase(1);
  setup["connectors"].push_back(server);
  setup["broker"]["user"] = "millwright";
  setup["broker"]["password"] = "second secret";
  const auto kept = keep_passwords(setup, Json(), passwords_);
  ASSERT_TRUE(kept) << kept.error().message.en;
  sealed_->lost = true;
  const auto read = read_setup(kept->json, reader());
  ASSERT_TRUE(read) << read.error().message.en;
  ASSERT_EQ(read->connectors.size(), 1u);
  EXPECT_EQ(std::get<plant::ModbusOptions>(read->connectors[0]).name, "plc");
  EXPECT_EQ(read->broker, "");
  EXPECT_TRUE(read->topics.empty());
  ASSERT_EQ(read->left_out.size(), 2u);
  EXPECT_EQ(read->left_out[0].name, "press");
  EXPECT_EQ(read->left_out[1].name, "broker");
  EXPECT_EQ(read->left_out[0].why.param, "key_file");
  EXPECT_EQ(keep_passwords(setup, Json(), passwords_).error().param, "key_file")
      << "never in clear instead";
  Json wrong = kept->json;
  wrong["connectors"][1]["node"][0]["tag"] = "press-1/none";
  EXPECT_FALSE(read_setup(wrong, reader())) << "still checked";
}

TEST_F(SetupReaderTest, APasswordDoesNotGoToAServerThatIsSpokenToLessSafely) {
  const Json server{{"kind", "opcua"},
                    {"endpoint", "opc.tcp://10.0.0.9:4840"},
                    {"security", "sign_and_encrypt"},
                    {"policy", "Basic256Sha256"},
                    {"user", "li"},
                    {"password", "first secret"}};
  const Json setup{{"connectors", Json::array({server})}};
  const auto kept = keep_passwords(setup, Json(), passwords_);
  ASSERT_TRUE(kept) << kept.error().message.en;
  EXPECT_TRUE(keep_passwords(kept->json, kept->json, passwords_)) << "as it was";
  for (const auto& [key, value] : {std::pair{"security", "none"}, {"policy", "None"}}) {
    Json weaker = kept->json;
    weaker["connectors"][0][key] = value;
    const auto moved = keep_passwords(weaker, kept->json, passwords_);
    ASSERT_FALSE(moved) << key;
    EXPECT_EQ(moved.error().param, "/connectors/0/password");
    EXPECT_FALSE(password_for_look(weaker["connectors"][0], kept->json, passwords_)) << key;
  }
}

TEST_F(SetupReaderTest, ReadsEdgeNodesOfSparkplugAndKeepsTheirPasswordToThatServer) {
  const Json cell{{"name", "cell"},
                  {"kind", "sparkplug"},
                  {"broker", "ssl://10.0.0.5:8883"},
                  {"user", "mw"},
                  {"password", "first secret"},
                  {"rebirth", true},
                  {"metric", Json::array({{{"group", "Plant1"},
                                           {"edge", "Gateway1"},
                                           {"device", "Press1"},
                                           {"metric", "Oil/Temperature"},
                                           {"tag", "press-1/oil"}}})}};
  Json setup = example();
  setup["connectors"] = Json::array({cell});
  const auto kept = keep_passwords(setup, Json(), passwords_);
  ASSERT_TRUE(kept) << kept.error().message.en;
  const auto read = read_setup(kept->json, reader());
  ASSERT_TRUE(read) << read.error().message.en;
  const auto& options = std::get<plant::SparkplugOptions>(read->connectors[0]);
  EXPECT_EQ(options.password, "first secret");
  EXPECT_TRUE(options.rebirth);
  EXPECT_EQ(options.metrics.at(0).metric, "Oil/Temperature");
  Json moved = kept->json;
  moved["connectors"][0]["broker"] = "ssl://10.6.6.6:8883";
  EXPECT_EQ(keep_passwords(moved, kept->json, passwords_).error().param, "/connectors/0/password");
  EXPECT_FALSE(password_for_look(moved["connectors"][0], kept->json, passwords_));
  const std::string metric = "/connectors/0/metric/0";
  for (const auto& [pointer, value, expected] : {
           std::tuple<std::string, Json, std::string>{"/connectors/0/broker", "10.0.0.5",
                                                      "/connectors/0/broker"},
           {"/connectors/0/ca_file", "/etc/passwd", "/connectors/0/ca_file"},
           {metric + "/edge", "", metric + "/edge"},
           {metric + "/tag", "press-1/none", metric},
       }) {
    Json wrong = setup;
    wrong["connectors"][0].erase("password");
    wrong["connectors"][0].erase("user");
    wrong[Json::json_pointer(pointer)] = value;
    const auto refused = read_setup(wrong, reader());
    ASSERT_FALSE(refused) << pointer;
    EXPECT_EQ(refused.error().param, expected);
  }
}

TEST_F(SetupReaderTest, LooksAtEdgeNodesAndTellsNoSecret) {
  const auto look = read_look(
      {{"kind", "sparkplug"}, {"broker", "tcp://10.0.0.5"}, {"user", "mw"}, {"rebirth", true}},
      "first secret");
  ASSERT_TRUE(look) << look.error().message.en;
  EXPECT_EQ(look->address, "tcp://10.0.0.5");
  EXPECT_EQ(std::get<plant::SparkplugOptions>(look->at).password, "first secret");
  EXPECT_TRUE(std::get<plant::SparkplugOptions>(look->at).rebirth);
  EXPECT_EQ(read_look({{"kind", "sparkplug"}, {"broker", "10.0.0.5"}}, "").error().param,
            "/broker");
  EXPECT_EQ(
      read_look({{"kind", "sparkplug"}, {"broker", "tcp://h"}, {"seconds", 31}}, "").error().param,
      "/seconds");
  EXPECT_EQ(
      read_look({{"kind", "sparkplug"}, {"broker", "tcp://h"}, {"user", "mw"}}, "").error().param,
      "/user");
}

TEST_F(SetupReaderTest, APasswordOfKafkaIsKeptForItsLogInOverTlsAlone) {
  const Json bus{
      {"name", "bus"},
      {"kind", "kafka"},
      {"address", "kafka:9092"},
      {"tls", true},
      {"sasl", "scram_sha256"},
      {"user", "mw"},
      {"password", "first secret"},
      {"topic",
       Json::array(
           {{{"topic", "ovens"}, {"key", "oven-1"}, {"value", "/t"}, {"tag", "press-1/oil"}}})}};
  Json setup = example();
  setup["connectors"] = Json::array({bus});
  const auto kept = keep_passwords(setup, Json(), passwords_);
  ASSERT_TRUE(kept) << kept.error().message.en;
  EXPECT_FALSE(kept->json["connectors"][0].contains("password"));
  const auto read = read_setup(kept->json, reader());
  ASSERT_TRUE(read) << read.error().message.en;
  const auto& options = std::get<plant::KafkaOptions>(read->connectors[0]);
  EXPECT_EQ(options.server.password, "first secret");
  EXPECT_EQ(options.topics[0].key, "oven-1");
  const Json& connector = kept->json["connectors"][0];
  EXPECT_EQ(password_for_look(connector, kept->json, passwords_).value(), "first secret");
  for (const auto& [key, value] : {std::pair<const char*, Json>{"tls", false},
                                   {"sasl", "plain"},
                                   {"address", "elsewhere:9092"}}) {
    Json moved = kept->json;
    moved["connectors"][0][key] = value;
    EXPECT_FALSE(keep_passwords(moved, kept->json, passwords_)) << key;
    EXPECT_FALSE(password_for_look(moved["connectors"][0], kept->json, passwords_)) << key;
  }
  const auto look = read_look({{"kind", "kafka"},
                               {"address", "kafka:9092"},
                               {"tls", true},
                               {"sasl", "plain"},
                               {"user", "mw"}},
                              "first secret");
  ASSERT_TRUE(look) << look.error().message.en;
  EXPECT_EQ(look->address, "kafka:9092");
  EXPECT_EQ(std::get<kafka::Server>(look->at).password, "first secret");
}

TEST_F(SetupReaderTest, AnAddressHoldsNoPasswordThatLogsWouldShow) {
  Json setup = example();
  setup["broker"]["address"] = "tcp://li:hunter2@10.0.0.8:1883";
  const auto read = read_setup(setup, reader());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().param, "/broker/address");
  EXPECT_THAT(read.error().message.en, ::testing::Not(HasSubstr("hunter2")));
  const auto look = read_look({{"kind", "opcua"}, {"endpoint", "opc.tcp://li:hunter2@h"}}, "");
  ASSERT_FALSE(look);
  EXPECT_THAT(look.error().message.en, ::testing::Not(HasSubstr("hunter2")));
}

TEST_F(SetupReaderTest, LooksAreCheckedBeforeAnythingIsDialled) {
  const std::pair<const char*, const char*> rows[] = {
      {"[]", ""},
      {R"({"kind": "s7"})", "/kind"},
      {R"({"kind": "modbus_tcp", "address": "h"})", "/register"},
      {R"({"kind": "modbus_tcp", "address": "h", "register": []})", "/register"},
      {R"({"kind": "modbus_tcp", "address": "h", "register": [{"address": -1}]})",
       "/register/0/address"},
      {R"({"kind": "opcua"})", "/endpoint"},
      {R"({"kind": "opcua", "endpoint": "opc.tcp://h", "user": "u"})", "/user"},
      {R"({"kind": "mqtt", "address": "h"})", "/address"},
      {R"({"kind": "mqtt", "address": "tcp://h", "seconds": 99})", "/seconds"},
      {R"({"kind": "mqtt", "address": "tcp://h", "ca_file": "/etc/shadow"})", "/ca_file"},
      {R"({"kind": "kafka"})", "/address"},
      {R"({"kind": "kafka", "address": "h"})", "/address"},
      {R"({"kind": "kafka", "address": "h:9092", "tls": true, "ca_file": "/etc/shadow"})",
       "/ca_file"},
      {R"({"kind": "kafka", "address": "h:9092", "sasl": "kerberos"})", "/sasl"},
      {R"({"kind": "kafka", "address": "h:9092", "sasl": "plain", "user": "u"})", "/user"},
      {R"({"kind": "kafka", "address": "h:9092", "user": "u"})", "/sasl"},
      {R"({"kind": "kafka", "address": "h:9092", "group": "g"})", "/group"},
  };
  for (const auto& [text, pointer] : rows) {
    const auto look = read_look(*parse_json(text), "");
    ASSERT_FALSE(look) << text;
    EXPECT_EQ(look.error().param, pointer) << text;
  }
  const auto look = read_look(
      *parse_json(R"({"kind": "modbus_tcp", "address": "h", "register": [{"address": 1}]})"), "");
  ASSERT_TRUE(look) << look.error().message.en;
  EXPECT_EQ(look->address, "h:502");
}

}  // namespace
}  // namespace mw::app
