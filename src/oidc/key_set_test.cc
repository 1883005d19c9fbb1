#include "oidc/key_set.h"

#include <gtest/gtest.h>

#include "oidc/internal/base64url.h"
#include "tests/support/fake_provider.h"

namespace mw::oidc {
namespace {

using testing_support::signed_token;
using testing_support::TokenKey;
using Verdict = KeySet::Verdict;

KeySet set_of(const std::vector<Json>& keys) {
  auto set = KeySet::parse(to_text({{"keys", keys}}));
  EXPECT_TRUE(set) << set.error().message.en;
  return std::move(*set);
}

Jwt token_of(const TokenKey& key, const std::string& alg, const std::string& kid = "k") {
  Json header{{"alg", alg}};
  if (!kid.empty()) header["kid"] = kid;
  return *parse_jwt(signed_token(key, header, {{"sub", "x"}}));
}

struct Case {
  const char* alg;
  TokenKey key;
};
const std::vector<Case>& cases() {
  static const TokenKey rsa = TokenKey::rsa();
  static const std::vector<Case> all = {
      {"RS256", rsa}, {"PS256", rsa}, {"ES256", TokenKey::p256()}, {"EdDSA", TokenKey::ed25519()}};
  return all;
}

TEST(KeySet, KnowsWhatItsKeysSigned) {
  for (const auto& [alg, key] : cases()) {
    const KeySet set = set_of({key.public_jwk("k"), TokenKey::p256().public_jwk("other")});
    EXPECT_EQ(set.size(), 2u);
    Jwt token = token_of(key, alg);
    EXPECT_EQ(set.check(token), Verdict::kSigned) << alg;
    token.signed_text += "x";
    EXPECT_EQ(set.check(token), Verdict::kForged) << alg;
    token = token_of(key, alg);
    for (const std::size_t at : {std::size_t{0}, token.signature.size() / 2}) {
      Jwt broken = token;
      broken.signature[at] = static_cast<char>(broken.signature[at] ^ 1);
      EXPECT_EQ(set.check(broken), Verdict::kForged) << alg << at;
      broken.signature.resize(at);
      EXPECT_EQ(set.check(broken), Verdict::kForged) << alg << at;
    }
    EXPECT_EQ(set_of({key.public_jwk("k2")}).check(token), Verdict::kNoKey) << alg;
  }
}

TEST(KeySet, WithoutANameTheOnlyKeyOfItsKindIsMeant) {
  const TokenKey key = TokenKey::p256();
  const Jwt token = token_of(key, "ES256", "");
  const Json other = TokenKey::p256().public_jwk("b");
  EXPECT_EQ(set_of({key.public_jwk("a"), TokenKey::rsa().public_jwk("c")}).check(token),
            Verdict::kSigned);
  EXPECT_EQ(set_of({key.public_jwk("a"), other}).check(token), Verdict::kNoKey);
  // Two keys of one name: which one is meant is not tried out.
  EXPECT_EQ(
      set_of({key.public_jwk("k"), TokenKey::p256().public_jwk("k")}).check(token_of(key, "ES256")),
      Verdict::kNoKey);
}

TEST(KeySet, AKeyIsForItsOwnAlgorithmOnly) {
  const TokenKey rsa = TokenKey::rsa();
  EXPECT_EQ(set_of({rsa.public_jwk("k", {{"alg", "RS256"}})}).check(token_of(rsa, "PS256")),
            Verdict::kNoKey);
  Jwt token = token_of(rsa, "RS256");
  token.algorithm = Algorithm::kPs256;  // the header says so, the signature is another
  EXPECT_EQ(set_of({rsa.public_jwk("k")}).check(token), Verdict::kForged);
  token.algorithm = Algorithm::kEs256;
  EXPECT_EQ(set_of({rsa.public_jwk("k")}).check(token), Verdict::kNoKey);
}

TEST(KeySet, LeavesOutKeysThatItDoesNotTrustOrKnow) {
  const Json p256 = TokenKey::p256().public_jwk("k");
  const Json rsa = TokenKey::rsa().public_jwk("k");
  const auto with = [](Json key, const char* name, const Json& value) {
    key[name] = value;
    return key;
  };
  const std::string zero(32, '\0');
  const std::vector<Json> bad = {
      Json(),
      Json(1),
      Json::object(),
      Json::array(),
      {{"kty", "oct"}, {"k", "c2VjcmV0"}, {"kid", "k"}},  // a shared secret
      with(p256, "use", "enc"),
      with(p256, "kid", 7),
      with(p256, "kid", std::string(300, 'k')),
      with(p256, "kty", "ec"),
      with(p256, "crv", "P-384"),
      with(p256, "crv", "secp256k1"),
      with(p256, "x", base64url(zero)),  // beside the curve
      with(p256, "x", base64url("short")),
      with(p256, "y", "not base64!"),
      with(p256, "y", Json()),
      with(rsa, "e", base64url("\x01")),
      with(rsa, "e", base64url("\x02")),
      with(rsa, "e", base64url(std::string(9, '\x03'))),
      with(rsa, "e", ""),
      with(rsa, "n", base64url(std::string(2000, '\x7f'))),  // would take a second each time
      with(rsa, "n", base64url(zero)),
      with(rsa, "n", base64url(std::string(256, '\xfe'))),  // even
      TokenKey::rsa(1024).public_jwk("k"),
      with(TokenKey::ed25519().public_jwk("k"), "crv", "X25519"),
      with(TokenKey::ed25519().public_jwk("k"), "x", base64url("short")),
  };
  for (const Json& each : bad) EXPECT_EQ(set_of({each}).size(), 0u) << to_text(each).substr(0, 200);
  std::vector<Json> all = bad;
  all.push_back(p256);
  EXPECT_EQ(set_of(all).size(), 1u) << "one bad key does not take the others away";
}

TEST(KeySet, RefusesWhatIsNoSet) {
  for (const std::string& bad :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"keys":{}})"), std::string(R"({"keys":1})"), std::string(R"({"keys":[)"),
        R"({"keys":[)" + std::string(300'000, ' ') + "]}",
        to_text({{"keys", std::vector<Json>(101, Json::object())}})}) {
    EXPECT_EQ(KeySet::parse(bad).error().code, Code::kCorrupt) << bad.substr(0, 50);
  }
  EXPECT_EQ(set_of({}).size(), 0u);
}

}  // namespace
}  // namespace mw::oidc
