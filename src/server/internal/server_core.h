#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/log.h"
#include "server/http/access_guard.h"
#include "server/http/worker_pool.h"
#include "server/internal/tls_files.h"
#include "server/internal/transport.h"
#include "server/router.h"
#include "server/server_metrics.h"
#include "server/server_options.h"

namespace mw::server {

class Connection;

/// What all connections share: the loop, the routes, the limits and who is connected.
/// Threads  all members on the io thread, unless they say otherwise.
class ServerCore {
 public:
  ServerCore(ServerOptions options, AccessGuard guard, Router router, LogSink log);
  ~ServerCore();

  /// Binds and listens. Errors: kConflict (port in use), kInvalidArgument, kIo. Before run().
  Result<void> listen(std::unique_ptr<TlsFiles> tls_files, std::shared_ptr<TlsContext> tls);
  uint16_t port() const { return port_; }
  /// Serves until every connection has ended after begin_drain().
  void run();
  /// From any thread.
  void begin_drain();
  /// After run() has returned: waits for handlers that still run.
  void stop_workers();

  net::io_context& io() { return io_; }
  const ServerOptions& options() const { return options_; }
  const Limits& limits() const { return options_.limits; }
  const AccessGuard& guard() const { return guard_; }
  const Router& router() const { return router_; }
  ServerMetrics& metrics() { return *metrics_; }
  const LogSink& log() const { return log_; }
  bool draining() const { return draining_; }
  std::string next_request_id();

  /// Runs the route's handler where the route says.
  void dispatch(const std::shared_ptr<Exchange>& exchange, const Route& route);
  /// Accounts for `bytes` more of request bodies in memory; false when that is too much.
  bool take_body_memory(std::size_t bytes);
  void give_body_memory(std::size_t bytes) { body_memory_ -= bytes; }
  void forget(Connection& connection, const std::string& remote_address);

 private:
  net::awaitable<void> accept_loop();
  net::awaitable<void> sweep_loop();
  net::awaitable<void> watch_certificate();
  void admit(net::ip::tcp::socket socket);
  void refuse(net::ip::tcp::socket socket);
  void drain();

  const ServerOptions options_;
  const AccessGuard guard_;
  const Router router_;
  const LogSink log_;
  std::shared_ptr<ServerMetrics> metrics_;
  std::unique_ptr<TlsFiles> tls_files_;  // after listen(): by one worker at a time
  std::shared_ptr<TlsContext> tls_;
  net::io_context io_{1};
  net::ip::tcp::acceptor acceptor_{io_};
  net::steady_timer sweep_timer_{io_};
  net::steady_timer certificate_timer_{io_};
  WorkerPool workers_;
  WorkerPool blocking_;
  uint16_t port_ = 0;
  bool draining_ = false;
  int64_t drain_began_ns_ = 0;
  std::size_t body_memory_ = 0;
  uint64_t request_count_ = 0;
  uint64_t request_salt_ = 0;
  std::set<std::shared_ptr<Connection>> connections_;
  std::map<std::string, int> per_client_;
};

}  // namespace mw::server
