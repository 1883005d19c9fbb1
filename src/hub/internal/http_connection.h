#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "hub/http_client.h"

namespace mw::hub {

/// One connection for one request. Asio's asynchronous operations under a blocking surface, since
/// only those can time out and be cancelled: each step runs the context until it is done. Beast's
/// parser is fed by hand: its own composed reads made this file take a minute to compile.
class HttpConnection {
 public:
  using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

  HttpConnection(const HttpClientOptions& options, std::stop_token stop);
  ~HttpConnection();

  /// How long each read may wait, instead of the idle timeout.
  void set_patience(std::function<std::chrono::milliseconds()> patience) {
    patience_ = std::move(patience);
  }
  /// Resolves, checks the addresses (unless `internal_allowed`), connects, through the proxy where
  /// one is set, and makes TLS.
  Result<void> connect(const Url& url, bool internal_allowed);
  Result<void> send(std::string_view bytes);
  Result<void> read_head(Parser& parser);
  /// Reads up to `size` bytes of body; 0 is the end.
  Result<std::size_t> read_body(Parser& parser, char* data, std::size_t size);

 private:
  using ErrorCode = boost::system::error_code;
  using Done = std::function<void(const ErrorCode& code, std::size_t bytes)>;
  /// Runs one operation, which calls what it is given when it ends; gives the bytes it moved.
  Result<std::size_t> wait(const char* what, std::chrono::milliseconds timeout,
                           const std::function<void(Done)>& start);
  /// Adds to `buffer_`; nothing more is the end of the stream.
  Result<std::size_t> read_more(const char* what);
  /// Feeds `parser` until `enough()`.
  template <class AnyParser, class Enough>
  Result<void> parse(const char* what, AnyParser& parser, Enough enough);
  Result<void> connect_tcp(const std::string& host, uint16_t port, bool internal_allowed);
  Result<void> tunnel(const Url& url, const std::string& proxy_authorization);
  Result<void> start_tls(const std::string& host);
  Error failed(const char* what, const ErrorCode& code) const;
  void close();

  const HttpClientOptions& options_;
  std::stop_token stop_;
  std::string peer_;  // for messages
  std::function<std::chrono::milliseconds()> patience_;
  boost::asio::io_context context_;
  boost::asio::ssl::context tls_context_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace mw::hub
