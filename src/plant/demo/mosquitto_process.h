#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/log.h"
#include "core/result.h"

namespace mw::plant {

/// A private Mosquitto broker on a free loopback port, started again when it dies, ended with us
/// (even when we are killed: the kernel sends it SIGTERM).
///
/// Its configuration, queue and log lie in `folder`. kUnavailable when Mosquitto is not installed.
class MosquittoProcess {
 public:
  static Result<std::unique_ptr<MosquittoProcess>> start(const std::string& folder, LogSink log);
  ~MosquittoProcess();
  MosquittoProcess(const MosquittoProcess&) = delete;
  MosquittoProcess& operator=(const MosquittoProcess&) = delete;

  std::string address() const;  // "tcp://127.0.0.1:PORT"
  int port() const { return port_; }
  /// Of the present process; 0 while it is down. Tests kill it by this.
  pid_t pid() const;
  /// For tests: while held down, a broker that died is not started again.
  void hold_down(bool down);

 private:
  MosquittoProcess(std::string program, std::string folder, int port, LogSink log);
  Result<void> write_configuration() const;
  void run();
  bool wait_until_ready(int timeout_ms);

  const std::string program_;
  const std::string folder_;
  const int port_;
  const LogSink log_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool held_down_ = false;
  pid_t pid_ = 0;
  std::thread supervisor_;
};

}  // namespace mw::plant
