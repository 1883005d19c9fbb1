#include "oidc/id_token.h"

#include <gtest/gtest.h>

namespace mw::oidc {
namespace {

constexpr int64_t kNowS = 1'760'000'000;
const Expected kExpected{"https://id.example", "mw", "n-1", kNowS* kNsPerSecond};

Json good() {
  return {{"iss", "https://id.example"},
          {"sub", "248289"},
          {"aud", "mw"},
          {"nonce", "n-1"},
          {"iat", kNowS},
          {"exp", kNowS + 300}};
}
Json with(const char* name, const Json& value) {
  Json claims = good();
  claims[name] = value;
  return claims;
}
Json without(const char* name) {
  Json claims = good();
  claims.erase(name);
  return claims;
}

TEST(IdToken, IsTakenWhenAllOfItFits) {
  EXPECT_TRUE(check_claims(good(), kExpected));
  EXPECT_TRUE(check_claims(with("aud", {"mw"}), kExpected));
  Json several = with("aud", {"other", "mw"});
  several["azp"] = "mw";
  EXPECT_TRUE(check_claims(several, kExpected));
  EXPECT_TRUE(check_claims(with("exp", kNowS - 59), kExpected)) << "a minute of clock error";
  EXPECT_TRUE(check_claims(with("iat", kNowS + 59), kExpected));
  EXPECT_TRUE(check_claims(with("iat", kNowS + 0.5), kExpected));
  EXPECT_TRUE(check_claims(with("nbf", kNowS), kExpected));
}

TEST(IdToken, OfSomebodyWhoWasAskedAgainSaysThatTheyAnsweredAfterIt) {
  Expected again = kExpected;
  again.asked_again_ns = (kNowS - 20) * kNsPerSecond;
  EXPECT_TRUE(check_claims(with("auth_time", kNowS), again));
  EXPECT_TRUE(check_claims(with("auth_time", kNowS - 79), again)) << "a minute of clock error";
  EXPECT_FALSE(check_claims(with("auth_time", kNowS - 81), again)) << "an old session's";
  EXPECT_FALSE(check_claims(with("auth_time", kNowS + 61), again));
  EXPECT_FALSE(check_claims(with("auth_time", std::to_string(kNowS)), again));
  EXPECT_FALSE(check_claims(good(), again)) << "not said";
  EXPECT_TRUE(check_claims(with("auth_time", kNowS - 4000), kExpected)) << "a login need not";
}

TEST(IdToken, IsRefusedForEachThingThatIsWrong) {
  const std::vector<std::pair<const char*, Json>> wrong = {
      {"iss", "https://id.example/"},
      {"iss", "https://evil.example"},
      {"iss", "HTTPS://id.example"},
      {"iss", 1},
      {"aud", "other"},
      {"aud", "mw2"},
      {"aud", Json::array()},
      {"aud", {"other"}},
      {"aud", {"mw", "other"}},  // for several, and does not say for whom
      {"aud", Json::object()},
      {"aud", Json()},
      {"azp", "other"},
      {"azp", 1},
      {"exp", kNowS - 60},
      {"exp", "never"},
      {"exp", Json()},
      {"exp", std::to_string(kNowS + 300)},
      {"iat", kNowS + 61},
      {"iat", kNowS - 601},
      {"iat", 0},
      {"iat", Json()},
      {"nbf", kNowS + 61},
      {"nbf", "now"},
      {"nonce", "n-2"},
      {"nonce", ""},
      {"nonce", 1},
      {"sub", ""},
      {"sub", 248289},
      {"sub", std::string(256, 's')},
  };
  for (const auto& [name, value] : wrong) {
    const auto checked = check_claims(with(name, value), kExpected);
    ASSERT_FALSE(checked) << name << to_text(value);
    EXPECT_EQ(checked.error().code, Code::kUnauthenticated);
  }
  for (const char* name : {"iss", "sub", "aud", "nonce", "iat", "exp"}) {
    EXPECT_FALSE(check_claims(without(name), kExpected)) << name;
  }
  Expected no_nonce = kExpected;
  no_nonce.nonce.clear();
  EXPECT_FALSE(check_claims(with("nonce", ""), no_nonce)) << "an empty nonce binds nothing";
}

TEST(IdToken, GroupsAreATextOrAListOfTexts) {
  EXPECT_EQ(texts_of({{"g", {"a", 1, "b", "", nullptr}}}, "g"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(texts_of({{"g", "a"}}, "g"), std::vector<std::string>{"a"});
  EXPECT_TRUE(texts_of({{"g", {{"a", "b"}}}}, "g").empty());
  EXPECT_TRUE(texts_of({{"g", 1}}, "g").empty());
  EXPECT_TRUE(texts_of(Json::object(), "g").empty());
  EXPECT_TRUE(texts_of({{"g", std::string(257, 'g')}}, "g").empty());
  EXPECT_EQ(texts_of({{"g", std::vector<std::string>(2000, "g")}}, "g").size(), 1000u);
}

}  // namespace
}  // namespace mw::oidc
