// Any bytes as what somebody shows: a certificate (X.509, DER), those of an authority (PEM) or a
// mail server's reply.
#include <openssl/err.h>
#include <openssl/x509.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "certificates/authority.h"
#include "certificates/certificate_facts.h"
#include "certificates/internal/smtp_reply.h"
#include "core/check.h"
#include "core/storable_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw;
  const auto status = certificates::smtp_status({reinterpret_cast<const char*>(data), size});
  MW_CHECK(!status || (*status >= 0 && *status <= 999));
  const unsigned char* at = data;
  X509* const certificate = d2i_X509(nullptr, &at, static_cast<long>(size));
  if (certificate != nullptr) {
    const certificates::CertificateFacts facts = certificates::facts_of(certificate);
    MW_CHECK(facts.subject.size() <= 300 && is_utf8(facts.subject));
    (void)certificates::state_of(facts, 0);
    X509_free(certificate);
  }
  const auto authorities =
      certificates::read_authorities({reinterpret_cast<const char*>(data), size});
  MW_CHECK(!authorities || (!authorities->empty() && authorities->size() <= 20));
  if (authorities) (void)certificates::check_in_force(*authorities, 0);
  ERR_clear_error();
  return 0;
}
