#pragma once

#include <openssl/evp.h>

#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.h"
#include "security/audit_root.h"

namespace mw::security {

/// An Ed25519 key pair in a PEM file (PKCS #8) that only its owner can read.
class SigningKey {
 public:
  static Result<SigningKey> generate();
  /// Errors: kPermissionDenied when others may read the file, kCorrupt.
  static Result<SigningKey> load(const std::filesystem::path& path);
  Result<void> save(const std::filesystem::path& path) const;

  const PublicKey& public_key() const { return public_key_; }
  Result<Signature> sign(std::string_view message) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Handle = std::unique_ptr<EVP_PKEY, Free>;
  static Result<SigningKey> of(Handle handle);

  Handle handle_;
  PublicKey public_key_{};
};

bool signature_fits(const PublicKey& key, std::string_view message, const Signature& signature);

}  // namespace mw::security
