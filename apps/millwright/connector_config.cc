#include "apps/millwright/connector_config.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "apps/millwright/table_reader.h"

namespace mw::app {
namespace {

using plant::KafkaOptions;
using plant::KafkaValue;
using plant::ModbusOptions;
using plant::ModbusOrder;
using plant::ModbusRegister;
using plant::ModbusTable;
using plant::ModbusType;
using plant::OpcuaNode;
using plant::OpcuaOptions;
using plant::OpcuaPolicy;
using plant::OpcuaSecurity;
using plant::SparkplugOptions;
using plant::SparkplugTag;

template <typename T>
using Words = std::vector<std::pair<const char*, T>>;

/// A text that is one of a few words.
template <typename T>
Result<void> read_word(TableReader& reader, const char* key, const Words<T>& words, T& out) {
  std::string text;
  MW_TRY(reader.text(key, text));
  if (text.empty()) return {};
  std::string known;
  for (const auto& [word, value] : words) {
    if (text == word) {
      out = value;
      return {};
    }
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return reader.wrong_table(key, "must be one of " + known);
}

const Words<ModbusTable>& table_words() {
  static const Words<ModbusTable> words{{"holding", ModbusTable::kHolding},
                                        {"input", ModbusTable::kInput},
                                        {"coil", ModbusTable::kCoil},
                                        {"discrete", ModbusTable::kDiscrete}};
  return words;
}

const Words<ModbusType>& type_words() {
  static const Words<ModbusType> words{{"u16", ModbusType::kU16}, {"s16", ModbusType::kS16},
                                       {"u32", ModbusType::kU32}, {"s32", ModbusType::kS32},
                                       {"u64", ModbusType::kU64}, {"s64", ModbusType::kS64},
                                       {"f32", ModbusType::kF32}, {"f64", ModbusType::kF64},
                                       {"bit", ModbusType::kBit}, {"text", ModbusType::kText}};
  return words;
}

const Words<ModbusOrder>& order_words() {
  static const Words<ModbusOrder> words{{"abcd", ModbusOrder::kAbcd},
                                        {"cdab", ModbusOrder::kCdab},
                                        {"badc", ModbusOrder::kBadc},
                                        {"dcba", ModbusOrder::kDcba}};
  return words;
}

Result<void> read_states(TableReader& reader, ModbusRegister& reg) {
  MW_ASSIGN(const toml::table* table, reader.table("states"));
  if (table == nullptr) return {};
  for (const auto& [key, node] : *table) {
    int64_t raw = 0;
    const std::string_view text = key.str();
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), raw);
    const auto state = node.value_exact<std::string>();
    if (problem != std::errc() || end != text.data() + text.size() || !state || state->empty()) {
      return reader.wrong_table("states",
                                "must give a state for each value, such as {0 = \"idle\"}");
    }
    reg.states[raw] = *state;
  }
  return {};
}

/// `defaults` holds what the connector says for all of its registers.
Result<ModbusRegister> read_register(const toml::table& table, TablePlace place,
                                     const ModbusRegister& defaults) {
  TableReader reader(table, std::move(place));
  ModbusRegister reg = defaults;
  int address = -1;
  int bit = -1;
  MW_TRY(reader.text("tag", reg.tag));
  MW_TRY(reader.integer("unit", 0, 255, reg.unit));
  MW_TRY(read_word(reader, "table", table_words(), reg.table));
  MW_TRY(reader.integer("address", 0, 65'535, address));
  if (reg.table == ModbusTable::kCoil || reg.table == ModbusTable::kDiscrete) {
    reg.type = ModbusType::kBit;
  }
  const ModbusType usual = reg.type;
  MW_TRY(read_word(reader, "type", type_words(), reg.type));
  MW_TRY(read_word(reader, "order", order_words(), reg.order));
  MW_TRY(reader.integer("bit", 0, 15, bit));
  int registers = 0;
  MW_TRY(reader.integer("registers", 1, 125, registers));
  MW_TRY(reader.number("scale", -1e12, 1e12, reg.scale));
  MW_TRY(reader.number("offset", -1e12, 1e12, reg.offset));
  MW_TRY(reader.text("measured_in", reg.measured_in));
  MW_TRY(reader.integer("poll_ms", 20, 3'600'000, reg.poll_ms));
  MW_TRY(read_states(reader, reg));
  MW_TRY(reader.finish());
  if (reg.tag.empty()) return reader.wrong_table("tag", "must name a tag");
  if (address < 0) return reader.wrong_table("address", "must be there, counted from 0");
  if (reg.scale == 0) return reader.wrong_table("scale", "must not be 0");
  if (usual == ModbusType::kBit && reg.type != ModbusType::kBit) {
    return reader.wrong_table("type", "must be bit in the tables coil and discrete");
  }
  const bool picks_bit = usual != ModbusType::kBit && reg.type == ModbusType::kBit;
  if (picks_bit != (bit >= 0)) {
    return reader.wrong_table("bit", picks_bit ? "must say which bit of the register, 0 to 15"
                                               : "is for type = \"bit\" in a register");
  }
  if ((reg.type == ModbusType::kText) != (registers > 0)) {
    return reader.wrong_table("registers", reg.type == ModbusType::kText
                                               ? "must say how many registers the text has"
                                               : "is for type = \"text\"");
  }
  reg.registers = std::max(registers, 1);
  reg.address = address;
  if (picks_bit) reg.bit = bit;
  return reg;
}

/// "10.0.0.7", "plc.local:1502", "[fe80::1]:502".
Result<void> read_address(TableReader& reader, ModbusOptions& out) {
  std::string text;
  MW_TRY(reader.text("address", text));
  const auto wrong = [&] { return reader.wrong_table("address", "must be HOST or HOST:PORT"); };
  std::string port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string::npos) return wrong();
    out.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    out.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (out.host.empty() || (!port.empty() && port[0] != ':')) return wrong();
  if (port.empty()) return {};
  uint16_t number = 0;
  const auto [end, problem] = std::from_chars(port.data() + 1, port.data() + port.size(), number);
  if (problem != std::errc() || end != port.data() + port.size() || number == 0) return wrong();
  out.port = number;
  return {};
}

Result<void> read_serial(TableReader& reader, ModbusOptions& out) {
  MW_TRY(reader.text("device", out.device));
  MW_TRY(reader.integer("baud", 300, 4'000'000, out.baud));
  MW_TRY(read_word(reader, "parity", Words<char>{{"none", 'N'}, {"even", 'E'}, {"odd", 'O'}},
                   out.parity));
  MW_TRY(reader.integer("data_bits", 7, 8, out.data_bits));
  MW_TRY(reader.integer("stop_bits", 1, 2, out.stop_bits));
  if (out.device.empty()) return reader.wrong_table("device", "must name a serial port");
  return {};
}

Result<plant::ConnectorOptions> read_modbus(TableReader& reader, const TablePlace& place,
                                            std::string name, bool serial) {
  ModbusOptions out;
  ModbusRegister defaults;
  out.name = std::move(name);
  MW_TRY(serial ? read_serial(reader, out) : read_address(reader, out));
  MW_TRY(reader.integer("timeout_ms", 50, 10'000, out.timeout_ms));
  MW_TRY(reader.integer("registers_per_request", 1, 125, out.registers_per_request));
  MW_TRY(reader.integer("unit", 0, 255, defaults.unit));
  MW_TRY(reader.integer("poll_ms", 20, 3'600'000, defaults.poll_ms));
  MW_TRY(read_word(reader, "order", order_words(), defaults.order));
  MW_ASSIGN(const auto registers, reader.tables("register"));
  MW_TRY(reader.finish());
  for (std::size_t i = 0; i < registers.size(); ++i) {
    const TablePlace at = place.item("register", i);
    MW_ASSIGN(ModbusRegister reg, read_register(*registers[i], at, defaults));
    // TCP: 255 is the device itself; a serial line: 0 is all units, and none of them answers.
    const bool known =
        serial ? reg.unit >= 1 && reg.unit <= 247 : reg.unit <= 247 || reg.unit == 255;
    if (!known) {
      return reader.wrong_table("unit", serial ? "must be 1 to 247" : "must be 0 to 247, or 255");
    }
    out.registers.push_back(std::move(reg));
  }
  return plant::ConnectorOptions(std::move(out));
}

const Words<OpcuaSecurity>& security_words() {
  static const Words<OpcuaSecurity> words(plant::kOpcuaSecurityWords.begin(),
                                          plant::kOpcuaSecurityWords.end());
  return words;
}

const Words<OpcuaPolicy>& policy_words() {
  static const Words<OpcuaPolicy> words{
      {"basic256sha256", OpcuaPolicy::kBasic256Sha256},
      {"aes128_sha256_rsaoaep", OpcuaPolicy::kAes128Sha256RsaOaep},
      {"aes256_sha256_rsapss", OpcuaPolicy::kAes256Sha256RsaPss}};
  return words;
}

/// {0 = "idle", "RUN" = "running"}; nothing when it is not there.
Result<std::map<std::string, std::string>> read_named_states(TableReader& reader) {
  std::map<std::string, std::string> out;
  MW_ASSIGN(const toml::table* states, reader.table("states"));
  if (states == nullptr) return out;
  for (const auto& [key, each] : *states) {
    const auto state = each.value_exact<std::string>();
    if (!state || state->empty()) {
      return reader.wrong_table("states",
                                "must give a state for each value, such as {0 = \"idle\"}");
    }
    out[std::string(key.str())] = *state;
  }
  return out;
}

/// How a value from outside becomes the tag's.
template <class Value>
Result<void> read_conversion(TableReader& reader, Value& out) {
  MW_TRY(reader.number("scale", -1e12, 1e12, out.scale));
  MW_TRY(reader.number("offset", -1e12, 1e12, out.offset));
  MW_TRY(reader.text("measured_in", out.measured_in));
  MW_ASSIGN(out.states, read_named_states(reader));
  return {};
}

Result<OpcuaNode> read_node(const toml::table& table, TablePlace place, const OpcuaNode& defaults) {
  TableReader reader(table, std::move(place));
  OpcuaNode node = defaults;
  int index = -1;
  MW_TRY(reader.text("tag", node.tag));
  MW_TRY(reader.text("node", node.node));
  MW_TRY(reader.integer("index", 0, 1'000'000, index));
  MW_TRY(read_conversion(reader, node));
  MW_TRY(reader.integer("sampling_ms", 1, 3'600'000, node.sampling_ms));
  MW_TRY(reader.finish());
  if (node.tag.empty()) return reader.wrong_table("tag", "must name a tag");
  if (node.node.empty()) return reader.wrong_table("node", "must name a node of the server");
  if (node.scale == 0) return reader.wrong_table("scale", "must not be 0");
  if (index >= 0) node.index = index;
  return node;
}

Result<plant::ConnectorOptions> read_opcua(TableReader& reader, const TablePlace& place,
                                           std::string name) {
  OpcuaOptions out;
  OpcuaNode defaults;
  out.name = std::move(name);
  MW_TRY(reader.address("endpoint", out.endpoint));
  MW_TRY(read_word(reader, "security", security_words(), out.security));
  MW_TRY(read_word(reader, "policy", policy_words(), out.policy));
  MW_TRY(reader.text("user", out.user));
  MW_ASSIGN(out.password, reader.secret("password_file"));
  MW_TRY(reader.integer("timeout_ms", 100, 60'000, out.timeout_ms));
  MW_TRY(reader.integer("publishing_ms", 10, 60'000, out.publishing_ms));
  MW_TRY(reader.integer("sampling_ms", 1, 3'600'000, defaults.sampling_ms));
  MW_TRY(reader.integer("history_hours", 0, 24 * 365, out.history_hours));
  MW_ASSIGN(const auto nodes, reader.tables("node"));
  MW_TRY(reader.finish());
  if (out.endpoint.empty()) {
    return reader.wrong_table("endpoint", "must be such as \"opc.tcp://10.0.0.7:4840\"");
  }
  if (out.user.empty() != out.password.empty()) {
    return reader.wrong_table("user", "and password_file must be there together");
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    MW_ASSIGN(OpcuaNode node, read_node(*nodes[i], place.item("node", i), defaults));
    out.nodes.push_back(std::move(node));
  }
  return plant::ConnectorOptions(std::move(out));
}

Result<SparkplugTag> read_metric(const toml::table& table, TablePlace place,
                                 const SparkplugTag& defaults) {
  TableReader reader(table, std::move(place));
  SparkplugTag metric = defaults;
  MW_TRY(reader.text("tag", metric.tag));
  MW_TRY(reader.text("group", metric.group));
  MW_TRY(reader.text("edge", metric.edge));
  MW_TRY(reader.text("device", metric.device));
  MW_TRY(reader.text("metric", metric.metric));
  MW_TRY(read_conversion(reader, metric));
  MW_TRY(reader.finish());
  if (metric.tag.empty()) return reader.wrong_table("tag", "must name a tag");
  if (metric.group.empty()) return reader.wrong_table("group", "must be there, here or above");
  if (metric.edge.empty()) return reader.wrong_table("edge", "must be there, here or above");
  if (metric.metric.empty()) return reader.wrong_table("metric", "must name a metric");
  if (metric.scale == 0) return reader.wrong_table("scale", "must not be 0");
  return metric;
}

Result<plant::ConnectorOptions> read_sparkplug(TableReader& reader, const TablePlace& place,
                                               std::string name) {
  SparkplugOptions out;
  SparkplugTag defaults;
  out.name = std::move(name);
  MW_TRY(reader.address("broker", out.broker));
  MW_TRY(reader.text("user", out.user));
  MW_ASSIGN(out.password, reader.secret("password_file"));
  MW_ASSIGN(out.ca_file, reader.authority());
  MW_TRY(reader.text("host_id", out.host_id));
  out.rebirth = !out.host_id.empty();
  MW_TRY(reader.boolean("rebirth", out.rebirth));
  MW_TRY(reader.integer("reorder_ms", 100, 60'000, out.reorder_ms));
  MW_TRY(reader.texts("groups", out.groups));
  MW_TRY(reader.text("group", defaults.group));
  MW_TRY(reader.text("edge", defaults.edge));
  MW_TRY(reader.text("device", defaults.device));
  MW_ASSIGN(const auto metrics, reader.tables("metric"));
  MW_TRY(reader.finish());
  if (!out.broker.starts_with("tcp://") && !out.broker.starts_with("ssl://")) {
    return reader.wrong_table("broker", "must be such as \"ssl://10.0.0.5:8883\" or \"tcp://...\"");
  }
  if (place.is_json() && !out.ca_file.empty() && !out.broker.starts_with("ssl://")) {
    return reader.wrong_table("ca", "is for ssl://");
  }
  if (out.user.empty() != out.password.empty()) {
    return reader.wrong_table("user", "and password_file must be there together");
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    MW_ASSIGN(SparkplugTag metric, read_metric(*metrics[i], place.item("metric", i), defaults));
    out.metrics.push_back(std::move(metric));
  }
  return plant::ConnectorOptions(std::move(out));
}

Result<void> read_topic_value(TableReader& reader, plant::TopicValue& out) {
  MW_TRY(reader.text("topic", out.topic));
  MW_TRY(reader.text("tag", out.tag));
  MW_TRY(reader.text("value", out.value));
  MW_TRY(reader.text("time", out.time));
  MW_TRY(read_conversion(reader, out));
  MW_TRY(reader.finish());
  if (out.topic.empty()) return reader.wrong_table("topic", "must name a topic");
  if (out.tag.empty()) return reader.wrong_table("tag", "must name a tag");
  if (out.scale == 0) return reader.wrong_table("scale", "must not be 0");
  return {};
}

Result<plant::ConnectorOptions> read_kafka(TableReader& reader, const TablePlace& place,
                                           std::string name) {
  KafkaOptions out;
  out.name = std::move(name);
  MW_ASSIGN(out.server, read_kafka_server(reader, place));
  MW_TRY(reader.text("group", out.group));
  MW_TRY(read_word(reader, "from", Words<bool>{{"start", true}, {"now", false}}, out.from_start));
  MW_TRY(reader.texts("samples", out.samples));
  MW_ASSIGN(const auto topics, reader.tables("topic"));
  MW_TRY(reader.finish());
  for (std::size_t i = 0; i < topics.size(); ++i) {
    TableReader topic(*topics[i], place.item("topic", i));
    KafkaValue value;
    MW_TRY(topic.text("key", value.key));
    MW_TRY(read_topic_value(topic, value));
    out.topics.push_back(std::move(value));
  }
  return plant::ConnectorOptions(std::move(out));
}

/// "+08:00" in minutes.
Result<void> read_utc_offset(TableReader& reader, plant::CsvOptions& out) {
  std::string text;
  MW_TRY(reader.text("utc_offset", text));
  if (text.empty()) return {};
  const std::optional<int> minutes = plant::parse_utc_offset(text);
  if (!minutes) return reader.wrong_table("utc_offset", "must be such as \"+08:00\"");
  out.utc_offset_min = minutes;
  return {};
}

Result<void> read_csv_options(TableReader& reader, plant::CsvOptions& out) {
  std::string separator;
  MW_TRY(reader.text("separator", separator));
  MW_TRY(reader.text("time_column", out.time_column));
  MW_TRY(reader.text("tag_column", out.tag_column));
  MW_TRY(reader.text("value_column", out.value_column));
  MW_TRY(reader.text("quality_column", out.quality_column));
  MW_TRY(reader.text("unit_column", out.unit_column));
  MW_TRY(reader.texts("ignore", out.ignore));
  MW_TRY(reader.text("prefix", out.prefix));
  MW_TRY(read_utc_offset(reader, out));
  MW_TRY(reader.boolean("take_last_line", out.take_last_line));
  MW_ASSIGN(const toml::table* columns, reader.table("columns"));
  if (separator.size() > 1 || separator == "\"" || separator == "\n") {
    return reader.wrong_table("separator", "must be one character, such as \";\"");
  }
  if (!separator.empty()) out.separator = separator[0];
  if (columns == nullptr) return {};
  for (const auto& [key, node] : *columns) {
    const auto tag = node.value_exact<std::string>();
    if (!tag) return reader.wrong_table("columns", "must give a tag for each header");
    out.columns[std::string(key.str())] = *tag;
  }
  return {};
}

Result<plant::ConnectorOptions> read_folder(TableReader& reader, std::string name) {
  plant::FolderOptions out;
  out.name = std::move(name);
  MW_TRY(reader.text("path", out.path));
  MW_TRY(read_csv_options(reader, out.csv));
  MW_TRY(reader.integer("settle_ms", 100, 3'600'000, out.settle_ms));
  MW_TRY(reader.integer("poll_ms", 100, 3'600'000, out.poll_ms));
  MW_TRY(reader.finish());
  if (out.path.empty()) return reader.wrong_table("path", "must name a folder");
  return plant::ConnectorOptions(std::move(out));
}

}  // namespace

Result<kafka::Server> read_kafka_server(TableReader& reader, const TablePlace& place) {
  kafka::Server out;
  std::string sasl;
  MW_TRY(reader.text("address", out.address));
  MW_TRY(reader.boolean("tls", out.tls));
  MW_ASSIGN(out.ca_file, reader.authority());
  MW_TRY(reader.text("sasl", sasl));
  MW_TRY(reader.text("user", out.user));
  MW_ASSIGN(out.password, reader.secret("password_file"));
  if (!sasl.empty()) {
    const auto known = kafka::sasl_of(sasl);
    if (!known) {
      return reader.wrong_table("sasl", "must be one of plain, scram_sha256, scram_sha512");
    }
    out.sasl = *known;
  }
  const Result<void> checked = kafka::check_server(out);
  if (checked) return out;
  // Its message begins with the key.
  const std::string& text = checked.error().message.en;
  const bool ca = place.is_json() && checked.error().param == "ca_file";
  return reader.wrong_table(ca ? "ca" : checked.error().param, text.substr(text.find(": ") + 2));
}

Result<plant::TopicValue> read_topic(const toml::table& table, const TablePlace& place) {
  TableReader reader(table, place);
  plant::TopicValue out;
  MW_TRY(read_topic_value(reader, out));
  return out;
}

Result<plant::ConnectorOptions> read_connector(const toml::table& table, const std::string& file) {
  return read_connector(table, TablePlace{file, "connector.", {}});
}

Result<plant::ConnectorOptions> read_connector(const toml::table& table, const TablePlace& place) {
  TableReader reader(table, place);
  std::string name;
  std::string kind;
  MW_TRY(reader.text("name", name));
  MW_TRY(reader.text("kind", kind));
  if (place.is_json() && (kind == "modbus_rtu" || kind == "folder")) {
    // They name files of this machine, which is for whoever may write its files.
    return reader.wrong_table("kind", "must not be " + kind + " here: config.toml can have it");
  }
  if (kind == "modbus_tcp" || kind == "modbus_rtu") {
    return read_modbus(reader, place, std::move(name), kind == "modbus_rtu");
  }
  if (kind == "opcua") return read_opcua(reader, place, std::move(name));
  if (kind == "sparkplug") return read_sparkplug(reader, place, std::move(name));
  if (kind == "kafka") return read_kafka(reader, place, std::move(name));
  if (kind == "folder") return read_folder(reader, std::move(name));
  if (kind == "mqtt") {
    return reader.wrong_table("kind", place.is_json()
                                          ? "must not be mqtt: the broker has a place of its own"
                                          : "must not be mqtt: the broker is plant.broker");
  }
  return reader.wrong_table(
      "kind", "must be one of modbus_tcp, modbus_rtu, opcua, sparkplug, kafka, folder; it is '" +
                  kind + "'");
}

}  // namespace mw::app
