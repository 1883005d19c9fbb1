#include "plant/sparkplug/sparkplug_topic.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace mw::plant {
namespace {

constexpr std::string_view kNamespace = "spBv1.0";
constexpr std::size_t kMostIdBytes = 256;

constexpr std::array<std::pair<std::string_view, SparkplugVerb>, 9> kVerbs{{
    {"NBIRTH", SparkplugVerb::kNodeBirth},
    {"NDATA", SparkplugVerb::kNodeData},
    {"NDEATH", SparkplugVerb::kNodeDeath},
    {"DBIRTH", SparkplugVerb::kDeviceBirth},
    {"DDATA", SparkplugVerb::kDeviceData},
    {"DDEATH", SparkplugVerb::kDeviceDeath},
    {"STATE", SparkplugVerb::kState},
    {"NCMD", SparkplugVerb::kCommand},
    {"DCMD", SparkplugVerb::kCommand},
}};

std::optional<SparkplugVerb> verb_of(std::string_view name) {
  for (const auto& [word, verb] : kVerbs) {
    if (word == name) return verb;
  }
  return std::nullopt;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (parts.size() < 6) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    parts.push_back(text.substr(0, slash));
    if (slash == text.size()) break;
    text.remove_prefix(slash + 1);
  }
  return parts;
}

Error wrong(std::string_view text, const char* en, const char* zh) {
  const std::string shown(text.substr(0, 200));
  return Error::make(Code::kInvalidArgument, "topic '" + shown + "': " + en,
                     "主题“" + shown + "”：" + zh, "topic");
}

}  // namespace

bool is_sparkplug_id(std::string_view id) {
  const auto odd = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '+' || c == '/' || c == '#' || byte < 0x20 || byte == 0x7f;
  };
  return !id.empty() && id.size() <= kMostIdBytes && std::none_of(id.begin(), id.end(), odd);
}

Result<SparkplugTopic> parse_sparkplug_topic(std::string_view text) {
  const std::vector<std::string_view> parts = parts_of(text);
  if (parts[0] != kNamespace || parts.size() < 3) {
    return wrong(text, "expected spBv1.0/GROUP/VERB/EDGE or spBv1.0/STATE/HOST",
                 "应为 spBv1.0/组/类型/节点 或 spBv1.0/STATE/主机");
  }
  SparkplugTopic out;
  if (parts[1] == "STATE" && parts.size() == 3) {
    out.edge = parts[2];
    if (!is_sparkplug_id(out.edge)) return wrong(text, "no host id", "没有主机标识");
    return out;
  }
  const std::optional<SparkplugVerb> verb = verb_of(parts[2]);
  if (!verb || *verb == SparkplugVerb::kState || parts.size() < 4) {
    return wrong(text, "no such kind of message", "没有这种消息类型");
  }
  out.verb = *verb;
  out.group = parts[1];
  out.edge = parts[3];
  const bool wants_device = parts[2][0] == 'D';
  if (parts.size() != (wants_device ? 5U : 4U)) {
    return wants_device
               ? wrong(text, "this kind of message names a device", "该类型的消息应带设备")
               : wrong(text, "this kind of message names no device", "该类型的消息不应带设备");
  }
  if (wants_device) out.device = parts[4];
  if (!is_sparkplug_id(out.group) || !is_sparkplug_id(out.edge) ||
      (wants_device && !is_sparkplug_id(out.device))) {
    return wrong(text, "a name is empty, too long or has odd characters",
                 "名称为空、过长或含有非法字符");
  }
  return out;
}

std::string_view sparkplug_verb_name(SparkplugVerb verb) {
  for (const auto& [word, each] : kVerbs) {
    if (each == verb) return word;
  }
  return "?";
}

std::string sparkplug_state_topic(std::string_view host) {
  return std::string(kNamespace) + "/STATE/" + std::string(host);
}

std::string sparkplug_node_topic(std::string_view group, std::string_view verb,
                                 std::string_view edge) {
  return std::string(kNamespace) + "/" + std::string(group) + "/" + std::string(verb) + "/" +
         std::string(edge);
}

}  // namespace mw::plant
