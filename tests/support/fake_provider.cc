#include "tests/support/fake_provider.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "core/check.h"
#include "oidc/internal/base64url.h"

namespace mw::testing_support {
namespace {

using oidc::base64url;

std::string number_bytes(const BIGNUM* number, int at_least = 0) {
  std::string bytes(static_cast<std::size_t>(std::max(BN_num_bytes(number), at_least)), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  return bytes;
}

std::string parameter(const EVP_PKEY* key, const char* name, int at_least = 0) {
  BIGNUM* number = nullptr;
  MW_CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes = number_bytes(number, at_least);
  BN_free(number);
  return bytes;
}

}  // namespace

TokenKey TokenKey::rsa(int bits) {
  return TokenKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
}
TokenKey TokenKey::p256() { return TokenKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }
TokenKey TokenKey::ed25519() { return TokenKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

Json TokenKey::public_jwk(const std::string& kid, const Json& more) const {
  Json jwk{{"kid", kid}};
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1) {
    jwk["kty"] = "RSA";
    jwk["n"] = base64url(parameter(key_.get(), OSSL_PKEY_PARAM_RSA_N));
    jwk["e"] = base64url(parameter(key_.get(), OSSL_PKEY_PARAM_RSA_E));
  } else if (EVP_PKEY_is_a(key_.get(), "EC") == 1) {
    jwk["kty"] = "EC";
    jwk["crv"] = "P-256";
    jwk["x"] = base64url(parameter(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32));
    jwk["y"] = base64url(parameter(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32));
  } else {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    jwk["kty"] = "OKP";
    jwk["crv"] = "Ed25519";
    jwk["x"] = base64url(raw);
  }
  jwk.update(more);
  return jwk;
}

std::string TokenKey::sign(const std::string& alg, const std::string& text) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  const EVP_MD* digest = alg == "EdDSA" ? nullptr : EVP_sha256();
  MW_CHECK(EVP_DigestSignInit(context, &parameters, digest, nullptr, key_.get()) == 1);
  if (alg == "PS256") {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  std::array<unsigned char, 1024> out{};
  std::size_t size = out.size();
  MW_CHECK(EVP_DigestSign(context, out.data(), &size,
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
  EVP_MD_CTX_free(context);
  if (alg != "ES256") return {reinterpret_cast<const char*>(out.data()), size};
  const unsigned char* der = out.data();
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size));
  std::string raw =
      number_bytes(ECDSA_SIG_get0_r(signature), 32) + number_bytes(ECDSA_SIG_get0_s(signature), 32);
  ECDSA_SIG_free(signature);
  return raw;
}

std::string signed_token(const TokenKey& key, const Json& header, const Json& claims) {
  const std::string text = base64url(to_text(header)) + "." + base64url(to_text(claims));
  const std::string alg = header.contains("alg") ? header["alg"].get<std::string>() : "";
  return text + "." + base64url(key.sign(alg, text));
}

FakeProvider::FakeProvider() {
  server_ = std::make_unique<ScriptedServer>([this](const ScriptedRequest& request) {
    const auto json = [](const Json& value) {
      return ScriptedReply::http(200, to_text(value), {{"Content-Type", "application/json"}});
    };
    if (request.target == "/op/.well-known/openid-configuration") return json(metadata);
    if (request.target == "/op/keys") return json({{"keys", keys()}});
    if (request.target == "/op/me" && userinfo) return json(userinfo());
    if (request.target != "/op/token") return ScriptedReply::http(404, "");
    if (token) return token();
    return json({{"access_token", "at"}, {"token_type", "Bearer"}, {"id_token", id_token()}});
  });
  issuer_ = server_->address() + "/op";
  metadata = {{"issuer", issuer_},
              {"authorization_endpoint", issuer_ + "/auth"},
              {"token_endpoint", issuer_ + "/token"},
              {"jwks_uri", issuer_ + "/keys"}};
  keys = [this] { return Json::array({key.public_jwk("k1")}); };
  id_token = [] { return std::string(); };
}

Json FakeProvider::claims(const std::string& nonce, int64_t now_s) const {
  return {{"iss", issuer_},
          {"sub", "248289"},
          {"aud", "mw"},
          {"nonce", nonce},
          {"iat", now_s},
          {"exp", now_s + 300},
          {"preferred_username", "li"},
          {"groups", {"line-1"}}};
}

int FakeProvider::asked(const std::string& target) const {
  const auto all = server_->requests();
  return static_cast<int>(std::count_if(
      all.begin(), all.end(), [&](const ScriptedRequest& each) { return each.target == target; }));
}

}  // namespace mw::testing_support
