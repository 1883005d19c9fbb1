#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace mw::testing_support {

/// A server on a loopback port that shows a certificate of its own, made by OpenSSL for it, and
/// does nothing else. Plain sockets, so that it shares no code with what it tests.
class TlsPeer {
 public:
  enum class Speaks { kTls, kSmtp, kSmtpWithoutTls, kPostgres, kPostgresWithoutTls, kNothing };
  struct Options {
    std::string subject = "peer.plant";
    long valid_s = 90L * 86'400;
    std::optional<long> issuer_valid_s =
        {};  // of the authority that signs it; none: it does itself
    Speaks speaks = Speaks::kTls;
  };
  explicit TlsPeer(const Options& options);
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  uint16_t port() const { return port_; }
  /// Of who signed its certificate.
  std::string ca_file() const { return (folder_.path() / "ca.pem").string(); }
  /// Connections so far.
  int met() const { return met_; }
  /// From the next connection on it shows another one that is valid for so long.
  void renew(long valid_s);

 private:
  void make(const Options& options);
  void serve_all();
  void serve(int socket);

  const TemporaryFolder folder_;
  Options options_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> met_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace mw::testing_support
