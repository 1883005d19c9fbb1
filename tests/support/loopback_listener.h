#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "core/check.h"

namespace mw::testing_support {

/// A socket that listens on a free port of 127.0.0.1, which it says.
inline int listen_on_loopback(uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  MW_CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  MW_CHECK(::listen(listener, 64) == 0);
  MW_CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return listener;
}

}  // namespace mw::testing_support
