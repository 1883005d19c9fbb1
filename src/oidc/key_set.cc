#include "oidc/key_set.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <optional>

#include "oidc/internal/base64url.h"

namespace mw::oidc {
namespace {

constexpr std::size_t kMostBytes = 256 * 1024;
constexpr std::size_t kMostKeys = 100;
constexpr std::size_t kMostKid = 256;
constexpr std::size_t kCoordinateBytes = 32;  // of P-256 and Ed25519
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 8192;  // more would cost a second each login
constexpr int kMostExponentBits = 64;

template <auto kFree>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::optional<std::string> binary(const Json& json, std::string_view name) {
  const auto text = json_string(json, name);
  if (!text || text->empty()) return std::nullopt;
  return from_base64url(*text);
}

EVP_PKEY* made(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    EVP_PKEY_free(key);
    return nullptr;
  }
  return key;
}

/// r and s, 32 bytes each, as OpenSSL wants them.
std::optional<std::string> der_signature(std::string_view raw) {
  if (raw.size() != 2 * kCoordinateBytes) return std::nullopt;
  const EcSignature signature(ECDSA_SIG_new());
  Number r = number_of(raw.substr(0, kCoordinateBytes));
  Number s = number_of(raw.substr(kCoordinateBytes));
  if (signature == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return std::nullopt;
  }
  (void)r.release();  // the signature's now
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

KeySet::Handle KeySet::rsa_key(const Json& json) {
  const auto n = binary(json, "n");
  const auto e = binary(json, "e");
  if (!n || !e || n->size() > kMostRsaBits / 8 + 1 || e->size() > kMostExponentBits / 8) {
    return nullptr;
  }
  const Number modulus = number_of(*n);
  const Number exponent = number_of(*e);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (modulus == nullptr || exponent == nullptr || builder == nullptr) return nullptr;
  const int bits = BN_num_bits(modulus.get());
  if (bits < kLeastRsaBits || bits > kMostRsaBits || BN_is_odd(modulus.get()) != 1 ||
      BN_is_odd(exponent.get()) != 1 || BN_is_one(exponent.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  return Handle(made("RSA", builder.get()));
}

KeySet::Handle KeySet::p256_key(const Json& json) {
  const auto x = binary(json, "x");
  const auto y = binary(json, "y");
  if (json_string(json, "crv").value_or("") != "P-256" || !x || !y ||
      x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) {
    return nullptr;
  }
  const std::string point = "\x04" + *x + *y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  Handle key(made("EC", builder.get()));
  if (key == nullptr) return nullptr;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_public_check(context.get()) != 1) return nullptr;
  return key;
}

KeySet::Handle KeySet::ed25519_key(const Json& json) {
  const auto x = binary(json, "x");
  if (json_string(json, "crv").value_or("") != "Ed25519" || !x || x->size() != kCoordinateBytes) {
    return nullptr;
  }
  return Handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()));
}

bool KeySet::read(const Json& json, Key& key) {
  if (!json.is_object()) return false;
  const auto kty = json_string(json, "kty");
  const auto kid = json_string(json, "kid");
  const auto alg = json_string(json, "alg");
  const auto use = json_string(json, "use", "sig");
  if (!kty || !kid || !alg || !use || *use != "sig" || kid->size() > kMostKid) return false;
  key.kid = *kid;
  key.alg = *alg;
  if (*kty == "RSA") {
    key.kind = Kind::kRsa;
    key.handle = rsa_key(json);
  } else if (*kty == "EC") {
    key.kind = Kind::kP256;
    key.handle = p256_key(json);
  } else if (*kty == "OKP") {
    key.kind = Kind::kEd25519;
    key.handle = ed25519_key(json);
  }
  return key.handle != nullptr;
}

Result<KeySet> KeySet::parse(std::string_view text) {
  const auto wrong = [] {
    return Error::make(Code::kCorrupt, "the identity provider's key set is no JWK set (RFC 7517)",
                       "身份提供方的密钥集不是 JWK Set（RFC 7517）", "jwks_uri");
  };
  if (text.size() > kMostBytes) return wrong();
  const auto json = parse_json(text, 8);
  if (!json || !json->is_object()) return wrong();
  const auto keys = json->find("keys");
  if (keys == json->end() || !keys->is_array() || keys->size() > kMostKeys) return wrong();
  KeySet set;
  for (const Json& each : *keys) {
    Key key;
    if (read(each, key)) set.keys_.push_back(std::move(key));
  }
  return set;
}

bool KeySet::fits(const Key& key, const Jwt& token) {
  if (!token.kid.empty() && key.kid != token.kid) return false;
  const auto is = [&](Kind kind, std::string_view name) {
    return key.kind == kind && (key.alg.empty() || key.alg == name);
  };
  switch (token.algorithm) {
    case Algorithm::kRs256:
      return is(Kind::kRsa, "RS256");
    case Algorithm::kPs256:
      return is(Kind::kRsa, "PS256");
    case Algorithm::kEs256:
      return is(Kind::kP256, "ES256");
    case Algorithm::kEdDsa:
      return is(Kind::kEd25519, "EdDSA") || is(Kind::kEd25519, "Ed25519");
  }
  return false;
}

bool KeySet::signed_by(EVP_PKEY* key, const Jwt& token) {
  std::string signature = token.signature;
  if (token.algorithm == Algorithm::kEs256) {
    const auto der = der_signature(signature);
    if (!der) return false;
    signature = *der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the context
  const EVP_MD* digest = token.algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) != 1) {
    return false;
  }
  if (token.algorithm == Algorithm::kPs256 &&
      (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                          bytes_of(token.signed_text), token.signed_text.size()) == 1;
}

KeySet::Verdict KeySet::check(const Jwt& token) const {
  const Key* found = nullptr;
  for (const Key& key : keys_) {
    if (!fits(key, token)) continue;
    // Two that fit: which one is meant is not to be tried out.
    if (found != nullptr) return Verdict::kNoKey;
    found = &key;
  }
  if (found == nullptr) return Verdict::kNoKey;
  return signed_by(found->handle.get(), token) ? Verdict::kSigned : Verdict::kForged;
}

}  // namespace mw::oidc
