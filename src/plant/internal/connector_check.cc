#include "plant/internal/connector_check.h"

#include <map>
#include <set>

#include "plant/internal/description_fields.h"
#include "plant/modbus/modbus_connector.h"

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
        "连接名称“" + name.substr(0, 100) + "”：应为 1 到 64 个小写字母、数字、“_”或“-”",
        "connector.name");
  }
  if (taken.insert(name).second) return {};
  return Error::make(Code::kInvalidArgument,
                     "the connector name '" + name + "' is taken; 'broker' and 'push' are ours",
                     "连接名称“" + name + "”已被使用；“broker”和“push”为保留名称",
                     "connector.name");
}

}  // namespace

Result<void> check_connectors(const std::vector<ConnectorOptions>& connectors,
                              const Catalogue& catalogue) {
  std::set<std::string> names{"broker", "push"};
  std::map<std::string, std::string> brought_by;
  for (const ConnectorOptions& each : connectors) {
    const std::string& name = name_of(each);
    MW_TRY(check_name(name, names));
    const auto* modbus = std::get_if<ModbusOptions>(&each);
    if (modbus == nullptr) continue;
    MW_TRY(check_modbus_options(*modbus, catalogue));
    for (const ModbusRegister& reg : modbus->registers) {
      const auto [place, fresh] = brought_by.emplace(reg.tag, name);
      if (fresh) continue;
      return Error::make(Code::kInvalidArgument,
                         "the connectors '" + place->second + "' and '" + name +
                             "' both bring the tag '" + reg.tag + "': take it from one of them",
                         "连接“" + place->second + "”和“" + name + "”都提供测点“" + reg.tag +
                             "”，请从其中一个删除",
                         "connector.register");
    }
  }
  return {};
}

}  // namespace mw::plant
