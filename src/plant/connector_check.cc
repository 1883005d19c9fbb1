#include "plant/connector_check.h"

#include <map>
#include <set>

#include "plant/internal/description_fields.h"
#include "plant/internal/topic_table.h"
#include "plant/kafka/kafka_connector.h"
#include "plant/modbus/modbus_connector.h"
#include "plant/opcua/opcua_connector.h"
#include "plant/sparkplug/sparkplug_connector.h"

namespace mw::plant {
namespace {

const std::string& name_of(const ConnectorOptions& options) {
  return std::visit([](const auto& each) -> const std::string& { return each.name; }, options);
}

Result<void> check_name(const std::string& name, std::set<std::string>& taken) {
  if (!is_id(name)) {
    return Error::make(
        Code::kInvalidArgument,
        "connector name '" + name.substr(0, 100) + "': expected 1 to 64 of a-z, 0-9, '_' and '-'",
        "连接名称“" + name.substr(0, 100) + "”：应为 1 到 64 个小写字母、数字、“_”或“-”", "name");
  }
  if (taken.insert(name).second) return {};
  return Error::make(Code::kInvalidArgument,
                     "the connector name '" + name + "' is taken; 'broker' and 'push' are ours",
                     "连接名称“" + name + "”已被使用；“broker”和“push”为保留名称", "name");
}

/// The tags that it is configured to bring, when all of it fits the plant.
Result<std::vector<std::string>> tags_of(const ConnectorOptions& options,
                                         const Catalogue& catalogue) {
  std::vector<std::string> tags;
  if (const auto* modbus = std::get_if<ModbusOptions>(&options)) {
    MW_TRY(check_modbus_options(*modbus, catalogue));
    for (const ModbusRegister& each : modbus->registers) tags.push_back(each.tag);
  } else if (const auto* opcua = std::get_if<OpcuaOptions>(&options)) {
    MW_TRY(check_opcua_options(*opcua, catalogue));
    for (const OpcuaNode& each : opcua->nodes) tags.push_back(each.tag);
  } else if (const auto* sparkplug = std::get_if<SparkplugOptions>(&options)) {
    MW_TRY(check_sparkplug_options(*sparkplug, catalogue));
    for (const SparkplugTag& each : sparkplug->metrics) tags.push_back(each.tag);
  } else if (const auto* kafka = std::get_if<KafkaOptions>(&options)) {
    MW_TRY(check_kafka_options(*kafka, catalogue));
    for (const KafkaValue& each : kafka->topics) tags.push_back(each.tag);
  }
  return tags;
}

/// The list of a connector's options that its tags stand in.
const char* list_of(const ConnectorOptions& options) {
  if (std::holds_alternative<OpcuaOptions>(options)) return "node";
  if (std::holds_alternative<KafkaOptions>(options)) return "topic";
  return std::holds_alternative<SparkplugOptions>(options) ? "metric" : "register";
}

std::string item(const std::string& list, std::size_t position) {
  return list + "[" + std::to_string(position) + "]";
}

/// Which tag which way brings, so that no two bring the same.
class Bringers {
 public:
  Result<void> take(const std::string& tag, const std::string& name, const std::string& where) {
    const auto [place, fresh] = by_tag_.emplace(tag, name);
    if (fresh) return {};
    return Error::make(
        Code::kInvalidArgument,
        "'" + place->second + "' and '" + name + "' both bring the tag '" + tag +
            "': take it from one of them",
        "“" + place->second + "”和“" + name + "”都提供测点“" + tag + "”，请从其中一个删除", where);
  }

 private:
  std::map<std::string, std::string> by_tag_;
};

Result<void> check_one(const ConnectorOptions& options, const Catalogue& catalogue,
                       std::set<std::string>& names, Bringers& bringers) {
  const std::string& name = name_of(options);
  MW_TRY(check_name(name, names));
  MW_ASSIGN(const std::vector<std::string> tags, tags_of(options, catalogue));
  for (std::size_t i = 0; i < tags.size(); ++i) {
    MW_TRY(bringers.take(tags[i], name, item(list_of(options), i) + ".tag"));
  }
  return {};
}

}  // namespace

Result<void> check_connectors(const std::vector<ConnectorOptions>& connectors,
                              const std::vector<TopicValue>& topics, const Catalogue& catalogue) {
  std::set<std::string> names{"broker", "push"};
  Bringers bringers;
  for (std::size_t i = 0; i < connectors.size(); ++i) {
    const Result<void> checked = check_one(connectors[i], catalogue, names, bringers);
    if (checked) continue;
    Error error = checked.error();
    error.param = item("connector", i) + (error.param.empty() ? "" : "." + error.param);
    return error;
  }
  MW_TRY(TopicTable::make(topics, catalogue));
  for (std::size_t i = 0; i < topics.size(); ++i) {
    MW_TRY(bringers.take(topics[i].tag, "broker", item("topic", i) + ".tag"));
  }
  return {};
}

}  // namespace mw::plant
