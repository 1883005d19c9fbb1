#pragma once

#include <string>

#include "core/clock.h"

struct x509_st;  // OpenSSL's X509

namespace mw::certificates {

/// What a certificate says of itself.
struct CertificateFacts {
  std::string subject;  // "CN=broker.plant", at most 300 bytes
  TimeNs from_ns = 0;
  TimeNs until_ns = 0;
  std::string sha256;  // of its DER bytes, lower-case hex: what a browser shows as its fingerprint
};

/// Of bytes that may come from anybody.
CertificateFacts facts_of(const x509_st* certificate);

enum class CertificateState { kValid, kExpiresSoon, kExpired, kNotYetValid };

/// A month: what an administrator without the internet needs to get a certificate signed.
constexpr int64_t kExpiresSoonNs = 30 * kNsPerDay;

CertificateState state_of(const CertificateFacts& facts, TimeNs now_ns);
/// "valid", "expires_soon", "expired", "not_yet_valid": as /api/system has it.
const char* label_of(CertificateState state);

}  // namespace mw::certificates
