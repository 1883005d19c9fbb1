#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "kafka/kafka_server.h"

namespace mw::plant {

/// Which of a Modbus device's four tables an address lies in.
enum class ModbusTable { kCoil, kDiscrete, kInput, kHolding };

enum class ModbusType { kBit, kU16, kS16, kU32, kS32, kU64, kS64, kF32, kF64, kText };

/// Where the bytes of a value lie, with A its most significant one, as device manuals write it. In
/// values of four words the same holds for all of them.
enum class ModbusOrder {
  kAbcd,  // high word first (the standard)
  kCdab,  // low word first
  kBadc,  // high word first, the bytes of each word swapped
  kDcba,  // low word first, bytes swapped
};

/// One value of a device: where it lies, what it is, and the tag that it becomes.
///   value = raw * scale + offset
struct ModbusRegister {
  std::string tag;  // "press-1/oil_temperature"
  int unit = 1;     // 0 to 255
  ModbusTable table = ModbusTable::kHolding;
  int address = 0;  // of the protocol, from 0: the manual's 40001 is holding 0
  ModbusType type = ModbusType::kU16;
  ModbusOrder order = ModbusOrder::kAbcd;
  int bit = 0;  // of a register read as kBit, 0 the least significant
  int registers =
      1;  // of kText: two bytes each, UTF-8, NULs and blanks at the end are no part of it
  double scale = 1;
  double offset = 0;
  std::string measured_in;  // checked against the tag's unit when given
  int poll_ms = 1000;
  std::map<int64_t, std::string> states;  // of a state tag: raw value -> state
};

/// A Modbus device or bus. Values are read; nothing is ever written.
struct ModbusOptions {
  std::string name;
  std::string host;  // with `port`: Modbus TCP
  int port = 502;
  std::string device;  // "/dev/ttyUSB0": Modbus RTU; then `host` is empty
  int baud = 19'200;
  char parity = 'E';  // 'N', 'E', 'O'
  int data_bits = 8;
  int stop_bits = 1;
  int timeout_ms = 1000;            // for a whole answer
  int registers_per_request = 125;  // the protocol's limit; some devices allow fewer
  std::vector<ModbusRegister> registers;
};

/// How much of what goes to and fro between an OPC UA server and us is protected.
enum class OpcuaSecurity { kNone, kSign, kSignAndEncrypt };
/// As configurations and messages write it.
inline constexpr std::array<std::pair<const char*, OpcuaSecurity>, 3> kOpcuaSecurityWords{{
    {"sign_and_encrypt", OpcuaSecurity::kSignAndEncrypt},
    {"sign", OpcuaSecurity::kSign},
    {"none", OpcuaSecurity::kNone},
}};
std::string opcua_security_word(OpcuaSecurity security);

/// The algorithms that protect it; what the specification has withdrawn is not among them.
enum class OpcuaPolicy { kBasic256Sha256, kAes128Sha256RsaOaep, kAes256Sha256RsaPss };

/// One variable of an OPC UA server and the tag that it becomes.
///   value = what the server says * scale + offset
struct OpcuaNode {
  std::string tag;           // "press-1/oil_temperature"
  std::string node;          // "ns=2;s=Press.Oil", "nsu=http://maker/;i=4711"
  std::optional<int> index;  // of an array, from 0
  double scale = 1;
  double offset = 0;
  std::string measured_in;                    // checked against the tag's unit when given
  std::map<std::string, std::string> states;  // of a state tag: text or whole number -> state
  int sampling_ms = 1000;                     // how often the server shall look
};

/// An OPC UA server. Values are subscribed to, read and read from history; the services Write and
/// Call are never used.
struct OpcuaOptions {
  std::string name;
  std::string endpoint;  // "opc.tcp://10.0.0.7:4840/path"
  OpcuaSecurity security = OpcuaSecurity::kSignAndEncrypt;
  OpcuaPolicy policy = OpcuaPolicy::kBasic256Sha256;
  std::string user;  // empty: anonymous
  std::string password;
  std::string folder;  // of our certificate and those that are trusted
  int timeout_ms = 3000;
  int publishing_ms = 500;
  int history_hours = 24;  // how far back a hole is filled; 0: it is not
  std::vector<OpcuaNode> nodes;
};

/// How to read CSV files: what is left open is found out from the header.
struct CsvOptions {
  char separator = 0;           // 0: ';', tab or ','
  bool take_last_line = false;  // although no line end says that it is whole
  // Empty: "time", "tag", "value", "quality", "unit" and the like.
  std::string time_column, tag_column, value_column, quality_column, unit_column;
  std::map<std::string, std::string> columns;  // header, or name in the tag column -> tag
  std::vector<std::string> ignore;             // headers to pass over
  std::string prefix;                          // in front of what names a tag: "press-1/"
  std::optional<int> utc_offset_min;           // of times that name no zone
};

/// "+08:00" or "-03:30" in minutes; nothing when it is none.
std::optional<int> parse_utc_offset(std::string_view text);

/// A folder into which CSV files are put.
struct FolderOptions {
  std::string name;
  std::string path;
  CsvOptions csv;
  int poll_ms = 1000;
  int settle_ms = 2000;  // a file that changed since is still being written
};

/// One metric of a Sparkplug edge node, or of a device behind it, and the tag that it becomes.
///   value = what the edge node says * scale + offset
struct SparkplugTag {
  std::string tag;  // "press-1/oil_temperature"
  std::string group, edge;
  std::string device;  // empty: a metric of the edge node itself
  std::string metric;  // "Hydraulics/Oil Temperature"
  double scale = 1;
  double offset = 0;
  std::string measured_in;                    // checked against the tag's unit when given
  std::map<std::string, std::string> states;  // of a state tag: text or whole number -> state
};

/// Edge nodes that speak Sparkplug B over an MQTT server. What is published is our own state and
/// the request to be told everything again; commands to machines are never sent.
struct SparkplugOptions {
  std::string name;
  std::string broker;  // "tcp://10.0.0.5:1883", "ssl://..."
  std::string user, password, ca_file;
  std::string host_id;              // of a host application; empty: we listen, and publish no state
  bool rebirth = true;              // whether a rebirth may be asked for
  int reorder_ms = 2000;            // how long a message waits for those missing before it
  std::vector<std::string> groups;  // followed besides those of the metrics, to see what they have
  std::string folder;               // of what was seen and is no tag yet
  std::vector<SparkplugTag> metrics;
};

/// A value in messages of a broker that were not made for us, and the tag that it becomes.
///   value = what the message says * scale + offset
struct TopicValue {
  std::string topic;  // whole, without wildcards: "factory/oven/climate"
  std::string tag;    // "oven-1/temperature"
  std::string value;  // JSON pointer into the payload, "/t"; empty: the payload is the value
  std::string time;   // JSON pointer of when it held; empty: when it arrived
  double scale = 1;
  double offset = 0;
  std::string measured_in;                    // checked against the tag's unit when given
  std::map<std::string, std::string> states;  // of a state tag: text or number -> state
};

/// The same of a Kafka topic.
struct KafkaValue : TopicValue {
  std::string key;  // of the records that it is taken from; empty: whatever their key
};

/// Topics of a Kafka cluster whose records are samples. Our position in them is the group's.
struct KafkaOptions {
  std::string name;
  kafka::Server server;
  std::string group;                 // empty: "millwright-NAME"
  bool from_start = true;            // for a new group: all that the topics still hold
  std::vector<std::string> samples;  // topics that hold samples in our own form
  std::vector<KafkaValue> topics;    // of records that were not made for us
};

/// What [[connector]] of a configuration describes.
using ConnectorOptions =
    std::variant<ModbusOptions, FolderOptions, OpcuaOptions, SparkplugOptions, KafkaOptions>;

}  // namespace mw::plant
