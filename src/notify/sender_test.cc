#include "notify/sender.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/temporary_folder.h"

namespace mw::notify {
namespace {

/// What a channel was given; fails or hangs when told to.
struct FakeState {
  std::mutex mutex;
  std::vector<std::size_t> sizes;
  std::vector<std::string> keys;
  bool fails = false;
  bool hangs = false;
};

class FakeChannel final : public Channel {
 public:
  explicit FakeChannel(FakeState& state) : state_(state) {}
  Result<void> send(const std::vector<Message>& messages, std::stop_token stop) override {
    while (true) {
      {
        const std::lock_guard<std::mutex> guard(state_.mutex);
        if (!state_.hangs) break;
      }
      if (stop.stop_requested()) return Error::make(Code::kCancelled, "stopped");
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    const std::lock_guard<std::mutex> guard(state_.mutex);
    if (state_.fails) return Error::make(Code::kUnavailable, "no route to the mail server");
    state_.sizes.push_back(messages.size());
    for (const Message& each : messages) state_.keys.push_back(each.key);
    return {};
  }

 private:
  FakeState& state_;
};

bool soon(const std::function<bool()>& is_so) {
  for (int i = 0; i < 1000 && !is_so(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return is_so();
}

class SenderTest : public testing::Test {
 protected:
  SenderTest() {
    outbox_ = Outbox::open((folder_.path() / "notify.db").string()).value();
    start();
  }
  void start() {
    sender_.reset();
    SenderOptions options;
    options.outbox = outbox_;
    options.channels["a"] = std::make_unique<FakeChannel>(a_);
    options.channels["b"] = std::make_unique<FakeChannel>(b_);
    options.clock = &clock_;
    options.first_pause_ns = 5 * kNsPerMs;
    options.most_pause_ns = 20 * kNsPerMs;
    sender_ = std::make_unique<Sender>(std::move(options));
  }
  void set(FakeState& state, bool FakeState::*what, bool value) {
    const std::lock_guard<std::mutex> guard(state.mutex);
    state.*what = value;
  }
  std::vector<std::string> keys(FakeState& state) {
    const std::lock_guard<std::mutex> guard(state.mutex);
    return state.keys;
  }
  ChannelHealth health(const std::string& name) {
    for (const ChannelHealth& each : sender_->health()) {
      if (each.name == name) return each;
    }
    return {};
  }
  void put(const std::string& channel, const std::string& key) {
    ASSERT_TRUE(sender_->put(channel, {key, "subject", "text", Json::object()}));
  }
  const testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNsPerDay};
  FakeState a_, b_;
  std::shared_ptr<Outbox> outbox_;
  std::unique_ptr<Sender> sender_;
};

using Keys = std::vector<std::string>;

TEST_F(SenderTest, HandsOverEachMessageOnce) {
  put("a", "1");
  put("a", "1");
  put("b", "2");
  EXPECT_TRUE(soon([&] { return keys(a_) == Keys{"1"} && keys(b_) == Keys{"2"}; }));
  EXPECT_TRUE(soon([&] { return health("a").last_sent_ns == kNsPerDay; }));
  EXPECT_EQ(sender_->put("c", {"3", "", "", Json::object()}).error().code, Code::kNotFound);
}

TEST_F(SenderTest, AChannelThatHangsHoldsUpNoOtherAndNoEnd) {
  set(a_, &FakeState::hangs, true);
  put("a", "1");
  put("b", "2");
  EXPECT_TRUE(soon([&] { return keys(b_) == Keys{"2"}; }));
  sender_.reset();  // returns: the channel was asked to stop
  EXPECT_EQ(outbox_->waiting("a", 10)->size(), 1u) << "and its message waits for the next start";
  set(a_, &FakeState::hangs, false);
  start();
  EXPECT_TRUE(soon([&] { return keys(a_) == Keys{"1"}; }));
}

TEST_F(SenderTest, TriesAgainAndSaysWhyUntilItGoesThroughAsOne) {
  set(a_, &FakeState::fails, true);
  put("a", "1");
  EXPECT_TRUE(soon([&] { return health("a").problem.has_value(); }));
  EXPECT_EQ(health("a").problem->en, "no route to the mail server");
  EXPECT_GT(health("a").next_ns, clock_.now_ns());
  put("a", "2");
  put("a", "3");
  EXPECT_TRUE(soon([&] { return health("a").waiting == 3; }));
  set(a_, &FakeState::fails, false);
  EXPECT_TRUE(soon([&] { return keys(a_).size() == 3; }));
  EXPECT_TRUE(soon([&] { return !health("a").problem.has_value(); }));
  const std::lock_guard<std::mutex> guard(a_.mutex);
  EXPECT_EQ(a_.sizes, std::vector<std::size_t>{3}) << "one mail of three alarms";
}

TEST_F(SenderTest, AChannelWhoseMessagesWereTakenBackIsNotCalledFailed) {
  set(a_, &FakeState::fails, true);
  put("a", "1");
  EXPECT_TRUE(soon([&] { return health("a").problem.has_value(); }));
  EXPECT_TRUE(soon([&] { return sender_->withdraw("a", "1").value_or(false); }));
  EXPECT_TRUE(soon([&] { return !health("a").problem.has_value(); }));
  EXPECT_EQ(health("a").waiting, 0);
  set(a_, &FakeState::fails, false);
  put("a", "2");
  EXPECT_TRUE(soon([&] { return keys(a_) == Keys{"2"}; }));
}

TEST_F(SenderTest, WhatIsUnderWayIsNotTakenBack) {
  set(a_, &FakeState::hangs, true);
  put("a", "1");
  EXPECT_TRUE(soon([&] { return outbox_->newest(1)->front().attempts == 1; }));
  EXPECT_FALSE(*sender_->withdraw("a", "1"));
  set(a_, &FakeState::hangs, false);
  EXPECT_TRUE(soon([&] { return keys(a_) == Keys{"1"}; }));
}

TEST_F(SenderTest, GivesUpAfterADay) {
  set(a_, &FakeState::fails, true);
  put("a", "1");
  EXPECT_TRUE(soon([&] { return health("a").problem.has_value(); }));
  clock_.set(2 * kNsPerDay + kNsPerHour);
  EXPECT_TRUE(soon([&] { return outbox_->newest(1)->front().state == MessageState::kGivenUp; }));
}

}  // namespace
}  // namespace mw::notify
