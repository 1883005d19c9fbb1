#include "certificates/certificate_facts.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "core/storable_text.h"

namespace mw::certificates {
namespace {

struct Freed {
  void operator()(X509* each) const { X509_free(each); }
};

/// "YYYYMMDDHHMMSSZ" each.
std::unique_ptr<X509, Freed> certificate(const char* from, const char* until,
                                         const std::string& name) {
  std::unique_ptr<X509, Freed> out(X509_new());
  ASN1_TIME_set_string(X509_getm_notBefore(out.get()), from);
  ASN1_TIME_set_string(X509_getm_notAfter(out.get()), until);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "O", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509_set_pubkey(out.get(), key);
  X509_sign(out.get(), key, EVP_sha256());
  EVP_PKEY_free(key);
  return out;
}

TEST(CertificateFacts, SaysOfWhomAndFromWhenToWhen) {
  const auto one = certificate("20260101000000Z", "20270101000000Z",
                               "Werk S\xc3\xbc"
                               "d");
  const CertificateFacts facts = facts_of(one.get());
  EXPECT_EQ(facts.subject,
            "O=Werk S\xc3\xbc"
            "d");
  EXPECT_EQ(facts.from_ns, 1'767'225'600 * kNsPerSecond);
  EXPECT_EQ(facts.until_ns, 1'798'761'600 * kNsPerSecond);
  EXPECT_EQ(facts.sha256.size(), 64u);
}

TEST(CertificateFacts, TakesWhatNoClockHoldsAsTheLastMoment) {
  const auto one = certificate("10010101000000Z", "99991231235959Z", "for ever");
  const CertificateFacts facts = facts_of(one.get());
  EXPECT_LT(facts.from_ns, 0);
  EXPECT_EQ(facts.until_ns / kNsPerSecond, INT64_MAX / kNsPerSecond);
}

TEST(CertificateFacts, CutsAndEscapesASubjectThatWouldFloodALog) {
  const auto one = certificate("20260101000000Z", "20270101000000Z", "x");
  const std::string name = "\n\xe5\x8e\x82\xe5\x8e\x82\xe5\x8e\x82";
  for (int i = 0; i < 50; ++i) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(one.get()), "OU", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
  }
  const CertificateFacts facts = facts_of(one.get());
  EXPECT_LE(facts.subject.size(), 300u);
  EXPECT_GT(facts.subject.size(), 250u);
  EXPECT_EQ(facts.subject.find('\n'), std::string::npos);
  EXPECT_TRUE(is_utf8(facts.subject));
}

TEST(CertificateFacts, HaveAStateByTheClock) {
  CertificateFacts facts;
  facts.from_ns = 100 * kNsPerDay;
  facts.until_ns = 200 * kNsPerDay;
  EXPECT_STREQ(label_of(state_of(facts, 99 * kNsPerDay)), "not_yet_valid");
  EXPECT_STREQ(label_of(state_of(facts, 100 * kNsPerDay)), "valid");
  EXPECT_STREQ(label_of(state_of(facts, 170 * kNsPerDay)), "valid");
  EXPECT_STREQ(label_of(state_of(facts, 170 * kNsPerDay + 1)), "expires_soon");
  EXPECT_STREQ(label_of(state_of(facts, 200 * kNsPerDay)), "expired");
}

}  // namespace
}  // namespace mw::certificates
