#include "server/served_certificate.h"

namespace mw::server {

CertificateState state_of(const CertificateFacts& facts, TimeNs now_ns) {
  if (now_ns >= facts.until_ns) return CertificateState::kExpired;
  if (now_ns < facts.from_ns) return CertificateState::kNotYetValid;
  return facts.until_ns - now_ns < kExpiresSoonNs ? CertificateState::kExpiresSoon
                                                  : CertificateState::kValid;
}

const char* label_of(CertificateState state) {
  switch (state) {
    case CertificateState::kValid:
      return "valid";
    case CertificateState::kExpiresSoon:
      return "expires_soon";
    case CertificateState::kExpired:
      return "expired";
    case CertificateState::kNotYetValid:
      return "not_yet_valid";
  }
  return "";
}

}  // namespace mw::server
