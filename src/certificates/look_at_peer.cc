#include "certificates/look_at_peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

#include "certificates/internal/open_line.h"
#include "certificates/internal/smtp_reply.h"

namespace mw::certificates {
namespace {

Error no_tls(const std::string& en, const std::string& zh) {
  return Error::make(Code::kUnavailable, "no TLS there: " + en, "对方未提供 TLS：" + zh);
}

Result<void> expect_smtp(OpenLine& line, int wanted, const std::string& after) {
  std::string reply;
  std::optional<int> status;
  while (!(status = smtp_status(reply))) {
    MW_ASSIGN(const std::string more, line.receive());
    reply += more;
  }
  if (*status == wanted) return {};
  return no_tls(
      "status " + std::to_string(*status) + " after " + after + ", expected " +
          std::to_string(wanted),
      after + " 之后的状态为 " + std::to_string(*status) + "，应为 " + std::to_string(wanted));
}

Result<void> greet(OpenLine& line, Greeting greeting) {
  if (greeting == Greeting::kSmtp) {
    MW_TRY(expect_smtp(line, 220, "connecting"));
    MW_TRY(line.send("EHLO millwright\r\n"));
    MW_TRY(expect_smtp(line, 250, "EHLO"));
    MW_TRY(line.send("STARTTLS\r\n"));
    return expect_smtp(line, 220, "STARTTLS");
  }
  if (greeting == Greeting::kPostgres) {
    MW_TRY(line.send({"\x00\x00\x00\x08\x04\xd2\x16\x2f", 8}));  // SSLRequest: length 8, 80877103
    MW_ASSIGN(const std::string answer, line.receive());
    if (answer != "S") return no_tls("PostgreSQL refuses it", "PostgreSQL 拒绝加密");
  }
  return {};
}

struct Freed {
  void operator()(SSL_CTX* each) const { SSL_CTX_free(each); }
  void operator()(SSL* each) const { SSL_free(each); }
};

/// Goes on over whatever is wrong with the chain; remembers whether it was more than its time.
int accept_any(int good, X509_STORE_CTX* store) {
  const int error = X509_STORE_CTX_get_error(store);
  const bool of_time =
      error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
  if (good != 1 && !of_time) {
    auto* ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    *static_cast<bool*>(SSL_get_app_data(ssl)) = false;
  }
  return 1;
}

std::string last_problem() {
  char text[256] = "";
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
  ERR_clear_error();
  return text;
}

/// Sends what the library wants sent.
Result<void> flush(OpenLine& line, BIO* out) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  if (size <= 0) return {};
  const std::string text(bytes, static_cast<std::size_t>(size));
  BIO_reset(out);
  return line.send(text);
}

Result<void> shake_hands(OpenLine& line, SSL* ssl) {
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, in, out);  // owns both
  while (true) {
    const int done = SSL_connect(ssl);
    const int wants = SSL_get_error(ssl, done);
    const Result<void> sent = flush(line, out);
    if (done == 1) return {};
    if (wants != SSL_ERROR_WANT_READ) {
      const std::string why = last_problem();
      return no_tls(why, why);
    }
    if (!sent) return sent;
    MW_ASSIGN(const std::string more, line.receive());
    BIO_write(in, more.data(), static_cast<int>(more.size()));
  }
}

}  // namespace

Result<CertificateFacts> look_at_peer(const Peer& peer, std::chrono::milliseconds timeout,
                                      std::stop_token stop) {
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, Freed> context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) {
    return Error::make(Code::kResourceExhausted, "OpenSSL has no memory", "OpenSSL 内存不足");
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // What cannot be read leaves a chain that leads nowhere, and the peer's own certificate.
  SSL_CTX_set_default_verify_paths(context.get());
  if (!peer.ca_file.empty()) SSL_CTX_load_verify_file(context.get(), peer.ca_file.c_str());
  ERR_clear_error();
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, accept_any);
  const std::unique_ptr<SSL, Freed> ssl(SSL_new(context.get()));
  if (ssl == nullptr) {
    return Error::make(Code::kResourceExhausted, "OpenSSL has no memory", "OpenSSL 内存不足");
  }
  bool trusted = true;
  SSL_set_app_data(ssl.get(), &trusted);
  SSL_set_tlsext_host_name(ssl.get(), peer.host.c_str());

  MW_ASSIGN(OpenLine line, OpenLine::open(peer, timeout, std::move(stop)));
  MW_TRY(greet(line, peer.greeting));
  MW_TRY(shake_hands(line, ssl.get()));
  // A goodbye, so that a broker's log need not tell of a broken connection: all that we came for is
  // here, and whether it arrives changes nothing.
  SSL_shutdown(ssl.get());
  (void)flush(line, SSL_get_wbio(ssl.get()));
  ERR_clear_error();

  const X509* const own = SSL_get0_peer_certificate(ssl.get());
  if (own == nullptr) return no_tls("it shows no certificate", "对方未出示证书");
  CertificateFacts first = facts_of(own);
  const STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl.get());
  for (int i = 1; trusted && i < sk_X509_num(chain); ++i) {
    CertificateFacts each = facts_of(sk_X509_value(chain, i));
    if (each.until_ns < first.until_ns) first = std::move(each);
  }
  return first;
}

}  // namespace mw::certificates
