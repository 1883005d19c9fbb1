#include "hub/remote_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mw::hub {
namespace {

constexpr std::size_t kMaxUrlLength = 8192;

Error bad_url(std::string_view text, const std::string& why) {
  // The address is foreign text (a Location header): shown cut and without control characters.
  std::string shown(text.substr(0, 120));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return Error::make(Code::kInvalidArgument, "address '" + shown + "': " + why,
                     "地址“" + shown + "”无效：" + why, "url");
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool is_host(const std::string& host, bool bracketed) {
  if (host.empty() || host.size() > 253) return false;
  if (bracketed) {  // an IPv6 address and nothing else may stand in brackets
    in6_addr address;
    return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
  }
  return std::all_of(host.begin(), host.end(), is_host_character) && host[0] != '.' &&
         host[0] != '-';
}

Result<void> parse_authority(std::string_view authority, std::string_view whole, Url& url) {
  if (authority.find('@') != std::string_view::npos) {
    return bad_url(whole, "user information is not accepted");
  }
  const bool bracketed = authority.starts_with('[');
  std::string_view port;
  if (bracketed) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return bad_url(whole, "']' is missing");
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (!is_host(url.host, bracketed)) return bad_url(whole, "the host is not valid");
  url.port = url.tls ? 443 : 80;
  if (port.empty()) return {};
  unsigned value = 0;
  const char* end = port.data() + port.size();
  const auto [stopped, problem] = std::from_chars(port.data() + 1, end, value);
  if (port[0] != ':' || port.size() < 2 || problem != std::errc() || stopped != end || value == 0 ||
      value > 65535) {
    return bad_url(whole, "the port is not in 1..65535");
  }
  url.port = static_cast<uint16_t>(value);
  return {};
}

Result<void> check_characters(std::string_view text) {
  if (text.size() > kMaxUrlLength) return bad_url(text, "longer than 8 KiB");
  // Spaces and control characters would let an address forge request lines and headers.
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c <= 0x20 || c > 0x7e; })) {
    return bad_url(text, "holds a space, a control character or non-ASCII");
  }
  return {};
}

}  // namespace

std::string Url::authority() const {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return default_port() ? shown : shown + ":" + std::to_string(port);
}

std::string Url::text() const { return (tls ? "https://" : "http://") + authority() + target; }

Result<Url> parse_url(std::string_view text) {
  MW_TRY(check_characters(text));
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    url.tls = false;
    rest.remove_prefix(7);
  } else {
    return bad_url(text, "expected https:// or http://");
  }
  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = rest.find_first_of("/?");
  MW_TRY(parse_authority(rest.substr(0, end), text, url));
  url.target = end == std::string_view::npos ? "/" : rest.substr(end);
  if (url.target[0] != '/') url.target.insert(0, "/");
  return url;
}

Result<Url> resolve_url(const Url& base, std::string_view location) {
  MW_TRY(check_characters(location));
  if (location.empty()) return bad_url(location, "empty");
  if (location.starts_with("//")) {
    return parse_url((base.tls ? "https:" : "http:") + std::string(location));
  }
  const std::size_t colon = location.find(':');
  if (colon != std::string_view::npos && colon < location.find_first_of("/?#")) {
    return parse_url(location);
  }
  Url url = base;
  location = location.substr(0, location.find('#'));
  if (location.starts_with('/')) {
    url.target = location;
  } else {
    const std::size_t query = url.target.find('?');
    const std::size_t folder = url.target.rfind('/', query);
    url.target = url.target.substr(0, folder + 1) + std::string(location);
  }
  return url;
}

std::string percent_encode(std::string_view text, std::string_view kept) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       kept.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace mw::hub
