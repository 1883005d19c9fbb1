#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace mw {

/// Where "user:password@" of an address begins and ends, in front of its host; empty where there is
/// none. What stands before an '@' of a path or a query is none.
inline std::string_view userinfo_of(std::string_view address) {
  const std::size_t scheme = address.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(address.find_first_of("/?#", begin), address.size());
  const std::size_t at = address.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return {};
  return address.substr(begin, at + 1 - begin);
}

/// An address as logs, errors and audit records may show it: a password in front of its host is
/// nobody's to read.
inline std::string shown_address(std::string_view address) {
  const std::string_view hidden = userinfo_of(address);
  if (hidden.empty()) return std::string(address);
  const auto begin = static_cast<std::size_t>(hidden.data() - address.data());
  return std::string(address.substr(0, begin)) + "***@" +
         std::string(address.substr(begin + hidden.size()));
}

}  // namespace mw
