#include "hub/internal/http_connection.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>

namespace mw::hub {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::size_t kReadBytes = 64 << 10;

Error cancelled() { return Error::make(Code::kCancelled, "cancelled", "已取消"); }

/// "host:port" and optional "user:password" of a proxy setting.
struct Proxy {
  Url url;
  std::string authorization;  // value of Proxy-Authorization, may be empty
};

Result<Proxy> parse_proxy(const std::string& text) {
  Proxy proxy;
  std::string address = text.find("://") == std::string::npos ? "http://" + text : text;
  const std::size_t at = address.rfind('@');
  const std::size_t start = address.find("://") + 3;
  if (at != std::string::npos && at >= start) {
    const std::string user = address.substr(start, at - start);
    std::string encoded(user.size() * 2 + 4, '\0');  // base64 needs 4/3, rounded up
    encoded.resize(static_cast<std::size_t>(EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(encoded.data()),
        reinterpret_cast<const unsigned char*>(user.data()), static_cast<int>(user.size()))));
    proxy.authorization = "Basic " + encoded;
    address.erase(start, at - start + 1);
  }
  auto url = parse_url(address);
  if (!url || url->tls) {
    return Error::make(Code::kInvalidArgument,
                       "the proxy setting is not of the form http://[user:password@]host:port",
                       "代理设置应为 http://[用户:密码@]主机:端口", "HTTPS_PROXY");
  }
  proxy.url = std::move(*url);
  return proxy;
}

}  // namespace

HttpConnection::HttpConnection(const HttpClientOptions& options, std::stop_token stop)
    : options_(options),
      stop_(std::move(stop)),
      tls_context_(asio::ssl::context::tls_client),
      socket_(context_) {}

HttpConnection::~HttpConnection() { close(); }

void HttpConnection::close() {
  // A TLS farewell would be one more wait on a peer that may be gone; lengths are checked instead.
  ErrorCode ignored;
  socket_.close(ignored);
}

Error HttpConnection::failed(const char* what, const ErrorCode& code) const {
  const std::string reason = peer_ + ": " + what + ": " + code.message();
  if (code == http::error::partial_message || code == http::error::end_of_stream ||
      code == asio::ssl::error::stream_truncated || code == asio::error::eof ||
      code == asio::error::connection_reset) {
    return Error::make(Code::kUnavailable, reason + " (the connection was cut)",
                       peer_ + "：连接中断（" + code.message() + "）");
  }
  if (code == http::error::body_limit) {
    return Error::make(Code::kTooLarge, reason, peer_ + "：内容超出大小限制");
  }
  if (code.category() == http::make_error_code(http::error::bad_version).category()) {
    return Error::make(Code::kCorrupt, reason, peer_ + "：响应不是有效的 HTTP");
  }
  return Error::make(Code::kUnavailable, reason, peer_ + "：" + code.message());
}

Result<std::size_t> HttpConnection::wait(const char* what, std::chrono::milliseconds timeout,
                                         const std::function<void(Done)>& start) {
  struct Outcome {
    bool done = false;
    ErrorCode code;
    std::size_t bytes = 0;
  };
  // Shared, because a name look-up that outlasts its timeout still calls its handler at the end.
  const auto outcome = std::make_shared<Outcome>();
  context_.restart();
  const std::stop_callback on_stop(stop_, [this] { context_.stop(); });
  if (stop_.stop_requested()) return cancelled();
  start([outcome](const ErrorCode& code, std::size_t bytes) { *outcome = {true, code, bytes}; });
  context_.run_for(timeout);
  if (outcome->done) {
    if (outcome->code) return failed(what, outcome->code);
    return outcome->bytes;
  }
  close();
  context_.restart();
  context_.poll();  // lets the aborted operations end while their buffers still live
  if (stop_.stop_requested()) return cancelled();
  return Error::make(
      Code::kDeadlineExceeded,
      peer_ + ": " + what + ": nothing for " + std::to_string(timeout.count()) + " ms",
      peer_ + "：等待 " + std::to_string(timeout.count()) + " 毫秒无响应");
}

Result<void> HttpConnection::connect_tcp(const std::string& host, uint16_t port,
                                         bool internal_allowed) {
  peer_ = host;
  auto resolver = std::make_shared<tcp::resolver>(context_);
  auto addresses = std::make_shared<tcp::resolver::results_type>();
  MW_TRY(wait("looking up the name", options_.connect_timeout, [&](Done done) {
    resolver->async_resolve(
        host, std::to_string(port),
        [resolver, addresses, done](const ErrorCode& code, tcp::resolver::results_type found) {
          *addresses = std::move(found);
          done(code, 0);
        });
  }));
  std::vector<tcp::endpoint> allowed;
  for (const auto& entry : *addresses) {
    if (internal_allowed || !is_internal_address(entry.endpoint().address().to_string())) {
      allowed.push_back(entry.endpoint());
    }
  }
  if (allowed.empty()) {
    return Error::make(Code::kPermissionDenied,
                       "refused to follow a redirect to " + host +
                           ", which is an address inside a private network",
                       "拒绝跳转到 " + host + "：它是内网地址");
  }
  MW_TRY(wait("connecting", options_.connect_timeout, [&](Done done) {
    asio::async_connect(socket_, allowed,
                        [done](const ErrorCode& code, const tcp::endpoint&) { done(code, 0); });
  }));
  return {};
}

Result<void> HttpConnection::tunnel(const Url& url, const std::string& proxy_authorization) {
  const std::string target = url.host + ":" + std::to_string(url.port);
  std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy_authorization.empty()) {
    request += "Proxy-Authorization: " + proxy_authorization + "\r\n";
  }
  MW_TRY(send(request + "\r\n"));
  http::response_parser<http::empty_body> parser;
  parser.skip(true);  // a 2xx to CONNECT has no body, whatever its headers say
  MW_TRY(parse("reading the proxy's answer", parser, [&] { return parser.is_header_done(); }));
  const auto status = parser.get().result_int();
  if (status / 100 != 2) {
    return Error::make(Code::kUnavailable,
                       "the proxy answered " + std::to_string(status) + " to CONNECT " + url.host,
                       "代理对 CONNECT " + url.host + " 返回 " + std::to_string(status));
  }
  return {};
}

Result<void> HttpConnection::start_tls(const std::string& host) {
  ErrorCode code;
  tls_context_.set_default_verify_paths(code);
  if (!options_.ca_file.empty() && !code) tls_context_.load_verify_file(options_.ca_file, code);
  if (code) {
    return Error::make(Code::kUnavailable, "loading certificates: " + code.message(),
                       "加载证书失败：" + code.message());
  }
  SSL_CTX_set_min_proto_version(tls_context_.native_handle(), TLS1_2_VERSION);
  tls_.emplace(socket_, tls_context_);
  tls_->set_verify_mode(asio::ssl::verify_peer);
  tls_->set_verify_callback(asio::ssl::host_name_verification(host));
  SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  MW_TRY(wait("TLS handshake", options_.connect_timeout, [&](Done done) {
    tls_->async_handshake(asio::ssl::stream_base::client,
                          [done](const ErrorCode& handshake) { done(handshake, 0); });
  }));
  return {};
}

Result<void> HttpConnection::connect(const Url& url, bool internal_allowed) {
  if (url.tls && !options_.proxy.empty() && !bypasses_proxy(url.host, options_.no_proxy)) {
    // The proxy resolves the name; what can be checked here is an address written as such.
    ErrorCode code;
    asio::ip::make_address(url.host, code);
    if (!code && !internal_allowed && is_internal_address(url.host)) {
      return Error::make(Code::kPermissionDenied, "refused to follow a redirect to " + url.host,
                         "拒绝跳转到 " + url.host);
    }
    MW_ASSIGN(const Proxy proxy, parse_proxy(options_.proxy));
    MW_TRY(connect_tcp(proxy.url.host, proxy.url.port, true));
    MW_TRY(tunnel(url, proxy.authorization));
    peer_ = url.host;
  } else {
    MW_TRY(connect_tcp(url.host, url.port, internal_allowed));
  }
  if (url.tls) return start_tls(url.host);
  return {};
}

Result<void> HttpConnection::send(std::string_view bytes) {
  MW_TRY(wait("sending the request", options_.idle_timeout, [&](Done done) {
    if (tls_) {
      asio::async_write(*tls_, asio::buffer(bytes), done);
    } else {
      asio::async_write(socket_, asio::buffer(bytes), done);
    }
  }));
  return {};
}

Result<std::size_t> HttpConnection::read_more(const char* what) {
  const auto space = buffer_.prepare(kReadBytes);
  bool end = false;
  auto got = wait(what, patience_ ? patience_() : options_.idle_timeout, [&](Done done) {
    const auto read = [done, &end](const ErrorCode& code, std::size_t bytes) {
      end = code == asio::error::eof;
      done(end ? ErrorCode() : code, bytes);
    };
    if (tls_) {
      tls_->async_read_some(space, read);
    } else {
      socket_.async_read_some(space, read);
    }
  });
  if (!got) return got;
  buffer_.commit(*got);
  return end ? std::size_t{0} : *got;
}

template <class AnyParser, class Enough>
Result<void> HttpConnection::parse(const char* what, AnyParser& parser, Enough enough) {
  while (!enough()) {
    ErrorCode code;
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.data(), code));
    } else {
      code = http::error::need_more;
    }
    if (code == http::error::need_buffer) return {};  // ours is full, which is what we wanted
    if (code && code != http::error::need_more) return failed(what, code);
    if (!code) continue;
    MW_ASSIGN(const std::size_t got, read_more(what));
    if (got > 0) continue;
    if (!parser.got_some()) return failed(what, http::make_error_code(http::error::end_of_stream));
    code = {};
    parser.put_eof(code);
    if (code) return failed(what, code);
  }
  return {};
}

Result<void> HttpConnection::read_head(Parser& parser) {
  parser.header_limit(64 << 10);
  return parse("reading the answer", parser, [&] { return parser.is_header_done(); });
}

Result<std::size_t> HttpConnection::read_body(Parser& parser, char* data, std::size_t size) {
  parser.get().body().data = data;
  parser.get().body().size = size;
  const auto got = [&] { return size - parser.get().body().size; };
  MW_TRY(parse("reading the body", parser, [&] { return parser.is_done() || got() > 0; }));
  return got();
}

}  // namespace mw::hub
