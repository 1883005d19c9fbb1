// Against a provider of the test's own making, which lies, changes its keys and goes away. A real
// one: tests/integration/oidc_test.py.
#include "oidc/provider.h"

#include <gtest/gtest.h>

#include "tests/support/fake_provider.h"

namespace mw::oidc {
namespace {

using testing_support::FakeProvider;
using testing_support::ScriptedReply;
using testing_support::signed_token;
using testing_support::TokenKey;

constexpr int64_t kNowS = 1'760'000'000;

class ProviderTest : public ::testing::Test {
 protected:
  ProviderTest() { make({}); }
  void make(std::string secret) {
    ProviderOptions options;
    options.issuer = fake_.issuer();
    options.client_id = "mw";
    options.client_secret = std::move(secret);
    options.redirect_uri = "http://127.0.0.1:8080/api/oidc/callback";
    options.clock = clock_;
    options.patience = std::chrono::milliseconds(2000);
    options.log = [this](LogLevel, std::string_view, std::string_view text) {
      logged_ += std::string(text) + "\n";
    };
    auto made = Provider::create(std::move(options));
    ASSERT_TRUE(made) << made.error().message.en;
    provider_ = std::move(*made);
  }
  void pass(int64_t ns) { clock_->set(clock_->now_ns() + ns); }
  int64_t now_s() const { return clock_->now_ns() / kNsPerSecond; }
  /// Goes, and comes back with a token of these claims and this header.
  Result<Person> log_in(const std::function<void(Json& claims)>& change = {},
                        const Json& header = {{"alg", "ES256"}, {"kid", "k1"}},
                        const TokenKey* key = nullptr) {
    MW_ASSIGN(const Departure departure, provider_->depart());
    Json claims = fake_.claims(departure.pending.nonce, now_s());
    if (change) change(claims);
    fake_.id_token = [this, claims, header, key] {
      return signed_token(key != nullptr ? *key : fake_.key, header, claims);
    };
    return provider_->arrive(departure.pending, {"the-code", ""});
  }

  FakeProvider fake_;
  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(kNowS * kNsPerSecond);
  std::string logged_;
  std::unique_ptr<Provider> provider_;
};

TEST_F(ProviderTest, SendsTheBrowserWithStateNonceAndChallenge) {
  const auto one = provider_->depart();
  const auto two = provider_->depart();
  ASSERT_TRUE(one) << one.error().message.en;
  EXPECT_TRUE(one->url.starts_with(fake_.issuer() + "/auth?response_type=code&client_id=mw&"));
  for (const std::string& part :
       {std::string("scope=openid%20profile"), std::string("code_challenge_method=S256"),
        "state=" + one->pending.state, "nonce=" + one->pending.nonce,
        std::string("redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Foidc%2Fcallback")}) {
    EXPECT_NE(one->url.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(one->url.find(one->pending.verifier), std::string::npos) << "only its hash goes";
  EXPECT_NE(one->pending.state, two->pending.state);
  EXPECT_NE(one->pending.nonce, two->pending.nonce);
  EXPECT_NE(one->pending.verifier, two->pending.verifier);
  EXPECT_EQ(one->pending.verifier.size(), 43u);  // RFC 7636: 256 bits
  EXPECT_EQ(fake_.asked("/op/.well-known/openid-configuration"), 1) << "kept";
}

TEST_F(ProviderTest, TellsWhoCameBack) {
  const auto person = log_in();
  ASSERT_TRUE(person) << person.error().message.en;
  EXPECT_EQ(person->issuer, fake_.issuer());
  EXPECT_EQ(person->subject, "248289");
  EXPECT_EQ(person->name, "li");
  EXPECT_EQ(person->groups, std::vector<std::string>{"line-1"});
  const auto asked = fake_.requests().back();
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.headers.at("content-type"), "application/x-www-form-urlencoded");
  EXPECT_NE(asked.body.find("grant_type=authorization_code&code=the-code&"), std::string::npos);
  EXPECT_NE(asked.body.find("&code_verifier="), std::string::npos);
  EXPECT_NE(asked.body.find("&client_id=mw"), std::string::npos) << "a public client says so";
}

TEST_F(ProviderTest, ShowsItsSecretAsTheProviderWantsIt) {
  make("s:cret");
  ASSERT_TRUE(log_in());
  EXPECT_EQ(fake_.requests().back().headers.at("authorization"), "Basic bXc6cyUzQWNyZXQ=");
  EXPECT_EQ(fake_.requests().back().body.find("cret"), std::string::npos);
  fake_.metadata["token_endpoint_auth_methods_supported"] = {"client_secret_post"};
  make("s:cret");
  ASSERT_TRUE(log_in());
  EXPECT_NE(fake_.requests().back().body.find("client_secret=s%3Acret"), std::string::npos);
}

TEST_F(ProviderTest, AsksUserinfoForWhatTheTokenDoesNotSay) {
  fake_.metadata["userinfo_endpoint"] = fake_.issuer() + "/me";
  const auto bare = [](Json& claims) {
    claims.erase("groups");
    claims.erase("preferred_username");
  };
  Json told{{"sub", "248289"}, {"preferred_username", "wang"}, {"groups", {"line-2"}}};
  fake_.userinfo = [&] { return told; };
  const auto person = log_in(bare);
  ASSERT_TRUE(person) << person.error().message.en;
  EXPECT_EQ(person->name, "wang");
  EXPECT_EQ(person->groups, std::vector<std::string>{"line-2"});
  EXPECT_EQ(fake_.requests().back().headers.at("authorization"), "Bearer at");
  told["sub"] = "somebody else";
  EXPECT_EQ(log_in(bare).error().code, Code::kUnauthenticated);
  told = Json::array();
  EXPECT_EQ(log_in(bare).error().code, Code::kUnavailable);
}

TEST_F(ProviderTest, BelievesNoTokenThatIsWrong) {
  ASSERT_TRUE(log_in());
  const auto refused = [&](const char* name, const Json& value) {
    const auto person = log_in([&](Json& claims) { claims[name] = value; });
    EXPECT_FALSE(person) << name;
    return person ? Code::kInternal : person.error().code;
  };
  EXPECT_EQ(refused("iss", "https://evil.example"), Code::kUnauthenticated);
  EXPECT_EQ(refused("aud", "another client"), Code::kUnauthenticated);
  EXPECT_EQ(refused("exp", kNowS - 3600), Code::kUnauthenticated);
  EXPECT_EQ(refused("nonce", "of another login"), Code::kUnauthenticated);
  EXPECT_EQ(log_in({}, {{"alg", "none"}, {"kid", "k1"}}, nullptr).error().code,
            Code::kUnauthenticated);
  const TokenKey other = TokenKey::p256();
  EXPECT_EQ(log_in({}, {{"alg", "ES256"}, {"kid", "k1"}}, &other).error().code,
            Code::kUnauthenticated)
      << "a name of one of its keys, and another's signature";
  EXPECT_EQ(log_in({}, {{"alg", "HS256"}, {"kid", "k1"}}).error().code, Code::kUnauthenticated);
}

TEST_F(ProviderTest, FetchesNewKeysOnceAndNotForEachTokenThatSomebodyMakesUp) {
  ASSERT_TRUE(log_in());
  fake_.key = TokenKey::p256();
  fake_.keys = [this] { return Json::array({fake_.key.public_jwk("k2")}); };
  const Json header{{"alg", "ES256"}, {"kid", "k2"}};
  EXPECT_EQ(fake_.asked("/op/keys"), 1);
  const auto rolled = log_in({}, header);
  ASSERT_TRUE(rolled) << rolled.error().message.en;
  EXPECT_EQ(fake_.asked("/op/keys"), 2);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(log_in({}, {{"alg", "ES256"}, {"kid", "made up"}}));
  EXPECT_EQ(fake_.asked("/op/keys"), 2);
  EXPECT_TRUE(log_in({}, header));
  pass(61 * kNsPerSecond);
  EXPECT_FALSE(log_in({}, {{"alg", "ES256"}, {"kid", "made up"}}));
  EXPECT_EQ(fake_.asked("/op/keys"), 3);
}

TEST_F(ProviderTest, TakesMetadataOfItselfOnly) {
  const Json good = fake_.metadata;
  const auto refused = [&](const char* name, const Json& value) {
    fake_.metadata = good;
    fake_.metadata[name] = value;
    make({});
    const auto departure = provider_->depart();
    EXPECT_FALSE(departure) << name << to_text(value);
    return departure ? Code::kInternal : departure.error().code;
  };
  EXPECT_EQ(refused("issuer", "https://evil.example"), Code::kUnavailable);
  EXPECT_EQ(refused("issuer", fake_.issuer() + "/"), Code::kUnavailable);
  for (const char* name :
       {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"}) {
    for (const char* url : {"http://evil.example/x", "https://evil.example/x", "", "javascript:1",
                            "http://169.254.169.254/latest", "file:///etc/passwd"}) {
      EXPECT_EQ(refused(name, url), Code::kUnavailable) << name << " " << url;
    }
    EXPECT_EQ(refused(name, 1), Code::kUnavailable) << name;
  }
  EXPECT_EQ(fake_.asked("/latest"), 0);
}

TEST_F(ProviderTest, FollowsNoRedirectAndReadsNoEndlessAnswer) {
  fake_.token = [] { return ScriptedReply::http(302, "", {{"Location", "http://127.0.0.1:1/"}}); };
  EXPECT_EQ(log_in().error().code, Code::kUnavailable);
  fake_.token = [] { return ScriptedReply::http(200, std::string(300'000, ' ')); };
  EXPECT_EQ(log_in().error().code, Code::kUnavailable);
  fake_.token = [] { return ScriptedReply::http(200, "[]"); };
  EXPECT_EQ(log_in().error().code, Code::kUnavailable);
  fake_.token = [] { return ScriptedReply::http(200, "{}"); };
  EXPECT_EQ(log_in().error().code, Code::kUnauthenticated);
}

TEST_F(ProviderTest, SaysWhyALoginWasRefusedWithoutRepeatingWhatCameWithIt) {
  fake_.token = [] {
    return ScriptedReply::http(400, R"({"error":"invalid_grant","error_description":"<b>x"})");
  };
  const auto used = log_in();
  EXPECT_EQ(used.error().code, Code::kUnauthenticated);
  EXPECT_EQ(used.error().message.en.find("<b>"), std::string::npos);
  fake_.token = [] { return ScriptedReply::http(401, R"({"error":"invalid_client"})"); };
  EXPECT_NE(log_in().error().message.en.find("invalid_client"), std::string::npos);
  fake_.token = [] { return ScriptedReply::http(400, R"({"error":"<script> secret"})"); };
  EXPECT_EQ(log_in().error().message.en.find("script"), std::string::npos);
}

TEST_F(ProviderTest, AnAnswerOfAnotherIssuerIsNotTaken) {
  const Departure departure = *provider_->depart();
  EXPECT_EQ(provider_->arrive(departure.pending, {"code", "https://evil.example"}).error().code,
            Code::kUnauthenticated);
  EXPECT_EQ(provider_->arrive(departure.pending, {"", ""}).error().code, Code::kUnauthenticated);
  EXPECT_EQ(provider_->arrive(departure.pending, {std::string(5000, 'c'), ""}).error().code,
            Code::kUnauthenticated);
  EXPECT_EQ(fake_.asked("/op/token"), 0);
  fake_.metadata["authorization_response_iss_parameter_supported"] = true;
  make({});
  EXPECT_EQ(log_in().error().code, Code::kUnauthenticated) << "it says that it says so";
}

TEST_F(ProviderTest, OneThatIsDownIsToldAndNotAskedByEachVisitor) {
  const Json good = fake_.metadata;
  fake_.metadata = "down";
  EXPECT_EQ(provider_->depart().error().code, Code::kUnavailable);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(provider_->depart().error().code, Code::kUnavailable);
  EXPECT_EQ(fake_.asked("/op/.well-known/openid-configuration"), 1);
  EXPECT_NE(logged_.find("identity provider"), std::string::npos);
  fake_.metadata = good;
  pass(6 * kNsPerSecond);
  EXPECT_TRUE(provider_->depart());
  // Known once, it is still sent to while its metadata cannot be renewed.
  fake_.metadata = "down";
  pass(2 * kNsPerHour);
  EXPECT_TRUE(provider_->depart());
}

TEST_F(ProviderTest, LogsNoSecret) {
  make("s3cret-of-the-client");
  ASSERT_TRUE(log_in());
  fake_.token = [] { return ScriptedReply::http(500, "the-code s3cret-of-the-client"); };
  const auto failed = log_in();
  const std::string told = logged_ + failed.error().message.en + failed.error().message.zh;
  for (const char* secret : {"the-code", "s3cret-of-the-client", "eyJ"}) {
    EXPECT_EQ(told.find(secret), std::string::npos) << secret;
  }
}

}  // namespace
}  // namespace mw::oidc
