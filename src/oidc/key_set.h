#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "oidc/jwt.h"

namespace mw::oidc {

/// A provider's public keys (RFC 7517). Keys that we cannot use (of other kinds or uses, RSA under
/// 2048 or over 8192 bits, points beside the curve) are left out; private and shared ones too.
class KeySet {
 public:
  /// At most 256 KiB and 100 keys. Errors: kCorrupt.
  static Result<KeySet> parse(std::string_view json);

  enum class Verdict { kSigned, kForged, kNoKey };
  /// Whether one of the keys signed it: the one that it names, or the only one of its kind.
  Verdict check(const Jwt& token) const;
  std::size_t size() const { return keys_.size(); }

 private:
  enum class Kind { kRsa, kP256, kEd25519 };
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Handle = std::unique_ptr<EVP_PKEY, Free>;
  struct Key {
    std::string kid;
    std::string alg;  // empty: any of its kind
    Kind kind = Kind::kRsa;
    Handle handle;
  };
  static bool fits(const Key& key, const Jwt& token);
  static bool signed_by(EVP_PKEY* key, const Jwt& token);
  static bool read(const Json& json, Key& key);
  static Handle rsa_key(const Json& json);
  static Handle p256_key(const Json& json);
  static Handle ed25519_key(const Json& json);

  std::vector<Key> keys_;
};

}  // namespace mw::oidc
