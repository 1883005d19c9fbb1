#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "server/internal/transport.h"

namespace mw::server {
namespace {

namespace ssl = net::ssl;
using boost::system::error_code;

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);

class TlsTransport final : public Transport {
 public:
  TlsTransport(net::ip::tcp::socket socket, ssl::context& context)
      : stream_(std::move(socket), context) {}

  net::awaitable<bool> handshake() override {
    const auto [error] = co_await stream_.async_handshake(ssl::stream_base::server, kNoThrow);
    co_return !error;
  }

  net::awaitable<std::size_t> read_some(std::span<char> into) override {
    if (shut_down_) {  // whatever still comes is only taken so that the peer gets to read our end
      const auto [error, count] = co_await stream_.next_layer().async_read_some(
          net::buffer(into.data(), into.size()), kNoThrow);
      co_return error ? 0 : count;
    }
    const auto [error, count] =
        co_await stream_.async_read_some(net::buffer(into.data(), into.size()), kNoThrow);
    co_return error ? 0 : count;
  }

  net::awaitable<std::size_t> write_some(std::string_view bytes) override {
    const auto [error, count] =
        co_await stream_.async_write_some(net::buffer(bytes.data(), bytes.size()), kNoThrow);
    co_return error ? 0 : count;
  }

  net::awaitable<void> shut_down_writing() override {
    // Sends close_notify; waiting for the peer's own would let it hold us.
    shut_down_ = true;
    SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
    co_await stream_.async_shutdown(kNoThrow);
    error_code ignored;
    stream_.next_layer().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

  bool secure() const override { return true; }

 private:
  ssl::stream<net::ip::tcp::socket> stream_;
  bool shut_down_ = false;
};

// Picks http/1.1 when the client offers protocols at all; h2 alone ends the handshake.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr char kProtocol[] = "http/1.1";
  for (unsigned int at = 0; at < offered_length;) {
    const unsigned int length = offered[at];
    if (length > offered_length - at - 1) break;
    if (length == sizeof kProtocol - 1 && std::memcmp(offered + at + 1, kProtocol, length) == 0) {
      *out = offered + at + 1;
      *out_length = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    at += length + 1;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

class AsioTlsContext final : public TlsContext {
 public:
  AsioTlsContext() : context_(ssl::context::tls_server) {}
  std::unique_ptr<Transport> wrap(net::ip::tcp::socket socket) override {
    return std::make_unique<TlsTransport>(std::move(socket), context_);
  }
  certificates::CertificateFacts facts() const override;
  ssl::context& context() { return context_; }

 private:
  ssl::context context_;
};

certificates::CertificateFacts AsioTlsContext::facts() const {
  // get0: owned by the context, which certainly has one after load().
  return certificates::facts_of(
      SSL_CTX_get0_certificate(const_cast<ssl::context&>(context_).native_handle()));
}

Error cannot_use(const char* what, const std::string& path, const error_code& error) {
  return Error::make(
      Code::kInvalidArgument,
      std::string(what) + " " + path + ": " + error.message() +
          " (expected an unencrypted PEM file)",
      std::string(what) + " " + path + "：" + error.message() + "（应为未加密的 PEM 文件）", "tls");
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::load(const std::string& certificate_file,
                                                     const std::string& key_file) {
  auto out = std::make_shared<AsioTlsContext>();
  ssl::context& context = out->context();
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // TLS 1.2 with forward secrecy and authenticated encryption only; 1.3 has nothing else.
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  error_code error;
  context.use_certificate_chain_file(certificate_file, error);
  if (error) return cannot_use("TLS certificate", certificate_file, error);
  // Never ask the terminal for a passphrase: a server starts without a person.
  context.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
  context.use_private_key_file(key_file, ssl::context::pem, error);
  const bool of_another = ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
                          X509_R_KEY_VALUES_MISMATCH;  // found while reading, where types agree
  if (error && !of_another) return cannot_use("TLS key", key_file, error);
  if (of_another || SSL_CTX_check_private_key(native) != 1) {
    return Error::make(
        Code::kInvalidArgument,
        "TLS key " + key_file + " does not belong to certificate " + certificate_file,
        "TLS 密钥 " + key_file + " 与证书 " + certificate_file + " 不匹配", "tls");
  }
  return std::shared_ptr<TlsContext>(std::move(out));
}

}  // namespace mw::server
