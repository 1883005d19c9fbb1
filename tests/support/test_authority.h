#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace mw::testing_support {

/// A certificate of an authority in PEM; times as "YYYYMMDDHHMMSSZ".
inline std::string authority_pem(const std::string& name, const char* from = "20200101000000Z",
                                 const char* until = "21000101000000Z") {
  const std::unique_ptr<X509, decltype(&X509_free)> one(X509_new(), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  ASN1_TIME_set_string(X509_getm_notBefore(one.get()), from);
  ASN1_TIME_set_string(X509_getm_notAfter(one.get()), until);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(one.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509_set_pubkey(one.get(), key.get());
  X509_sign(one.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(out.get(), one.get());
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(out.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(length));
}

}  // namespace mw::testing_support
