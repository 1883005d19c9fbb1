#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string>

#include "core/result.h"
#include "server/served_certificate.h"

namespace mw::server {

namespace net = boost::asio;

/// A byte stream to one client, plain or TLS, so that the connection's code exists once.
/// Threads  the io thread only. One read and one write may be under way at the same time.
class Transport {
 public:
  virtual ~Transport() = default;
  /// False when it failed. Nothing to do on a plain connection.
  virtual net::awaitable<bool> handshake() = 0;
  /// Bytes read; 0 at the end or on error.
  virtual net::awaitable<std::size_t> read_some(std::span<char> into) = 0;
  /// Bytes written; 0 on error.
  virtual net::awaitable<std::size_t> write_some(std::string_view bytes) = 0;
  /// Tells the peer that nothing more comes (close_notify and FIN).
  virtual net::awaitable<void> shut_down_writing() = 0;
  /// Ends both directions; pending operations return.
  virtual void close() = 0;
  virtual bool secure() const = 0;
};

std::unique_ptr<Transport> plain_transport(net::ip::tcp::socket socket);

/// Certificate and key, as they were when they were loaded. Connections made with it outlive it.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  virtual std::unique_ptr<Transport> wrap(net::ip::tcp::socket socket) = 0;
  virtual certificates::CertificateFacts facts() const = 0;
  /// Errors: kInvalidArgument naming the file, what OpenSSL said and what to do.
  static Result<std::shared_ptr<TlsContext>> load(const std::string& certificate_file,
                                                  const std::string& key_file);
};

}  // namespace mw::server
