#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "hub/http_client.h"

namespace mw::hub {

/// One connection for one request. Asynchronous operations of Beast under a blocking surface,
/// since only those can time out and be cancelled: each step runs the context until it is done.
class HttpConnection {
 public:
  using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  HttpConnection(const HttpClientOptions& options, std::stop_token stop);
  ~HttpConnection();

  /// Resolves, checks the addresses (unless `internal_allowed`), connects, through the proxy where
  /// one is set, and makes TLS.
  Result<void> connect(const Url& url, bool internal_allowed);
  Result<void> send(const Request& request);
  Result<void> read_head(Parser& parser);
  /// Reads up to `size` bytes of body; 0 is the end.
  Result<std::size_t> read_body(Parser& parser, char* data, std::size_t size);

 private:
  using ErrorCode = boost::system::error_code;
  template <class Start>
  Result<void> wait(const char* what, std::chrono::milliseconds timeout, Start start);
  Result<void> connect_tcp(const std::string& host, uint16_t port, bool internal_allowed);
  Result<void> tunnel(const Url& url, const std::string& proxy_authorization);
  Result<void> start_tls(const std::string& host);
  Error failed(const char* what, const ErrorCode& code) const;
  void close();

  const HttpClientOptions& options_;
  std::stop_token stop_;
  std::string peer_;  // for messages
  boost::asio::io_context context_;
  boost::asio::ssl::context tls_context_;
  std::optional<boost::beast::tcp_stream> plain_;
  std::optional<boost::beast::ssl_stream<boost::beast::tcp_stream>> tls_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace mw::hub
