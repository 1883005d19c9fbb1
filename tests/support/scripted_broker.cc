#include "tests/support/scripted_broker.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loopback_listener.h"

namespace mw::testing_support {

ScriptedBroker::ScriptedBroker(Script script) : script_(std::move(script)) {
  listener_ = listen_on_loopback(port_);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedBroker::~ScriptedBroker() {
  stopping_ = true;
  acceptor_.join();
  ::close(listener_);
}

std::vector<BrokerPacket> ScriptedBroker::packets() const {
  const std::lock_guard lock(mutex_);
  return packets_;
}

void ScriptedBroker::accept_all() {
  while (!stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 20) <= 0) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    serve(fd);
    ::close(fd);
  }
}

bool ScriptedBroker::read_exactly(int fd, char* to, std::size_t size) const {
  while (size > 0 && !stopping_) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, 20) <= 0) continue;
    const ssize_t got = ::recv(fd, to, size, 0);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return size == 0;
}

void ScriptedBroker::serve(int fd) {
  while (true) {
    BrokerPacket packet;
    if (!read_exactly(fd, reinterpret_cast<char*>(&packet.head), 1)) return;
    std::size_t size = 0;
    uint8_t byte = 0x80;
    for (int shift = 0; (byte & 0x80) != 0; shift += 7) {
      if (!read_exactly(fd, reinterpret_cast<char*>(&byte), 1)) return;
      size |= static_cast<std::size_t>(byte & 0x7f) << shift;
    }
    packet.body.resize(size);
    if (!read_exactly(fd, packet.body.data(), size)) return;
    {
      const std::lock_guard lock(mutex_);
      packets_.push_back(packet);
    }
    const Reply reply = script_(packet);
    (void)::send(fd, reply.bytes.data(), reply.bytes.size(), MSG_NOSIGNAL);
    if (reply.hang_up) return;
  }
}

}  // namespace mw::testing_support
