// Against nobody; a real mail server: tests/integration/notify_test.py.
#include "notify/email_channel.h"

#include <gtest/gtest.h>

#include <functional>

namespace mw::notify {
namespace {

const FixedClock kClock(1'760'000'000'123 * kNsPerMs);
const std::vector<Message> kOne{{"k", "subject", "text", {{"alarm", "a1"}}}};

TEST(Email, RefusesOptionsThatCannotBe) {
  const EmailOptions good{"smtp://127.0.0.1:1", true, {}, {}, {}, "a@b", {"c@d"}};
  ASSERT_TRUE(make_email_channel(good, kClock));
  const auto wrong = [&](const std::function<void(EmailOptions&)>& change) {
    EmailOptions options = good;
    change(options);
    const auto made = make_email_channel(options, kClock);
    return made ? std::string("nothing") : made.error().param;
  };
  EXPECT_EQ(wrong([](EmailOptions& o) { o.server = "mail:25"; }), "server");
  EXPECT_EQ(wrong([](EmailOptions& o) { o.from = "a"; }), "from");
  EXPECT_EQ(wrong([](EmailOptions& o) { o.to.clear(); }), "to");
  EXPECT_EQ(wrong([](EmailOptions& o) { o.to.push_back("x@y\r\nDATA"); }), "to");
  EXPECT_EQ(wrong([](EmailOptions& o) {
              o.user = "u";
              o.require_tls = false;
            }),
            "tls");
}

TEST(Email, AServerThatIsNotThereIsNamed) {
  auto channel =
      make_email_channel({"smtp://127.0.0.1:1", false, {}, {}, {}, "a@b", {"c@d"}}, kClock);
  const auto sent = (*channel)->send(kOne, {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kUnavailable);
  EXPECT_EQ(sent.error().message.en.find("smtp://127.0.0.1:1: "), 0u);
}

}  // namespace
}  // namespace mw::notify
