#include "plant/modbus/tcp_dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/clock.h"

namespace mw::plant {
namespace {

/// 0, or the errno of why not.
int finish_connect(int fd, int64_t deadline_ns) {
  while (true) {
    const int64_t left_ms = (deadline_ns - steady_ns()) / kNsPerMs;
    if (left_ms <= 0) return ETIMEDOUT;
    pollfd wait{fd, POLLOUT, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(left_ms));
    if (ready == 0) return ETIMEDOUT;
    if (ready < 0 && errno != EINTR) return errno;
    if (ready < 0) continue;
    int problem = 0;
    socklen_t size = sizeof problem;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0) return errno;
    return problem;
  }
}

}  // namespace

Result<int> dial_tcp(const std::string& host, int port, int timeout_ms) {
  const std::string where = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int looked_up = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (looked_up != 0) {
    const std::string reason = ::gai_strerror(looked_up);
    return Error::make(Code::kUnavailable, where + ": the name has no address: " + reason,
                       where + "：无法解析主机名：" + reason);
  }
  // Each address has its share of what time is left: one that swallows packets must not take all.
  int addresses_left = 0;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) ++addresses_left;
  const int64_t end_ns = steady_ns() + timeout_ms * kNsPerMs;
  int problem = ETIMEDOUT;
  int connected = -1;
  for (const addrinfo* each = found; each != nullptr && connected < 0; each = each->ai_next) {
    const int64_t now_ns = steady_ns();
    const int64_t deadline_ns = now_ns + (end_ns - now_ns) / addresses_left--;
    const int fd = ::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      problem = errno;
      continue;
    }
    const int one = 1;
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    problem = ::connect(fd, each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    if (problem == EINPROGRESS) problem = finish_connect(fd, deadline_ns);
    if (problem == 0) {
      connected = fd;
    } else {
      ::close(fd);
    }
  }
  ::freeaddrinfo(found);
  if (connected >= 0) return connected;
  const std::string reason = std::strerror(problem);
  return Error::make(Code::kUnavailable, "no connection to " + where + ": " + reason,
                     "无法连接 " + where + "：" + reason);
}

}  // namespace mw::plant
