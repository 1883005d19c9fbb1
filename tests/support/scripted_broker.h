#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mw::testing_support {

/// What a client of MQTT sent: the packet's first byte, and all after its length.
struct BrokerPacket {
  uint8_t head = 0;
  std::string body;
  int type() const { return head >> 4; }  // 1 CONNECT, 3 PUBLISH, 14 DISCONNECT
};

/// A broker on a loopback port of its own that answers each packet with the bytes that a test's
/// function gives, or hangs up. Plain sockets, one client at a time.
class ScriptedBroker {
 public:
  struct Reply {
    std::string bytes;
    bool hang_up = false;
  };
  using Script = std::function<Reply(const BrokerPacket&)>;

  explicit ScriptedBroker(Script script);
  ~ScriptedBroker();
  ScriptedBroker(const ScriptedBroker&) = delete;
  ScriptedBroker& operator=(const ScriptedBroker&) = delete;

  std::string address() const { return "tcp://127.0.0.1:" + std::to_string(port_); }
  std::vector<BrokerPacket> packets() const;

 private:
  void accept_all();
  void serve(int fd);
  bool read_exactly(int fd, char* to, std::size_t size) const;

  const Script script_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<BrokerPacket> packets_;
  std::thread acceptor_;
};

}  // namespace mw::testing_support
