#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::hub {

/// An http or https address, as far as fetching needs it (RFC 3986 without fragments).
struct Url {
  bool tls = true;
  std::string host;     // lower case; an IPv6 address without its brackets
  uint16_t port = 443;  // always set
  std::string target;   // path and query, starts with '/'

  bool default_port() const { return port == (tls ? 443 : 80); }
  /// "host" or "host:port", as for a Host header.
  std::string authority() const;
  std::string text() const;
  bool same_origin(const Url& other) const {
    return tls == other.tls && host == other.host && port == other.port;
  }
};

/// Errors  kInvalidArgument: another scheme, user information, an empty or odd host, a port
///         outside 1..65535, control characters or spaces, over 8 KiB.
Result<Url> parse_url(std::string_view text);

/// What a Location header means at `base`: an absolute address, "//host/...", "/path" or a
/// relative path.
Result<Url> resolve_url(const Url& base, std::string_view location);

/// Percent-encodes all but letters, digits, '-', '.', '_', '~' and what is in `kept`.
std::string percent_encode(std::string_view text, std::string_view kept = {});
/// Percent-encodes what may not stand in a path; '/' stays.
inline std::string encode_path(std::string_view path) { return percent_encode(path, "/"); }

}  // namespace mw::hub
