#include "apps/millwright/setup_look.h"

#include <algorithm>
#include <chrono>

#include "apps/millwright/connector_config.h"
#include "apps/millwright/json_table.h"
#include "core/clock.h"
#include "kafka/kafka_look.h"
#include "mqtt/listen_for.h"
#include "plant/modbus_look.h"
#include "plant/opcua_browse.h"
#include "plant/sparkplug_look.h"

namespace mw::app {
namespace {

constexpr std::size_t kMostRegisters = 200;
constexpr int kMostBrowseMs = 30'000;
constexpr int kMostTimeoutMs = 10'000;
constexpr std::chrono::seconds kKafkaTimeout{15};
constexpr int kSparkplugSeconds = 8;  // edge nodes often send each 5 s
constexpr int kMostSparkplugSeconds = 30;

Error wrong(const std::string& pointer, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, pointer + " " + en, pointer + "：" + zh, pointer);
}

/// Registers have no tags yet.
Result<void> name_registers(Json& connector) {
  const auto registers = connector.find("register");
  if (registers == connector.end() || !registers->is_array() || registers->empty() ||
      registers->size() > kMostRegisters) {
    return wrong("/register", "must be a list of 1 to 200 registers",
                 "应为 1 到 200 个寄存器的列表");
  }
  for (Json& each : *registers) {
    if (each.is_object()) each["tag"] = "look/at";
  }
  return {};
}

Result<Look> read_connector_look(Json connector, const std::string& password) {
  connector["name"] = "look";
  std::string user;
  if (connector.contains("user") && connector["user"].is_string()) {
    user = connector["user"].get<std::string>();
  }
  for (const char* key : {"user", "password", "password_file", "node"}) connector.erase(key);
  if (connector["kind"] == "modbus_tcp") MW_TRY(name_registers(connector));
  MW_ASSIGN(const toml::table table, table_of(connector, ""));
  MW_ASSIGN(plant::ConnectorOptions read, read_connector(table, TablePlace{}));
  Look look;
  look.kind = connector["kind"].get<std::string>();
  if (auto* opcua = std::get_if<plant::OpcuaOptions>(&read)) {
    if (user.empty() != password.empty()) {
      return wrong("/user", "and password must be there together", "和密码必须同时给出");
    }
    opcua->user = user;
    opcua->password = password;
    opcua->timeout_ms = std::min(opcua->timeout_ms, kMostTimeoutMs);
    look.address = opcua->endpoint;
    look.at = std::move(*opcua);
  } else {
    auto& modbus = std::get<plant::ModbusOptions>(read);
    look.address = modbus.host + ":" + std::to_string(modbus.port);
    look.at = std::move(modbus);
  }
  return look;
}

Result<Look> read_broker_look(Json broker, const std::string& password, const TablePlace& place) {
  for (const char* key : {"kind", "password", "password_file", "topic"}) broker.erase(key);
  MW_ASSIGN(const toml::table table, table_of(broker, ""));
  TableReader reader(table, place);
  Look look;
  look.kind = "mqtt";
  mqtt::Options options;
  MW_TRY(reader.address("address", options.address));
  MW_TRY(reader.text("user", options.user));
  MW_ASSIGN(options.ca_file, reader.authority());
  MW_TRY(reader.integer("mqtt_version", 4, 5, options.version));
  MW_TRY(reader.integer("seconds", 1, 15, look.seconds));
  MW_TRY(reader.finish());
  if (!options.address.starts_with("tcp://") && !options.address.starts_with("ssl://")) {
    return reader.wrong_table("address", "must be tcp://HOST:1883 or ssl://HOST:8883");
  }
  if (!options.ca_file.empty() && !options.address.starts_with("ssl://")) {
    return reader.wrong_table("ca", "is for ssl://");
  }
  options.password = password;
  look.address = options.address;
  look.at = std::move(options);
  return look;
}

Result<Look> read_sparkplug_look(Json connector, const std::string& password,
                                 const TablePlace& place) {
  MW_ASSIGN(const std::string user, json_string(connector, "user", ""));
  Look look;
  look.kind = "sparkplug";
  look.seconds = kSparkplugSeconds;
  const auto seconds = connector.find("seconds");
  if (seconds != connector.end()) {
    const bool fits =
        seconds->is_number_integer() && *seconds >= 1 && *seconds <= kMostSparkplugSeconds;
    if (!fits) {
      return wrong("/seconds", "must be a whole number from 1 to 30", "应为 1 到 30 的整数");
    }
    look.seconds = seconds->get<int>();
  }
  connector["name"] = "look";
  for (const char* key : {"user", "password", "password_file", "metric", "seconds"}) {
    connector.erase(key);
  }
  MW_ASSIGN(const toml::table table, table_of(connector, ""));
  MW_ASSIGN(plant::ConnectorOptions read, read_connector(table, place));
  auto& sparkplug = std::get<plant::SparkplugOptions>(read);
  if (user.empty() != password.empty()) {
    return wrong("/user", "and password must be there together", "和密码必须同时给出");
  }
  sparkplug.user = user;
  sparkplug.password = password;
  look.address = sparkplug.broker;
  look.at = std::move(sparkplug);
  return look;
}

Result<Look> read_kafka_look(Json server, const std::string& password, const TablePlace& place) {
  MW_ASSIGN(const std::string sasl, json_string(server, "sasl", ""));
  MW_ASSIGN(const std::string user, json_string(server, "user", ""));
  for (const char* key : {"kind", "user", "password", "password_file", "sasl"}) server.erase(key);
  MW_ASSIGN(const toml::table table, table_of(server, ""));
  TableReader reader(table, place);
  Look look;
  look.kind = "kafka";
  MW_ASSIGN(kafka::Server brokers, read_kafka_server(reader, place));
  MW_TRY(reader.finish());
  if (!sasl.empty()) {
    const auto known = kafka::sasl_of(sasl);
    if (!known) {
      return wrong("/sasl", "must be one of plain, scram_sha256, scram_sha512",
                   "应为 plain、scram_sha256 或 scram_sha512");
    }
    brokers.sasl = *known;
  }
  brokers.user = user;
  brokers.password = password;
  const Result<void> checked = kafka::check_server(brokers);
  if (!checked) {
    Error error = checked.error();
    error.param = "/" + error.param;
    return error;
  }
  look.address = brokers.address;
  look.at = std::move(brokers);
  return look;
}

Json text_json(const Text& text) {
  return text.en.empty() ? Json() : Json{{"en", text.en}, {"zh", text.zh}};
}

template <class T>
Json maybe(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Result<Json> sight_of(plant::OpcuaOptions server, const std::filesystem::path& data) {
  plant::OpcuaBrowseOptions options;
  options.server = std::move(server);
  options.server.folder = (data / "opcua").string();
  options.most_ms = kMostBrowseMs;
  MW_ASSIGN(const plant::OpcuaBrowse browse, plant::browse_opcua(options));
  const std::vector<std::string> ids = plant::opcua_tag_ids(browse.variables);
  Json variables = Json::array();
  for (std::size_t i = 0; i < browse.variables.size(); ++i) {
    const plant::OpcuaVariable& each = browse.variables[i];
    variables.push_back({{"node", each.node},
                         {"path", each.path},
                         {"id", ids[i]},
                         {"type", each.type},
                         {"array", each.array},
                         {"readable", each.readable},
                         {"unit", plant::opcua_unit(each)},
                         {"low", maybe(each.low)},
                         {"high", maybe(each.high)}});
  }
  return Json{{"variables", std::move(variables)}, {"cut", browse.cut}};
}

Result<Json> sight_of(const plant::ModbusOptions& device) {
  MW_ASSIGN(const auto sights, plant::look_at_modbus(device));
  Json registers = Json::array();
  for (const plant::ModbusSight& each : sights) {
    registers.push_back({{"raw", maybe(each.raw)},
                         {"value", maybe(each.value)},
                         {"problem", text_json(each.problem)}});
  }
  return Json{{"registers", std::move(registers)}, {"cut", false}};
}

Result<Json> sight_of(const kafka::Server& server) {
  MW_ASSIGN(const kafka::Seen seen, kafka::look_at(server, kKafkaTimeout));
  Json topics = Json::array();
  for (const kafka::SeenTopic& each : seen.topics) {
    topics.push_back({{"topic", each.topic},
                      {"key", each.key},
                      {"payload", each.payload},
                      {"messages", each.records}});
  }
  return Json{{"topics", std::move(topics)}, {"cut", seen.cut}};
}

Result<Json> sight_of(const plant::SparkplugOptions& edges, int seconds) {
  const SystemClock clock;
  MW_ASSIGN(const plant::SparkplugSeen seen,
            plant::look_at_sparkplug(edges, clock, std::chrono::seconds(seconds)));
  Json metrics = Json::array();
  for (const plant::SparkplugSight& each : seen.metrics) {
    metrics.push_back({{"group", each.group},
                       {"edge", each.edge},
                       {"device", each.device},
                       {"metric", each.metric},
                       {"type", each.type},
                       {"unit", each.unit},
                       {"readable", each.readable}});
  }
  return Json{{"metrics", std::move(metrics)}, {"cut", seen.cut}};
}

Result<Json> sight_of(const mqtt::Options& broker, int seconds) {
  MW_ASSIGN(const mqtt::Heard heard, mqtt::listen_for(broker, std::chrono::seconds(seconds)));
  Json topics = Json::array();
  for (const mqtt::HeardTopic& each : heard.topics) {
    topics.push_back(
        {{"topic", each.topic}, {"payload", each.payload}, {"messages", each.messages}});
  }
  return Json{{"topics", std::move(topics)}, {"cut", heard.cut}};
}

}  // namespace

Result<Look> read_look(const Json& what, const std::string& password,
                       const std::filesystem::path& authorities) {
  if (!what.is_object()) return wrong("", "expected an object with 'kind'", "应为含“kind”的对象");
  MW_ASSIGN(const std::string kind, json_string(what, "kind"));
  const TablePlace place{{}, {}, {}, authorities};
  if (kind == "mqtt") return read_broker_look(what, password, place);
  if (kind == "opcua" || kind == "modbus_tcp") return read_connector_look(what, password);
  if (kind == "sparkplug") return read_sparkplug_look(what, password, place);
  if (kind == "kafka") return read_kafka_look(what, password, place);
  return wrong("/kind", "must be opcua, modbus_tcp, mqtt, sparkplug or kafka",
               "应为 opcua、modbus_tcp、mqtt、sparkplug 或 kafka");
}

Result<Json> take_look(const Look& look, const std::filesystem::path& data) {
  if (const auto* opcua = std::get_if<plant::OpcuaOptions>(&look.at)) return sight_of(*opcua, data);
  if (const auto* modbus = std::get_if<plant::ModbusOptions>(&look.at)) return sight_of(*modbus);
  if (const auto* edges = std::get_if<plant::SparkplugOptions>(&look.at)) {
    return sight_of(*edges, look.seconds);
  }
  if (const auto* kafka = std::get_if<kafka::Server>(&look.at)) return sight_of(*kafka);
  return sight_of(std::get<mqtt::Options>(look.at), look.seconds);
}

}  // namespace mw::app
