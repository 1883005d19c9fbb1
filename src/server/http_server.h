#pragma once

#include <cstdint>
#include <memory>

#include "core/log.h"
#include "core/result.h"
#include "server/router.h"
#include "server/server_options.h"

namespace mw::server {

/// Serves routes over HTTP/1.1, with or without TLS. Left out on purpose: HTTP/2 (a proxy in
/// front does it), request compression, ranges, web sockets.
///
/// Threads  one io thread owns all sockets; handlers run where their route says. stop() and the
///          destructor from any thread but a handler's.
/// Errors   start: kInvalidArgument (address, certificate, key; off loopback without TLS and
///          keys), kIo and kConflict (port in use).
class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> start(ServerOptions options, Router router,
                                                   LogSink log);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;
  /// "http://127.0.0.1:8080": what to print.
  std::string url() const;
  int connections() const;
  /// Takes no more connections, lets running answers finish for limits.drain_timeout_ms, ends the
  /// rest and returns when every thread has ended. Twice is fine.
  void stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mw::server
