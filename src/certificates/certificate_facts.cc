#include "certificates/certificate_facts.h"

#include <openssl/bio.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>

#include "core/sha256.h"
#include "core/storable_text.h"

namespace mw::certificates {
namespace {

constexpr std::size_t kMostSubjectBytes = 300;

TimeNs time_of(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  // A certificate without an end has the year 9999 (RFC 5280 4.1.2.5), past what 64 bits of
  // nanoseconds hold; one from before 1678 would be as far on the other side.
  constexpr int64_t kLastSecond = std::numeric_limits<TimeNs>::max() / kNsPerSecond;
  const int64_t second = std::clamp<int64_t>(::timegm(&parts), -kLastSecond, kLastSecond);
  return second * kNsPerSecond;
}

std::string subject_of(const X509* certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(text.get(), &bytes);
  if (length <= 0) return {};
  const std::string whole = storable_text({bytes, static_cast<std::size_t>(length)});
  return std::string(utf8_prefix(whole, kMostSubjectBytes));
}

}  // namespace

CertificateFacts facts_of(const x509_st* certificate) {
  CertificateFacts out;
  out.subject = subject_of(certificate);
  out.from_ns = time_of(X509_get0_notBefore(certificate));
  out.until_ns = time_of(X509_get0_notAfter(certificate));
  unsigned char* der = nullptr;
  const int der_length = i2d_X509(certificate, &der);
  if (der_length > 0) {
    out.sha256 =
        sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(der_length)});
    OPENSSL_free(der);
  }
  return out;
}

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

}  // namespace mw::certificates
