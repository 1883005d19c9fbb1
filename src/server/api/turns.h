#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/language.h"
#include "core/log.h"
#include "server/http/worker_pool.h"
#include "server/router.h"

namespace mw::server {

/// Long work of one kind, of whoever asks, one after the other in the order in which it came, on a
/// thread of its own: none takes the threads that logins need, and each may hold much memory.
///
/// Nobody learns from an answer that others work (ADR 0146): whoever comes while another's work
/// runs waits, as if their own took longer, and is refused only while a request of their own is
/// still open, or where the bodies that wait would fill the memory. That they wait can be measured;
/// so can the machine's load.
class Turns {
 public:
  /// `busy`: what they have under way, for the refusal ("another import", "另一个导入").
  explicit Turns(Text busy, LogSink log);
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// Calls `handler` in the asker's turn; not at all where the client left meanwhile.
  void take(const std::shared_ptr<Exchange>& exchange, const Handler& handler);
  /// Waits for what runs, forgets what waits. Nothing is taken after it.
  void stop() { thread_.stop(); }

 private:
  /// False where what waits holds too much already.
  bool hold(std::size_t body_bytes);
  void let_go(std::size_t body_bytes);
  void run(const std::shared_ptr<Exchange>& exchange, const Handler& handler);

  const Text busy_;
  const LogSink log_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Exchange>> open_;  // by who asked
  std::size_t held_bytes_ = 0;                             // bodies of what waits and what runs
  WorkerPool thread_;
};

}  // namespace mw::server
