#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/language.h"

namespace mw::server {

/// What the server shows to who connects by TLS, and until when it is worth anything.
struct CertificateFacts {
  std::string subject;  // "CN=millwright.plant"
  TimeNs from_ns = 0;
  TimeNs until_ns = 0;
  std::string sha256;  // of its DER bytes, lower-case hex: what a browser shows as its fingerprint
  /// Why files that are newer than it are not in use.
  std::optional<Text> newer_refused;
};

enum class CertificateState { kValid, kExpiresSoon, kExpired, kNotYetValid };

/// A month: what an administrator without the internet needs to get a certificate signed.
constexpr int64_t kExpiresSoonNs = 30 * kNsPerDay;

CertificateState state_of(const CertificateFacts& facts, TimeNs now_ns);
/// "valid", "expires_soon", "expired", "not_yet_valid": as /api/system has it.
const char* label_of(CertificateState state);

/// The certificate in use, from the server that changes it to the pages that show it.
/// Threads  safe from any.
class ServedCertificate {
 public:
  void set(CertificateFacts facts) {
    const std::lock_guard<std::mutex> guard(mutex_);
    facts_ = std::move(facts);
  }
  void refuse_newer(Text why) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (facts_) facts_->newer_refused = std::move(why);
  }
  /// Nothing before there is a server, and without TLS.
  std::optional<CertificateFacts> get() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return facts_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<CertificateFacts> facts_;
};

}  // namespace mw::server
