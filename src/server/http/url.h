#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace mw::server {

/// A request target taken apart.
struct Target {
  std::string authority;  // of the absolute form "http://host/path"; else empty
  std::string path;       // starts with '/', decoded, without empty segments or a trailing slash
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order, at most 64
};

/// Takes "/v1//models/?a=b%20c" apart. Refuses what has no honest meaning: control characters,
/// broken percent escapes, "." and ".." segments, invalid UTF-8. Errors: kInvalidArgument.
Result<Target> parse_target(std::string_view target);

/// Percent decoding; with `plus_is_space` also '+' to ' ' (queries). Errors: kInvalidArgument.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// A "host" or "host:port" header, split. IPv6 keeps its brackets off. Port empty when absent.
struct HostPort {
  std::string host;  // lower case
  std::string port;
};
Result<HostPort> parse_host(std::string_view text);

/// localhost, 127.0.0.0/8, ::1.
bool is_loopback_host(std::string_view host);

bool is_valid_utf8(std::string_view text);

}  // namespace mw::server
