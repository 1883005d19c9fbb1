#pragma once

#include <openssl/evp.h>

#include <functional>
#include <memory>
#include <string>

#include "core/json.h"
#include "tests/support/scripted_server.h"

namespace mw::testing_support {

/// A key that signs tokens as a provider does, or as somebody does who would like to be one.
class TokenKey {
 public:
  static TokenKey rsa(int bits = 2048);
  static TokenKey p256();
  static TokenKey ed25519();

  /// As a member of a key set; `more` is put into it.
  Json public_jwk(const std::string& kid, const Json& more = Json::object()) const;
  /// A signature of RS256, PS256, ES256 or EdDSA.
  std::string sign(const std::string& alg, const std::string& text) const;

 private:
  explicit TokenKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  std::shared_ptr<EVP_PKEY> key_;
};

/// HEADER.CLAIMS.SIGNATURE, with whatever header and claims.
std::string signed_token(const TokenKey& key, const Json& header, const Json& claims);

/// An identity provider of a test's making, over plain HTTP on loopback.
class FakeProvider {
 public:
  FakeProvider();

  const std::string& issuer() const { return issuer_; }
  /// Claims of a token that is good for the login with this nonce, at that time.
  Json claims(const std::string& nonce, int64_t now_s) const;

  // What it answers, as a test likes it. Read by another thread: set before it is asked, and by
  // functions after that.
  Json metadata;
  std::function<Json()> keys;             // of the key set
  std::function<std::string()> id_token;  // of the token answer
  std::function<Json()> userinfo;         // null: 404
  std::function<ScriptedReply()> token;   // null: an answer with id_token()

  TokenKey key = TokenKey::p256();
  std::vector<ScriptedRequest> requests() const { return server_->requests(); }
  int asked(const std::string& target) const;

 private:
  std::string issuer_;
  std::unique_ptr<ScriptedServer> server_;
};

}  // namespace mw::testing_support
