#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "plant/connector_options.h"

namespace mw::plant {

/// A variable that an OPC UA server has.
struct OpcuaVariable {
  std::string node;  // by the namespace's URI, which outlives an order: "nsu=http://maker/;i=4711"
  std::vector<std::string> path;  // names from the start on: {"Press", "Oil", "Temperature"}
  std::string type;               // "Double"; empty when it is no built-in type
  bool array = false;
  bool readable = false;
  bool history = false;             // the server keeps its past
  std::string unit;                 // as the server writes it: "°C"
  std::optional<int32_t> unit_id;   // UNECE code in four bytes (Part 8, 5.6.3)
  std::optional<double> low, high;  // EURange: what is normal
};

struct OpcuaBrowseOptions {
  OpcuaOptions server;
  std::string start = "i=85";  // the Objects folder
  int depth = 10;
  std::size_t most = 2000;  // variables
  int most_ms = 0;          // in all; 0: as long as it takes
};

struct OpcuaBrowse {
  std::vector<OpcuaVariable> variables;
  bool cut = false;  // depth or number were reached: there is more
};

/// Looks through a server's nodes from `start` on, each once however often it is referred to,
/// without the server's own description of itself. Reads only.
Result<OpcuaBrowse> browse_opcua(const OpcuaBrowseOptions& options);

/// Whether this build speaks OPC UA.
bool opcua_built_in();

/// Our name of a unit of measure: of its UNECE code where we know it, else as the server writes it.
std::string opcua_unit(const OpcuaVariable& variable);
/// An identifier of a tag for each: of its path, unique, at most 64 of a-z, 0-9, '_' and '-'.
std::vector<std::string> opcua_tag_ids(const std::vector<OpcuaVariable>& variables);
/// [[connector]] with its nodes as tags of `asset`, to be put into config.toml.
std::string opcua_connector_toml(const OpcuaOptions& server, const std::string& asset,
                                 const std::vector<OpcuaVariable>& variables);
/// A plant description with one asset that has them as its tags; text variables are states.
std::string opcua_plant_description(const std::string& asset,
                                    const std::vector<OpcuaVariable>& variables);

}  // namespace mw::plant
