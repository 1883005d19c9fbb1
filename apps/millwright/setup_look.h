#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "core/json.h"
#include "core/result.h"
#include "kafka/kafka_server.h"
#include "mqtt/mqtt_client.h"
#include "plant/connector_options.h"

namespace mw::app {

/// What is to be looked at, read and checked.
struct Look {
  std::string kind;     // "opcua", "modbus_tcp", "mqtt", "sparkplug", "kafka"
  std::string address;  // without secrets, for the audit log
  std::variant<plant::OpcuaOptions, plant::ModbusOptions, plant::SparkplugOptions, mqtt::Options,
               kafka::Server>
      at;
  int seconds = 5;  // of mqtt and sparkplug
};

/// SetupLook of the schemas; `authorities` as read_setup has it. Errors: with the JSON pointer of
/// what is wrong.
Result<Look> read_look(const Json& what, const std::string& password,
                       const std::filesystem::path& authorities = {});

/// SetupSight of the schemas. Reads, and asks edge nodes of Sparkplug for births where `rebirth`
/// says so, and nothing else; 40 s at most.
Result<Json> take_look(const Look& look, const std::filesystem::path& data);

}  // namespace mw::app
