#include "notify/internal/transfer.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/scripted_server.h"

namespace mw::notify {
namespace {

using testing_support::ScriptedReply;
using testing_support::ScriptedServer;

Transfer post_to(const std::string& url) {
  Transfer out;
  out.url = url;
  out.body = "{}";
  return out;
}

TEST(Transfer, EndsWhenItIsToldTo) {
  ScriptedServer server([](const auto&) {
    ScriptedReply reply;
    reply.hang = true;
    return reply;
  });
  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  const auto sent = perform(post_to(server.address()), "hook", stop.get_token());
  later.join();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kCancelled);
}

TEST(Transfer, EndsByItself) {
  ScriptedServer server([](const auto&) {
    ScriptedReply reply;
    reply.hang = true;
    return reply;
  });
  Transfer transfer = post_to(server.address());
  transfer.timeout_s = 1;
  const auto sent = perform(transfer, "hook", {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kDeadlineExceeded);
  EXPECT_EQ(sent.error().message.en.find("hook: "), 0u);
}

TEST(Transfer, KeepsLittleOfAnAnswerHoweverLongItIs) {
  ScriptedServer server(
      [](const auto&) { return ScriptedReply::http(500, std::string(1 << 20, 'x')); });
  const auto sent = perform(post_to(server.address()), "hook", {});
  ASSERT_FALSE(sent);
  EXPECT_LT(sent.error().message.en.size(), 600u);
}

TEST(Transfer, SpeaksNothingButWhatItIsFor) {
  for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1:1/x", "gopher://127.0.0.1:1/"}) {
    const auto sent = perform(post_to(url), "hook", {});
    ASSERT_FALSE(sent) << url;
    EXPECT_NE(sent.error().message.en.find("rotocol"), std::string::npos)
        << sent.error().message.en;
  }
}

}  // namespace
}  // namespace mw::notify
