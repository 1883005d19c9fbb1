#include "oidc/jwt.h"

#include <gtest/gtest.h>

#include "oidc/internal/base64url.h"

namespace mw::oidc {
namespace {

std::string part(const std::string& json) { return base64url(json); }
std::string token(const std::string& header, const std::string& claims = "{}",
                  const std::string& signature = "sig") {
  return part(header) + "." + part(claims) + "." + base64url(signature);
}

TEST(Jwt, IsTakenApart) {
  const auto read = parse_jwt(token(R"({"alg":"PS256","kid":"k","typ":"JWT"})", R"({"sub":"x"})"));
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->algorithm, Algorithm::kPs256);
  EXPECT_EQ(read->kid, "k");
  EXPECT_EQ(read->claims["sub"], "x");
  EXPECT_EQ(read->signature, "sig");
  EXPECT_EQ(read->signed_text,
            part(R"({"alg":"PS256","kid":"k","typ":"JWT"})") + "." + part(R"({"sub":"x"})"));
}

TEST(Jwt, TakesNoAlgorithmButTheFour) {
  for (const char* alg : {"RS256", "PS256", "ES256", "EdDSA"}) {
    EXPECT_TRUE(parse_jwt(token(R"({"alg":")" + std::string(alg) + "\"}"))) << alg;
  }
  for (const char* alg : {"none", "None", "NONE", "", "HS256", "HS512", "RS1", "RS384", "ES512",
                          "ES256K", "rs256", "RSA-OAEP", "dir"}) {
    const auto read = parse_jwt(token(R"({"alg":")" + std::string(alg) + "\"}"));
    EXPECT_EQ(read.error().code, Code::kUnauthenticated) << alg;
  }
}

TEST(Jwt, RefusesEveryBrokenInput) {
  const std::string good = token(R"({"alg":"RS256"})");
  ASSERT_TRUE(parse_jwt(good));
  const std::string header = part(R"({"alg":"RS256"})");
  for (const std::string& bad : {
           std::string(),
           std::string("."),
           std::string(".."),
           std::string("..."),
           header + ".",
           header + "..",
           header + "." + part("{}"),
           header + "." + part("{}") + ".",  // not signed
           good + ".",                       // five parts are an encrypted one
           good + "..",
           good + "=",  // padding
           " " + good,
           good + "\n",
           header + "." + part("[]") + ".c2ln",  // claims that are no object
           header + "." + part("{} {}") + ".c2ln",
           header + "." + part("\"x\"") + ".c2ln",
           header + "." + part("{\"a\":\xff}") + ".c2ln",
           token("[]"),
           token("{}"),  // no algorithm
           token(R"({"alg":1})"),
           token(R"({"alg":["RS256"]})"),
           token(R"({"alg":"RS256","kid":7})"),
           token(R"({"alg":"RS256","crit":["exp"]})"),
           token(R"({"alg":"RS256","crit":[]})"),
           token(R"({"alg":"RS256","typ":"at+jwt"})"),  // an access token
           token(R"({"alg":"RS256","typ":"logout+jwt"})"),
           token(R"({"alg":"RS256","kid":")" + std::string(257, 'k') + "\"}"),
           token(R"({"alg":"RS256"})",
                 R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}"),
           token(R"({"alg":"RS256"})", "{\"a\":\"" + std::string(70'000, 'a') + "\"}"),
       }) {
    const auto read = parse_jwt(bad);
    ASSERT_FALSE(read) << bad.substr(0, 200);
    EXPECT_EQ(read.error().code, Code::kUnauthenticated);
    if (bad.size() > 30) {
      EXPECT_EQ(read.error().message.en.find(bad.substr(0, 30)), std::string::npos)
          << "tokens are not logged";
    }
  }
}

TEST(Jwt, EveryCutOfAGoodOneIsRefusedOrUnsignedBySomethingElse) {
  const std::string good = token(R"({"alg":"RS256"})", R"({"sub":"x"})", "signature");
  for (std::size_t i = 0; i < good.rfind('.') + 1; ++i) EXPECT_FALSE(parse_jwt(good.substr(0, i)));
}

}  // namespace
}  // namespace mw::oidc
