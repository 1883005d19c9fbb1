#include "certificates/peer.h"

#include <algorithm>
#include <charconv>

#include "core/address_text.h"

namespace mw::certificates {

std::string Peer::address() const {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<Peer> peer_at(std::string_view address, uint16_t default_port) {
  const std::string_view hidden = userinfo_of(address);
  const std::size_t scheme = address.find("://");
  std::string_view rest =
      !hidden.empty()
          ? address.substr(static_cast<std::size_t>(hidden.data() - address.data()) + hidden.size())
          : address.substr(scheme == std::string_view::npos ? 0 : scheme + 3);
  rest = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
  Peer out;
  out.port = default_port;
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.host = bracket != std::string_view::npos ? rest.substr(1, bracket - 1)
                                               : rest.substr(0, std::min(colon, rest.size()));
  if (colon != std::string_view::npos) {
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (problem != std::errc() || end != port.data() + port.size()) return std::nullopt;
  }
  if (out.host.empty() || out.port == 0) return std::nullopt;
  return out;
}

}  // namespace mw::certificates
