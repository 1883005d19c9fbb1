// What a browsed server becomes in our configuration.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/json.h"
#include "plant/opcua/opcua_address.h"
#include "plant/opcua/opcua_client.h"
#include "plant/opcua_browse.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostIdBytes = 64;

struct Unit {
  std::string_view code;  // UNECE Recommendation 20
  std::string_view name;
};
constexpr std::array<Unit, 30> kUnits{{
    {"CEL", "degC"}, {"FAH", "degF"}, {"KEL", "K"},    {"BAR", "bar"}, {"MBR", "mbar"},
    {"PAL", "Pa"},   {"KPA", "kPa"},  {"MPA", "MPa"},  {"MMT", "mm"},  {"CMT", "cm"},
    {"MTR", "m"},    {"MTS", "m/s"},  {"C16", "mm/s"}, {"RPM", "rpm"}, {"HTZ", "Hz"},
    {"VLT", "V"},    {"AMP", "A"},    {"WTT", "W"},    {"KWT", "kW"},  {"KWH", "kWh"},
    {"NEW", "N"},    {"B47", "kN"},   {"NU", "N*m"},   {"KGM", "kg"},  {"GRM", "g"},
    {"LTR", "l"},    {"MTQ", "m3"},   {"MQH", "m3/h"}, {"SEC", "s"},   {"P1", "%"},
}};

/// The up to four characters that a unit id holds, the last in the lowest byte.
std::string code_of(int32_t id) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto byte = static_cast<char>(static_cast<uint32_t>(id) >> shift & 0xff);
    if (byte != 0) out += byte;
  }
  return out;
}

bool is_text(const OpcuaVariable& variable) {
  return variable.type == "String" || variable.type == "LocalizedText";
}

/// "Oil Temperature" -> "oil_temperature".
std::string plain_id(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& name : path) {
    if (!out.empty() && out.back() != '_') out += '_';
    for (const char c : name) {
      const bool upper = c >= 'A' && c <= 'Z';
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      if (upper) {
        out += static_cast<char>(c - 'A' + 'a');
      } else if (plain) {
        out += c;
      } else if (!out.empty() && out.back() != '_') {
        out += '_';
      }
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.size() > kMostIdBytes - 8) out = out.substr(out.size() - (kMostIdBytes - 8));
  return out.empty() ? "value" : out;
}

/// As TOML writes a basic string; JSON's escapes are TOML's too.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Without control characters, which a name in a description may not have.
std::string plain_name(std::string name) {
  std::erase_if(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return name;
}

}  // namespace

std::string opcua_unit(const OpcuaVariable& variable) {
  if (variable.unit_id) {
    const std::string code = code_of(*variable.unit_id);
    for (const Unit& each : kUnits) {
      if (each.code == code) return std::string(each.name);
    }
  }
  return variable.unit;
}

std::vector<std::string> opcua_tag_ids(const std::vector<OpcuaVariable>& variables) {
  std::vector<std::string> out;
  std::set<std::string> taken;
  for (const OpcuaVariable& variable : variables) {
    const std::string plain = plain_id(variable.path);
    std::string id = plain;
    for (int i = 2; !taken.insert(id).second; ++i) id = plain + "_" + std::to_string(i);
    out.push_back(std::move(id));
  }
  return out;
}

std::string opcua_connector_toml(const OpcuaOptions& server, const std::string& asset,
                                 const std::vector<OpcuaVariable>& variables) {
  const std::vector<std::string> ids = opcua_tag_ids(variables);
  std::string out = "[[connector]]\nname = " + quoted(server.name) + "\nkind = \"opcua\"\n" +
                    "endpoint = " + quoted(server.endpoint) + "\nsecurity = \"" +
                    opcua_security_word(server.security) + "\"\n";
  if (!server.user.empty()) {
    out += "user = " + quoted(server.user) + "\n# password_file = \"/etc/millwright/password\"\n";
  }
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const OpcuaVariable& variable = variables[i];
    if (!parse_opcua_node_id(variable.node))
      continue;  // an identifier that no line of text can hold
    std::string path;
    for (const std::string& name : variable.path) path += (path.empty() ? "" : " / ") + name;
    path = plain_name(std::move(path));
    const std::string type = variable.type.empty() ? "no built-in type" : variable.type;
    out += "\n# " + path + ": " + type + (variable.array ? ", an array: which by index" : "") +
           (variable.history ? ", with history" : "") +
           "\n[[connector.node]]\ntag = " + quoted(asset + "/" + ids[i]) +
           "\nnode = " + quoted(variable.node) + "\n";
    if (variable.array) out += "index = 0\n";
    const std::string unit = opcua_unit(variable);
    if (!unit.empty()) out += "measured_in = " + quoted(unit) + "\n";
  }
  return out;
}

std::string opcua_plant_description(const std::string& asset,
                                    const std::vector<OpcuaVariable>& variables) {
  const std::vector<std::string> ids = opcua_tag_ids(variables);
  Json tags = Json::array();
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const OpcuaVariable& variable = variables[i];
    Json tag{{"id", ids[i]}};
    const std::string name = variable.path.empty() ? "" : plain_name(variable.path.back());
    if (!name.empty()) tag["name"] = {{"en", name}};
    if (is_text(variable)) tag["kind"] = "state";
    const std::string unit = opcua_unit(variable);
    if (!unit.empty()) tag["unit"] = unit;
    const bool range = variable.low && variable.high && std::isfinite(*variable.low) &&
                       std::isfinite(*variable.high) && *variable.low < *variable.high;
    if (range && !is_text(variable)) tag["normal"] = {*variable.low, *variable.high};
    tags.push_back(std::move(tag));
  }
  const Json out{
      {"site", "site"},
      {"lines", Json::array({{{"id", "line-1"}}})},
      {"kinds", Json::array({{{"id", "machine"}, {"tags", std::move(tags)}}})},
      {"assets", Json::array({{{"id", asset}, {"kind", "machine"}, {"line", "line-1"}}})}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool opcua_built_in() { return OpcuaClient::built_in().has_value(); }

}  // namespace mw::plant
