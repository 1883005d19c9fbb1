#include "plant/opcua/opcua_address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/address_text.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 4096;  // the specification's limit of a text identifier
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <typename T>
std::optional<T> whole_number(std::string_view text) {
  T number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

std::optional<std::string> guid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool digit = c >= '0' && c <= '9';
    const bool lower = c >= 'a' && c <= 'f';
    const bool upper = c >= 'A' && c <= 'F';
    if (dash ? c != '-' : !(digit || lower || upper)) return std::nullopt;
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last || text[i + 3] != '=' ? 0 : text[i + 2] == '=' ? 2 : 1;
    uint32_t bits = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t digit = k < 4 - padding ? kBase64.find(text[i + k]) : 0;
      if (digit == std::string_view::npos) return std::nullopt;
      bits = bits << 6 | static_cast<uint32_t>(digit);
    }
    for (std::size_t k = 0; k < 3 - padding; ++k) {
      out += static_cast<char>(bits >> (16 - 8 * k) & 0xff);
    }
  }
  return out;
}

std::string base64_of_bytes(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kBase64[bits >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return out;
}

/// In a URI '%' and ';' are escaped, so that the first ';' ends it.
std::optional<std::string> unescaped_uri(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
    } else if (text.substr(i, 3) == "%25" || text.substr(i, 3) == "%3B" ||
               text.substr(i, 3) == "%3b") {
      out += text[i + 1] == '2' ? '%' : ';';
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string escaped_uri(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == ';') {
      out += "%3B";
    } else {
      out += c;
    }
  }
  return out;
}

Error no_node_id(std::string_view text) {
  const std::string shown(is_plain(text) ? text.substr(0, 100) : std::string_view("?"));
  return Error::make(Code::kInvalidArgument,
                     "'" + shown + "' names no node: expected such as ns=2;s=Press.Oil, " +
                         "ns=2;i=4711, nsu=URI;s=... or ns=1;g=GUID",
                     "“" + shown + "”不是节点标识：应如 ns=2;s=Press.Oil、ns=2;i=4711、" +
                         "nsu=URI;s=... 或 ns=1;g=GUID",
                     "node");
}

/// Takes "ns=N;" or "nsu=URI;" from the front of `text`.
bool take_space(std::string_view& text, OpcuaNodeId& id) {
  const bool by_uri = text.starts_with("nsu=");
  if (!by_uri && !text.starts_with("ns=")) return true;
  const std::size_t begin = by_uri ? 4 : 3;
  const std::size_t end = text.find(';');
  if (end == std::string_view::npos || end == begin) return false;
  const std::string_view value = text.substr(begin, end - begin);
  text.remove_prefix(end + 1);
  if (by_uri) {
    const std::optional<std::string> uri = unescaped_uri(value);
    if (uri) id.space_uri = *uri;
    return uri.has_value();
  }
  const auto number = whole_number<uint16_t>(value);
  if (number) id.space = *number;
  return number.has_value();
}

bool take_identifier(std::string_view text, OpcuaNodeId& id) {
  if (text.size() < 3 || text[1] != '=') return false;
  const std::string_view value = text.substr(2);
  std::optional<std::string> taken;
  switch (text[0]) {
    case 'i': {
      const auto number = whole_number<uint32_t>(value);
      if (number) id.number = *number;
      return number.has_value();
    }
    case 's':
      id.kind = OpcuaNodeId::Kind::kText;
      taken = std::string(value);
      break;
    case 'g':
      id.kind = OpcuaNodeId::Kind::kGuid;
      taken = guid(value);
      break;
    case 'b':
      id.kind = OpcuaNodeId::Kind::kOpaque;
      taken = bytes_of_base64(value);
      break;
    default:
      return false;
  }
  if (taken) id.text = std::move(*taken);
  return taken.has_value();
}

Error no_endpoint(std::string_view url) {
  const std::string shown(is_plain(url) ? shown_address(url.substr(0, kMostBytes)).substr(0, 100)
                                        : std::string("?"));
  return Error::make(Code::kInvalidArgument,
                     "'" + shown + "' is no endpoint: expected opc.tcp://HOST[:PORT][/PATH]",
                     "“" + shown + "”不是端点地址：应为 opc.tcp://主机[:端口][/路径]", "endpoint");
}

}  // namespace

Result<OpcuaNodeId> parse_opcua_node_id(std::string_view text) {
  OpcuaNodeId id;
  std::string_view rest = text;
  if (text.size() > kMostBytes || !is_plain(text) || !take_space(rest, id) ||
      !take_identifier(rest, id)) {
    return no_node_id(text);
  }
  return id;
}

std::string opcua_node_id_text(const OpcuaNodeId& id) {
  std::string out;
  if (!id.space_uri.empty()) {
    out = "nsu=" + escaped_uri(id.space_uri) + ";";
  } else if (id.space != 0) {
    out = "ns=" + std::to_string(id.space) + ";";
  }
  switch (id.kind) {
    case OpcuaNodeId::Kind::kNumber:
      return out + "i=" + std::to_string(id.number);
    case OpcuaNodeId::Kind::kText:
      return out + "s=" + id.text;
    case OpcuaNodeId::Kind::kGuid:
      return out + "g=" + id.text;
    case OpcuaNodeId::Kind::kOpaque:
      return out + "b=" + base64_of_bytes(id.text);
  }
  return out;
}

Result<OpcuaEndpoint> parse_opcua_endpoint(std::string_view url) {
  constexpr std::string_view kScheme = "opc.tcp://";
  OpcuaEndpoint out;
  if (!url.starts_with(kScheme) || url.size() > kMostBytes || !is_plain(url) ||
      url.find(' ') != std::string_view::npos || url.find('@') != std::string_view::npos) {
    return no_endpoint(url);
  }
  std::string_view place = url.substr(kScheme.size());
  place = place.substr(0, place.find('/'));
  std::string_view port;
  if (place.starts_with('[')) {
    const std::size_t end = place.find(']');
    if (end == std::string_view::npos) return no_endpoint(url);
    out.host = place.substr(1, end - 1);
    port = place.substr(end + 1);
  } else {
    const std::size_t colon = std::min(place.find(':'), place.size());
    out.host = place.substr(0, colon);
    port = place.substr(colon);
  }
  if (out.host.empty()) return no_endpoint(url);
  if (port.empty()) return out;
  const auto number = whole_number<uint16_t>(port.substr(1));
  if (port[0] != ':' || !number || *number == 0) return no_endpoint(url);
  out.port = *number;
  return out;
}

}  // namespace mw::plant
