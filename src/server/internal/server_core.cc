#include "server/internal/server_core.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cinttypes>
#include <cstdio>
#include <random>

#include "core/clock.h"
#include "server/http/api_error.h"
#include "server/internal/connection.h"

namespace mw::server {
namespace {

using boost::system::error_code;
constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);

// Deadlines are checked by one sweep over all connections instead of a timer each (500 idle ones:
// 1 ms of CPU a second); a deadline is late by at most this.
int sweep_interval_ms(const Limits& limits) {
  const int shortest =
      std::min({limits.header_timeout_ms, limits.body_timeout_ms, limits.idle_timeout_ms,
                limits.write_timeout_ms, limits.handshake_timeout_ms, limits.drain_timeout_ms});
  return std::clamp(shortest / 8, 5, 250);
}

void run_handler(const std::shared_ptr<Exchange>& exchange, const Route& route,
                 const LogSink& log) {
  if (!exchange->open()) return;  // the client left while this waited
  // Our code does not throw; the standard library may, and one request must not end the server.
  try {
    route.handler(exchange);
  } catch (const std::bad_alloc&) {
    exchange->fail(Error::make(Code::kResourceExhausted, "not enough memory for this request",
                               "内存不足，无法处理该请求"));
  } catch (const std::exception& problem) {
    log(LogLevel::kError, "server",
        "route " + route.doc.operation + " threw: " + std::string(problem.what()));
    exchange->fail(Error::make(Code::kInternal, "an internal error; the log has the details",
                               "内部错误，详见日志"));
  }
}

}  // namespace

ServerCore::ServerCore(ServerOptions options, AccessGuard guard, Router router, LogSink log)
    : options_(std::move(options)),
      guard_(std::move(guard)),
      router_(std::move(router)),
      log_(std::move(log)),
      metrics_(options_.metrics ? options_.metrics : std::make_shared<ServerMetrics>()),
      workers_(options_.limits.worker_threads, options_.limits.queued_jobs),
      blocking_(options_.limits.blocking_threads, options_.limits.queued_jobs) {
  std::random_device random;
  request_salt_ = (uint64_t{random()} << 32) | random();
}

ServerCore::~ServerCore() = default;

Result<void> ServerCore::listen(std::unique_ptr<TlsFiles> tls_files,
                                std::shared_ptr<TlsContext> tls) {
  tls_files_ = std::move(tls_files);
  tls_ = std::move(tls);
  error_code error;
  const std::string name = options_.address == "localhost" ? "127.0.0.1" : options_.address;
  const auto address = net::ip::make_address(name, error);
  if (error) {
    return Error::make(
        Code::kInvalidArgument,
        "listen address '" + options_.address + "': expected an IP address such as 127.0.0.1 or ::",
        "监听地址“" + options_.address + "”应为 IP 地址，例如 127.0.0.1", "listen");
  }
  const net::ip::tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    const bool taken = error == net::error::address_in_use;
    const std::string where = options_.address + ":" + std::to_string(options_.port);
    return Error::make(taken ? Code::kConflict : Code::kIo,
                       "listening on " + where + ": " + error.message() +
                           (taken ? " (is another Millwright running? choose another port with "
                                    "--listen)"
                                  : ""),
                       "无法监听 " + where + "：" + error.message(), "listen");
  }
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

void ServerCore::run() {
  net::co_spawn(io_, accept_loop(), net::detached);
  net::co_spawn(io_, sweep_loop(), net::detached);
  if (tls_files_) net::co_spawn(io_, watch_certificate(), net::detached);
  io_.run();
}

void ServerCore::begin_drain() {
  net::post(io_, [this] { drain(); });
}

void ServerCore::stop_workers() {
  workers_.stop();
  blocking_.stop();
}

net::awaitable<void> ServerCore::accept_loop() {
  net::steady_timer pause(io_);
  while (!draining_) {
    auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
    if (draining_) break;
    if (!error) {
      admit(std::move(socket));
    } else if (error != net::error::connection_aborted) {
      // Out of descriptors, most likely: accepting again at once would spin.
      log_(LogLevel::kWarning, "server", "accept: " + error.message());
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(kNoThrow);
    }
  }
}

void ServerCore::admit(net::ip::tcp::socket socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const std::string client = endpoint.address().to_string();
  int& count = per_client_[client];
  const Limits& limit = limits();
  if (static_cast<int>(connections_.size()) >= limit.connections ||
      count >= limit.connections_per_client) {
    if (count == 0) per_client_.erase(client);
    metrics_->connections_refused.add();
    refuse(std::move(socket));
    return;
  }
  ++count;
  socket.set_option(net::ip::tcp::no_delay(true), error);
  metrics_->connections_accepted.add();
  auto transport = tls_ ? tls_->wrap(std::move(socket)) : plain_transport(std::move(socket));
  auto connection = std::make_shared<Connection>(*this, std::move(transport), client);
  connections_.insert(connection);
  metrics_->connections.store(static_cast<int>(connections_.size()));
  connection->start();
}

void ServerCore::refuse(net::ip::tcp::socket socket) {
  if (tls_) return;  // no handshake for a client that will not be served: just close
  const HttpResponse response = error_response(
      Error::make(Code::kResourceExhausted, "too many connections", "连接数过多，请稍后再试"));
  HeadContext context;
  context.keep_alive = false;
  context.content_length = response.body.size();
  const std::string text = response_head(response, context) + response.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(net::buffer(text), ignored);  // an empty socket buffer takes a kilobyte
  socket.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
}

net::awaitable<void> ServerCore::sweep_loop() {
  const auto interval = std::chrono::milliseconds(sweep_interval_ms(limits()));
  for (;;) {
    sweep_timer_.expires_after(interval);
    co_await sweep_timer_.async_wait(kNoThrow);
    const int64_t now = steady_ns();
    // A sweep may close connections, which takes them out of the set.
    const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
    const int64_t drained_ms = draining_ ? (now - drain_began_ns_) / kNsPerMs : 0;
    for (const auto& connection : all) {
      connection->sweep(now);
      if (drained_ms > limits().drain_timeout_ms) connection->cut_short();
      if (drained_ms > limits().drain_timeout_ms + 1000) connection->close();
    }
    if (draining_ && connections_.empty()) co_return;
  }
}

net::awaitable<void> ServerCore::watch_certificate() {
  while (!draining_) {
    certificate_timer_.expires_after(std::chrono::milliseconds(limits().certificate_check_ms));
    co_await certificate_timer_.async_wait(kNoThrow);
    if (draining_) co_return;
    // Reading files blocks: not here. A full pool is asked again at the next turn, and the next
    // turn comes only after this one has ended.
    net::steady_timer read(io_, net::steady_timer::time_point::max());
    const bool posted = workers_.try_post([this, &read] {
      std::shared_ptr<TlsContext> fresh;
      try {
        fresh = tls_files_->load_if_changed();
        tls_files_->warn_of_expiry(SystemClock().now_ns());
      } catch (const std::exception& problem) {  // no memory: looked at again at the next turn
        log_(LogLevel::kError, "tls", problem.what());
      }
      net::post(io_, [this, &read, fresh = std::move(fresh)] {
        if (fresh) tls_ = fresh;  // for connections from now on
        read.cancel();
      });
    });
    if (posted) co_await read.async_wait(kNoThrow);
  }
}

void ServerCore::drain() {
  if (draining_) return;
  draining_ = true;
  drain_began_ns_ = steady_ns();
  error_code ignored;
  acceptor_.close(ignored);
  const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) connection->drain();
  sweep_timer_.cancel();
  certificate_timer_.cancel();
}

void ServerCore::forget(Connection& connection, const std::string& remote_address) {
  const auto client = per_client_.find(remote_address);
  if (client != per_client_.end() && --client->second == 0) per_client_.erase(client);
  connections_.erase(connection.shared_from_this());
  metrics_->connections.store(static_cast<int>(connections_.size()));
  if (draining_ && connections_.empty()) sweep_timer_.cancel();  // nothing left to wait for
}

bool ServerCore::take_body_memory(std::size_t bytes) {
  if (body_memory_ + bytes > limits().buffered_body_bytes) return false;
  body_memory_ += bytes;
  return true;
}

void ServerCore::dispatch(const std::shared_ptr<Exchange>& exchange, const Route& route) {
  if (route.runs_on == RunsOn::kIo) {
    run_handler(exchange, route, log_);
    return;
  }
  WorkerPool& pool = route.runs_on == RunsOn::kWorker ? workers_ : blocking_;
  const bool queued =
      pool.try_post([exchange, &route, log = log_] { run_handler(exchange, route, log); });
  if (!queued) {
    exchange->respond(error_response(Error::make(
        Code::kResourceExhausted, "too many requests are waiting", "等待处理的请求过多")));
  }
}

std::string ServerCore::next_request_id() {
  // SplitMix64 of a counter: unique within the process, not guessable from one id to the next.
  uint64_t x = request_salt_ + ++request_count_ * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  char text[32];
  std::snprintf(text, sizeof text, "req_%016" PRIx64, x);
  return text;
}

}  // namespace mw::server
