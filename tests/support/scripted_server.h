#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mw::testing_support {

struct ScriptedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

/// What the server does with a request: sends `bytes` as they are, cut or late if told so.
struct ScriptedReply {
  std::string bytes;
  std::size_t send_at_most = std::numeric_limits<std::size_t>::max();
  std::chrono::milliseconds pause{0};  // before anything is sent
  bool hang = false;                   // keep the connection open afterwards, until the client goes

  /// A whole answer with Content-Length.
  static ScriptedReply http(int status, std::string body,
                            const std::map<std::string, std::string>& headers = {});
};

/// A server on a loopback port of its own that does what a test's function says, well-formed or
/// not; one request a connection. Plain sockets, so that it shares no code with what it tests.
class ScriptedServer {
 public:
  using Script = std::function<ScriptedReply(const ScriptedRequest&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<ScriptedRequest> requests() const;

 private:
  void accept_all();
  void serve(int fd);

  Script script_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<ScriptedRequest> requests_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

}  // namespace mw::testing_support
