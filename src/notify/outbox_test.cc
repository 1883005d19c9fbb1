#include "notify/outbox.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace mw::notify {
namespace {

Message message(const std::string& key) { return {key, "s " + key, "t", {{"n", 1}}}; }

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() { open(); }
  void open() {
    outbox_.reset();
    outbox_ = Outbox::open((folder_.path() / "notify.db").string()).value();
  }
  std::string waiting(const std::string& channel = "a") {
    std::string out;
    const auto entries = *outbox_->waiting(channel, 10);
    for (const auto& each : entries) out += each.message.key + " ";
    return out;
  }
  const testing_support::TemporaryFolder folder_;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, TakesAMessageOnceForEachChannelAndKeepsItOverARestart) {
  EXPECT_TRUE(*outbox_->put("a", message("1"), 10));
  EXPECT_FALSE(*outbox_->put("a", message("1"), 11));
  EXPECT_TRUE(*outbox_->put("b", message("1"), 12));
  EXPECT_TRUE(*outbox_->put("a", message("2"), 13));
  open();
  EXPECT_EQ(waiting(), "1 2 ");
  const OutboxEntry first = outbox_->waiting("a", 1)->front();
  EXPECT_EQ(first.message.subject, "s 1");
  EXPECT_EQ(first.message.facts, (Json{{"n", 1}}));
  EXPECT_EQ(first.created_ns, 10);
  ASSERT_TRUE(outbox_->sent({first}, 20));
  EXPECT_FALSE(*outbox_->put("a", message("1"), 30)) << "what was sent is not sent again";
  EXPECT_EQ(waiting(), "2 ");
  EXPECT_EQ(waiting("b"), "1 ");
}

TEST_F(OutboxTest, TakesBackOnlyWhatStillWaits) {
  ASSERT_TRUE(outbox_->put("a", message("1"), 10));
  ASSERT_TRUE(outbox_->put("a", message("2"), 10));
  ASSERT_TRUE(outbox_->sent(*outbox_->waiting("a", 1), 20));
  EXPECT_FALSE(*outbox_->withdraw("a", "1", 30));
  EXPECT_TRUE(*outbox_->withdraw("a", "2", 30));
  EXPECT_TRUE(*outbox_->withdraw("a", "3", 30)) << "nobody has what was never there";
  EXPECT_EQ(waiting(), "");
  EXPECT_EQ(outbox_->newest(10)->front().state, MessageState::kWithdrawn);
}

TEST_F(OutboxTest, TakesNothingBackThatMayHaveArrived) {
  ASSERT_TRUE(outbox_->put("a", message("under way"), 10));
  ASSERT_TRUE(outbox_->sending(*outbox_->waiting("a", 9)));
  EXPECT_FALSE(*outbox_->withdraw("a", "under way", 20));
  ASSERT_TRUE(outbox_->failed(*outbox_->waiting("a", 9), {"timed out", ""}, true, 30, 0));
  EXPECT_FALSE(*outbox_->withdraw("a", "under way", 40)) << "a mail server may have taken it";
  ASSERT_TRUE(outbox_->sending(*outbox_->waiting("a", 9)));
  ASSERT_TRUE(outbox_->failed(*outbox_->waiting("a", 9), {"refused", ""}, false, 50, 0));
  EXPECT_TRUE(*outbox_->withdraw("a", "under way", 60));
  ASSERT_TRUE(outbox_->put("a", message("given up"), 10));
  ASSERT_TRUE(outbox_->failed(*outbox_->waiting("a", 9), {"refused", ""}, false, 50, 40));
  EXPECT_TRUE(*outbox_->withdraw("a", "given up", 60));
}

TEST_F(OutboxTest, HandsOverNothingThatWasTakenBackSinceItWasRead) {
  ASSERT_TRUE(outbox_->put("a", message("1"), 10));
  ASSERT_TRUE(outbox_->put("a", message("2"), 10));
  const auto read = *outbox_->waiting("a", 9);
  EXPECT_TRUE(*outbox_->withdraw("a", "1", 20));
  const auto left = *outbox_->sending(read);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].message.key, "2");
}

TEST_F(OutboxTest, SaysWhyAnAttemptFailedAndGivesUpWhatIsTooOld) {
  ASSERT_TRUE(outbox_->put("a", message("old"), 10));
  ASSERT_TRUE(outbox_->put("a", message("new"), 50));
  ASSERT_TRUE(outbox_->sending(*outbox_->waiting("a", 9)));
  ASSERT_TRUE(outbox_->failed(*outbox_->waiting("a", 9), {"no route", "无路由"}, false, 60, 40));
  EXPECT_EQ(waiting(), "new ");
  const auto all = *outbox_->newest(10);
  EXPECT_EQ(all[0].attempts, 1);
  EXPECT_EQ(all[0].problem.zh, "无路由");
  EXPECT_EQ(all[1].state, MessageState::kGivenUp);
  EXPECT_EQ(all[1].done_ns, 60);
}

TEST_F(OutboxTest, ForgetsWhatIsDoneWithAndNothingElse) {
  ASSERT_TRUE(outbox_->put("a", message("sent"), 10));
  ASSERT_TRUE(outbox_->sent(*outbox_->waiting("a", 9), 20));
  ASSERT_TRUE(outbox_->put("a", message("waits"), 10));
  ASSERT_TRUE(outbox_->forget(20));
  EXPECT_EQ(outbox_->newest(10)->size(), 2u);
  ASSERT_TRUE(outbox_->forget(21));
  ASSERT_EQ(outbox_->newest(10)->size(), 1u);
  EXPECT_EQ(waiting(), "waits ");
}

}  // namespace
}  // namespace mw::notify
