// Against a server that does as the test says; a real one: tests/integration/notify_test.py.
#include "notify/webhook_channel.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "core/hex.h"
#include "tests/support/scripted_server.h"

namespace mw::notify {
namespace {

using testing_support::ScriptedReply;
using testing_support::ScriptedServer;

const FixedClock kClock(1'760'000'000'123 * kNsPerMs);
const std::vector<Message> kOne{{"k", "subject", "text", {{"alarm", "a1"}}}};

Result<void> post(const std::string& url, const std::string& secret = {}) {
  auto channel = make_webhook_channel({url, {}, secret}, kClock);
  EXPECT_TRUE(channel);
  return (*channel)->send(kOne, {});
}

TEST(Webhook, PostsWhatItIsAboutAndProvesWhoSentIt) {
  ScriptedServer server([](const auto&) { return ScriptedReply::http(204, ""); });
  ASSERT_TRUE(post(server.address() + "/hook?t=1", "the secret"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method + " " + requests[0].target, "POST /hook?t=1");
  const std::string& body = requests[0].body;
  EXPECT_EQ(body, R"({"sent_ms":1760000000123,"messages":[{"key":"k","subject":"subject",)"
                  R"("text":"text","alarm":"a1"}]})");
  std::array<uint8_t, 32> mac{};
  HMAC(EVP_sha256(), "the secret", 10, reinterpret_cast<const unsigned char*>(body.data()),
       body.size(), mac.data(), nullptr);
  EXPECT_EQ(requests[0].headers.at("x-millwright-signature"), "sha256=" + hex_of(mac));
}

TEST(Webhook, WhatWasNotTakenIsAnErrorThatShowsNoSecretOfTheAddress) {
  for (const auto& [status, code] : {std::pair{500, Code::kUnavailable},
                                     {404, Code::kInvalidArgument},
                                     {401, Code::kUnauthenticated},
                                     {302, Code::kUnavailable}}) {
    ScriptedServer server([status = status](const auto&) {
      return ScriptedReply::http(status, "no such hook",
                                 {{"Location", "http://elsewhere.example/"}});
    });
    const auto sent = post(server.address() + "/hook/very-secret-token");
    ASSERT_FALSE(sent) << status;
    EXPECT_EQ(sent.error().code, code) << status;
    EXPECT_NE(sent.error().message.en.find(std::to_string(status)), std::string::npos);
    EXPECT_EQ(sent.error().message.en.find("secret"), std::string::npos);
    EXPECT_EQ(server.requests().size(), 1u) << "a redirect is not followed";
  }
}

TEST(Webhook, GoesNowhereElse) {
  for (const char* url : {"file:///etc/passwd", "ftp://x/", "gopher://x/", "hook", ""}) {
    EXPECT_FALSE(make_webhook_channel({url, {}, {}}, kClock)) << url;
  }
}

}  // namespace
}  // namespace mw::notify
