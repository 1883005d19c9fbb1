#include "tests/support/tls_peer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>

#include "core/check.h"
#include "tests/support/loopback_listener.h"

namespace mw::testing_support {
namespace {

struct Freed {
  void operator()(X509* each) const { X509_free(each); }
  void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }
  void operator()(SSL_CTX* each) const { SSL_CTX_free(each); }
  void operator()(SSL* each) const { SSL_free(each); }
};
using Certificate = std::unique_ptr<X509, Freed>;
using Key = std::unique_ptr<EVP_PKEY, Freed>;

/// Valid from a year ago, so that it may have been over for long.
Certificate certificate_of(const std::string& subject, long valid_s, EVP_PKEY* key,
                           X509* issuer = nullptr, EVP_PKEY* issuer_key = nullptr) {
  Certificate out(X509_new());
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -365L * 86'400);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), valid_s);
  X509_set_pubkey(out.get(), key);
  X509_NAME* const name = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  X509_set_issuer_name(out.get(), issuer == nullptr ? name : X509_get_subject_name(issuer));
  if (issuer == nullptr) {
    X509_EXTENSION* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(out.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  MW_CHECK(X509_sign(out.get(), issuer == nullptr ? key : issuer_key, EVP_sha256()) > 0);
  return out;
}

void write_certificate(const std::string& path, X509* certificate) {
  std::FILE* const file = std::fopen(path.c_str(), "we");
  PEM_write_X509(file, certificate);
  std::fclose(file);
}

/// What came up to the end of a line.
std::string line_from(int socket) {
  std::string out;
  std::array<char, 256> bytes;
  while (out.find('\n') == std::string::npos) {
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) break;
    out.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return out;
}

void say(int socket, const std::string& text) {
  (void)!::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

/// Whether TLS begins now.
bool greet(int socket, TlsPeer::Speaks speaks) {
  using Speaks = TlsPeer::Speaks;
  if (speaks == Speaks::kSmtp || speaks == Speaks::kSmtpWithoutTls) {
    say(socket, "220 mail.plant ready\r\n");
    if (line_from(socket) != "EHLO millwright\r\n") return false;
    say(socket, "250-mail.plant\r\n250-SIZE 1000\r\n250 HELP\r\n");
    if (line_from(socket) != "STARTTLS\r\n") return false;
    const bool agrees = speaks == Speaks::kSmtp;
    say(socket, agrees ? "220 go on\r\n" : "502 what is that\r\n");
    return agrees;
  }
  if (speaks == Speaks::kPostgres || speaks == Speaks::kPostgresWithoutTls) {
    std::array<char, 8> request{};
    const ssize_t got = ::recv(socket, request.data(), request.size(), MSG_WAITALL);
    if (got != 8 ||
        std::string(request.data(), 8) != std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8)) {
      return false;
    }
    say(socket, speaks == Speaks::kPostgres ? "S" : "N");
    return speaks == Speaks::kPostgres;
  }
  return speaks == Speaks::kTls;
}

}  // namespace

TlsPeer::TlsPeer(const Options& options) : options_(options) {
  make(options);
  listener_ = listen_on_loopback(port_);
  thread_ = std::thread([this] { serve_all(); });
}

TlsPeer::~TlsPeer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void TlsPeer::renew(long valid_s) {
  Options options = options_;
  options.valid_s = valid_s;
  make(options);
}

void TlsPeer::make(const Options& options) {
  const Key key(EVP_EC_gen("P-256"));
  const Key issuer_key(EVP_EC_gen("P-256"));
  Certificate issuer;
  if (options.issuer_valid_s) {
    issuer = certificate_of("plant authority", *options.issuer_valid_s, issuer_key.get());
  }
  const Certificate own =
      certificate_of(options.subject, options.valid_s, key.get(), issuer.get(), issuer_key.get());
  const std::string folder = folder_.path().string();
  write_certificate(folder + "/ca.pem", issuer != nullptr ? issuer.get() : own.get());
  write_certificate(folder + "/own.new", own.get());
  std::FILE* const file = std::fopen((folder + "/own.new").c_str(), "ae");
  PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  MW_CHECK(std::rename((folder + "/own.new").c_str(), (folder + "/own.pem").c_str()) == 0);
}

void TlsPeer::serve_all() {
  sigset_t pipe;  // OpenSSL writes to clients that are gone
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 || stopping_) {
      if (socket >= 0) ::close(socket);
      return;
    }
    ++met_;
    const timeval patience{5, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    serve(socket);
    ::close(socket);
  }
}

void TlsPeer::serve(int socket) {
  if (!greet(socket, options_.speaks)) return;
  const std::string file = (folder_.path() / "own.pem").string();
  const std::unique_ptr<SSL_CTX, Freed> context(SSL_CTX_new(TLS_server_method()));
  MW_CHECK(SSL_CTX_use_certificate_chain_file(context.get(), file.c_str()) == 1);
  MW_CHECK(SSL_CTX_use_PrivateKey_file(context.get(), file.c_str(), SSL_FILETYPE_PEM) == 1);
  const std::unique_ptr<SSL, Freed> ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), socket);
  if (SSL_accept(ssl.get()) == 1) {
    char byte = 0;
    SSL_read(ssl.get(), &byte, 1);  // until the other side ends
  }
  ERR_clear_error();
}

}  // namespace mw::testing_support
