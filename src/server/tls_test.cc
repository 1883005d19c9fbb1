// TLS with a certificate made by the test: the handshake, old versions refused, answers and
// aborts as on a plain connection.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "core/sha256.h"
#include "server/http/api_error.h"
#include "server/served_certificate.h"
#include "server/testing/api_server.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::FakeGenerator;
using testing::piece;

/// A folder with cert.pem, key.pem and other.pem (a key of nobody's), removed at the end.
class Certificate {
 public:
  explicit Certificate(long valid_s = 3600) {
    folder_ =
        std::filesystem::temp_directory_path() / ("mw-tls-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    renew("localhost", valid_s);
    EVP_PKEY* other = EVP_EC_gen("P-256");
    write_key("other.pem", other);
    EVP_PKEY_free(other);
  }
  /// Replaces both files, each at once, with a new key and a certificate of that name.
  void renew(const std::string& subject, long valid_s) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), valid_s < 0 ? 2 * valid_s : 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), valid_s);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* file = std::fopen(path("cert.new").c_str(), "we");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    write_key("key.new", key);
    std::filesystem::rename(path("cert.new"), path("cert.pem"));
    std::filesystem::rename(path("key.new"), path("key.pem"));
    EVP_PKEY_free(key);
    X509_free(certificate);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  ServerOptions options() const {
    ServerOptions out;
    out.tls_certificate_file = path("cert.pem");
    out.tls_key_file = path("key.pem");
    out.certificate = std::make_shared<ServedCertificate>();
    out.limits.certificate_check_ms = 20;
    return out;
  }

 private:
  void write_key(const std::string& name, EVP_PKEY* key) const {
    std::FILE* file = std::fopen(path(name).c_str(), "we");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
  std::filesystem::path folder_;
};

int connect_to(uint16_t port) {
  BIO_ADDRINFO* address = nullptr;
  BIO_lookup_ex("127.0.0.1", std::to_string(port).c_str(), BIO_LOOKUP_CLIENT, AF_INET, SOCK_STREAM,
                0, &address);
  const int socket = BIO_socket(AF_INET, SOCK_STREAM, 0, 0);
  const int connected = BIO_connect(socket, BIO_ADDRINFO_address(address), 0);
  BIO_ADDRINFO_free(address);
  return connected == 1 ? socket : -1;
}

class TlsClient {
 public:
  TlsClient(uint16_t port, int highest_version, const std::string& protocols = {}) {
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, highest_version);
    SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    ssl_ = SSL_new(context_);
    if (!protocols.empty()) {
      SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                          static_cast<unsigned int>(protocols.size()));
    }
    socket_ = connect_to(port);
    SSL_set_fd(ssl_, socket_);
    connected = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    if (socket_ >= 0) ::close(socket_);
  }
  void send(const std::string& text) {
    EXPECT_EQ(SSL_write(ssl_, text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  std::string read_until(const std::string& text) {
    std::string out;
    char chunk[4096];
    while (out.find(text) == std::string::npos) {
      const int count = SSL_read(ssl_, chunk, sizeof chunk);
      if (count <= 0) {
        clean_end = SSL_get_error(ssl_, count) == SSL_ERROR_ZERO_RETURN;
        break;
      }
      out.append(chunk, static_cast<std::size_t>(count));
    }
    return out;
  }
  std::string version() const { return SSL_get_version(ssl_); }
  std::string common_name() const {
    X509* shown = SSL_get1_peer_certificate(ssl_);
    if (shown == nullptr) return {};
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
    X509_free(shown);
    return name;
  }
  bool connected = false;
  bool clean_end = false;  // the server sent close_notify

 private:
  SSL_CTX* context_;
  SSL* ssl_;
  int socket_;
};

constexpr char kGet[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(Tls, SpeaksVersions12And13AndNothingOlder) {
  const Certificate certificate;
  ApiServer server(certificate.options());
  for (const auto& [version, name] :
       {std::pair{TLS1_3_VERSION, "TLSv1.3"}, std::pair{TLS1_2_VERSION, "TLSv1.2"}}) {
    TlsClient client(server.port(), version);
    ASSERT_TRUE(client.connected) << name;
    EXPECT_EQ(client.version(), name);
    client.send(kGet);
    EXPECT_NE(client.read_until("ok").find("HTTP/1.1 200 OK"), std::string::npos);
    client.send(kGet);  // kept open
    EXPECT_NE(client.read_until("ok").find("HTTP/1.1 200 OK"), std::string::npos);
  }
  EXPECT_FALSE(TlsClient(server.port(), TLS1_1_VERSION).connected);
  ERR_clear_error();
}

TEST(Tls, AgreesOnHttp11) {
  const Certificate certificate;
  ApiServer server(certificate.options());
  EXPECT_TRUE(TlsClient(server.port(), TLS1_3_VERSION, "\x02h2\x08http/1.1").connected);
  EXPECT_FALSE(TlsClient(server.port(), TLS1_3_VERSION, "\x02h2").connected);
  ERR_clear_error();
}

TEST(Tls, EndsWithCloseNotify) {
  const Certificate certificate;
  ApiServer server(certificate.options());
  TlsClient client(server.port(), TLS1_3_VERSION);
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_until("never there").find("200 OK"), std::string::npos);
  EXPECT_TRUE(client.clean_end);
}

TEST(Tls, CancelsAnAbortedStream) {
  const Certificate certificate;
  ApiServer server(certificate.options());
  FakeGenerator::Script endless;
  endless.pieces = {piece("word ")};
  endless.endless = true;
  server.script({endless});
  {
    TlsClient client(server.port(), TLS1_3_VERSION);
    const std::string body =
        R"({"model":"tiny","stream":true,"messages":[{"role":"user","content":"a"}]})";
    client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    client.read_until("word");
  }
  EXPECT_TRUE(server.generator().wait_ended(1));
  EXPECT_EQ(server.generator().cancelled(), 1);
}

TEST(Tls, TellsTheReasonOfARefusalToAClientThatIsStillSending) {
  const Certificate certificate;
  ApiServer server(certificate.options());
  TlsClient client(server.port(), TLS1_3_VERSION);
  client.send("POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n");
  for (int i = 0; i < 6; ++i) {
    client.send(std::string(500'000, 'x'));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // well after the refusal
  }
  EXPECT_NE(client.read_until("\r\n\r\n").find("413"), std::string::npos);
}

TEST(Tls, GivesUpOnClientsThatDoNotSpeakIt) {
  const Certificate certificate;
  ServerOptions options = certificate.options();
  options.limits.handshake_timeout_ms = 100;
  ApiServer server(options);
  testing::TestClient silent(server.port());
  EXPECT_TRUE(silent.closed_within(2000));
  testing::TestClient plain(server.port());
  plain.send(kGet);
  EXPECT_TRUE(plain.closed_within(2000));
}

TEST(Tls, RefusesAKeyThatIsNotTheCertificates) {
  const Certificate certificate;
  ServerOptions options = certificate.options();
  options.tls_key_file = certificate.path("other.pem");
  const auto started = HttpServer::start(options, Router(), no_log());
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::kInvalidArgument);
  EXPECT_EQ(started.error().param, "tls");
  std::ofstream(certificate.path("broken.pem")) << "not a certificate";
  options.tls_certificate_file = certificate.path("broken.pem");
  EXPECT_FALSE(HttpServer::start(options, Router(), no_log()));
  ERR_clear_error();
}

/// Whether it is so within ten seconds.
bool soon(const std::function<bool()>& is_so) {
  for (int i = 0; i < 500 && !is_so(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return is_so();
}

TEST(Tls, ServesARenewedCertificateWithoutARestartAndKeepsConnectionsOpen) {
  const Certificate certificate;
  const ServerOptions options = certificate.options();
  ApiServer server(options);
  TlsClient early(server.port(), TLS1_3_VERSION);
  EXPECT_EQ(early.common_name(), "localhost");
  const std::string before = options.certificate->get()->sha256;
  EXPECT_TRUE(is_sha256_hex(before));
  certificate.renew("renewed.plant", 40 * 86400);
  ASSERT_TRUE(soon([&] { return options.certificate->get()->sha256 != before; }));
  EXPECT_EQ(options.certificate->get()->subject, "CN=renewed.plant");
  EXPECT_TRUE(soon(
      [&] { return TlsClient(server.port(), TLS1_3_VERSION).common_name() == "renewed.plant"; }));
  early.send(kGet);  // a stream that a person watches is not cut
  EXPECT_NE(early.read_until("ok").find("HTTP/1.1 200 OK"), std::string::npos);
}

TEST(Tls, KeepsItsCertificateWhileTheNewFilesDoNotFitAndSaysSo) {
  const Certificate certificate;
  const ServerOptions options = certificate.options();
  ApiServer server(options);
  std::filesystem::copy_file(certificate.path("other.pem"), certificate.path("key.pem"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(soon([&] {
    const auto refused = options.certificate->get()->newer_refused;
    return refused && refused->en.find("does not belong") != std::string::npos;
  }));
  EXPECT_EQ(TlsClient(server.port(), TLS1_3_VERSION).common_name(), "localhost");
  certificate.renew("whole.again", 3600);
  ASSERT_TRUE(soon([&] { return !options.certificate->get()->newer_refused.has_value(); }));
  EXPECT_EQ(options.certificate->get()->subject, "CN=whole.again");
  ERR_clear_error();
}

TEST(Tls, SaysThatACertificateHasExpired) {
  const Certificate certificate(-3600);
  const ServerOptions options = certificate.options();
  ApiServer server(options);
  const ServedFacts facts = *options.certificate->get();
  EXPECT_EQ(state_of(facts, SystemClock().now_ns()), certificates::CertificateState::kExpired);
}

TEST(Tls, ServesOtherMachinesOnlyWithKeys) {
  const Certificate certificate;
  ServerOptions options = certificate.options();
  options.address = "0.0.0.0";
  options.port = 0;
  EXPECT_FALSE(HttpServer::start(options, Router(), no_log()));
  options.api_keys = {{"panel", "0123456789abcdef"}};
  const auto started = HttpServer::start(options, Router(), no_log());
  ASSERT_TRUE(started) << started.error().message.en;
  EXPECT_EQ((*started)->url().substr(0, 16), "https://0.0.0.0:");
}

}  // namespace
}  // namespace mw::server
