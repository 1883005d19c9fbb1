#include "maintenance/health/replay_jobs.h"

#include <gtest/gtest.h>

#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

class ReplayJobsTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    jobs_.reset();
    jobs_ = ReplayJobs::open((folder_.path() / "maintenance.db").string()).value();
  }
  static Result<void> nothing_to_record(const ReplayJob&) { return {}; }

  testing_support::TemporaryFolder folder_;
  std::unique_ptr<ReplayJobs> jobs_;
};

TEST_F(ReplayJobsTest, TellHowFarOneIsAndThatItIsDone) {
  EXPECT_FALSE(jobs_->find("m1"));
  const auto ticket = jobs_->begin("m1", 2, "li", 5);
  ASSERT_TRUE(ticket);
  EXPECT_TRUE(jobs_->report(*ticket, 0, 1'000));
  EXPECT_TRUE(jobs_->report(*ticket, 250, 1'000));
  const ReplayJob running = *jobs_->find("m1");
  EXPECT_EQ(running.state, ReplayState::kRunning);
  EXPECT_EQ(running.rows_done, 250);
  EXPECT_GT(running.rows_per_s, 0);
  bool kept = false;
  jobs_->finish(*ticket, 9, [&](const ReplayJob& job) -> Result<void> {
    kept = job.by == "li";
    return {};
  });
  EXPECT_TRUE(kept);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(jobs_->find("m1")->state, ReplayState::kDone);
    EXPECT_EQ(jobs_->find("m1")->ended_ns, 9);
    open();
  }
}

TEST_F(ReplayJobsTest, LetOneOfAMachineRunAtATime) {
  ASSERT_TRUE(jobs_->begin("m1", 2, "li", 5));
  EXPECT_EQ(jobs_->begin("m1", 1, "wang", 6).error().code, Code::kConflict);
  EXPECT_TRUE(jobs_->begin("m2", 1, "wang", 6));
}

TEST_F(ReplayJobsTest, KeepNothingOfOneThatWasCancelled) {
  const auto first = jobs_->begin("m1", 2, "li", 5);
  EXPECT_EQ(jobs_->cancel("m2", 6, nothing_to_record).error().code, Code::kConflict);
  const auto full = [](const ReplayJob&) -> Result<void> {
    return Error::make(Code::kUnavailable, "the disk is full", "磁盘已满");
  };
  EXPECT_EQ(jobs_->cancel("m1", 6, full).error().code, Code::kUnavailable);
  EXPECT_TRUE(jobs_->report(*first, 1, 9)) << "what is not recorded is not cancelled";
  ASSERT_TRUE(jobs_->cancel("m1", 6, nothing_to_record));
  const auto second = jobs_->begin("m1", 2, "li", 7);
  ASSERT_TRUE(second) << "another one may start at once";
  EXPECT_FALSE(jobs_->report(*first, 2, 9));
  jobs_->finish(*first, 8, [](const ReplayJob&) -> Result<void> {
    ADD_FAILURE();
    return {};
  });
  jobs_->fail(*first, 8, {"x", "x"});
  EXPECT_EQ(jobs_->find("m1")->state, ReplayState::kRunning);
}

TEST_F(ReplayJobsTest, TellWhyOneFailed) {
  const auto ticket = jobs_->begin("m1", 2, "li", 5);
  jobs_->fail(*ticket, 8, {"a tag is gone", "标签已不存在"});
  open();
  EXPECT_EQ(jobs_->find("m1")->state, ReplayState::kFailed);
  EXPECT_EQ(jobs_->find("m1")->problem.zh, "标签已不存在");
}

TEST_F(ReplayJobsTest, TellThatAStopInterruptedOneWhichMayStartAgain) {
  const auto ticket = jobs_->begin("m1", 2, "li", 5);
  jobs_->stop();
  EXPECT_FALSE(jobs_->report(*ticket, 1, 9));
  jobs_->fail(*ticket, 6, {"given up", ""});
  open();
  EXPECT_EQ(jobs_->find("m1")->state, ReplayState::kInterrupted);
  EXPECT_TRUE(jobs_->begin("m1", 2, "li", 7));
}

TEST_F(ReplayJobsTest, ForgetWhoStartedOne) {
  ASSERT_TRUE(jobs_->begin("m1", 2, "Li", 5));
  ASSERT_TRUE(jobs_->forget("lI"));
  EXPECT_EQ(jobs_->find("m1")->by, "?");
  open();
  EXPECT_EQ(jobs_->find("m1")->by, "?");
}

/// A monitor whose version 1 is replayed over some running.
class BackgroundReplay : public HealthMonitorFixture {
 protected:
  void SetUp() override {
    HealthMonitorFixture::SetUp();
    stores_ = true;
    run_rows(240, 0);
  }
  ReplayJob ended() {
    ReplayJob job;
    do {
      std::this_thread::yield();
      job = **monitor_->replay_job(kViewerOfA, "m1");
    } while (job.state == ReplayState::kRunning);
    return job;
  }
};

TEST_F(BackgroundReplay, IsKeptWithItsVersionAndAudited) {
  const auto started = monitor_->start_replay(kEngineer, "m1", 1);
  ASSERT_TRUE(started) << started.error().message.en;
  EXPECT_EQ(ended().state, ReplayState::kDone) << ended().problem.en;
  EXPECT_EQ(ended().rows_done, ended().rows);
  const auto replay = monitor_->versions(kViewerOfA, "m1")->versions[0].replay;
  ASSERT_TRUE(replay);
  EXPECT_EQ(replay->made_by, "li");
  EXPECT_EQ(audit_->actions.back(), "maintenance.replay asset:m1");
}

TEST_F(BackgroundReplay, FailsWhereTheAuditLogIsFullAndKeepsNothing) {
  audit_->full = true;
  ASSERT_TRUE(monitor_->start_replay(kEngineer, "m1", 1));
  EXPECT_EQ(ended().state, ReplayState::kFailed);
  EXPECT_EQ(ended().problem.en, "the disk is full");
  EXPECT_FALSE(monitor_->versions(kViewerOfA, "m1")->versions[0].replay);
}

TEST_F(BackgroundReplay, IsStartedAndCancelledByEngineersOfTheLineAlone) {
  EXPECT_FALSE(monitor_->replay_job(kViewerOfA, "m1")->has_value());
  EXPECT_EQ(monitor_->replay_job(kOperatorOfB, "m1").error().code, Code::kNotFound);
  for (const Identity& who : {kViewerOfA, kEngineerOfB}) {
    EXPECT_EQ(monitor_->start_replay(who, "m1", 1).error().code, Code::kPermissionDenied);
    EXPECT_EQ(monitor_->cancel_replay(who, "m1").error().code, Code::kPermissionDenied);
  }
  EXPECT_EQ(monitor_->start_replay(kOperatorOfB, "m1", 1).error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->cancel_replay(kOperatorOfB, "m1").error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->start_replay(kEngineer, "m1", 9).error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->cancel_replay(kEngineer, "m1").error().code, Code::kConflict);
}

TEST_F(BackgroundReplay, IsGivenUpBetweenTwoStretchesWithNothingKept) {
  int asked = 0;
  const auto given_up = monitor_->replay(kEngineer, "m1", 1, [&](int64_t done, int64_t rows) {
    EXPECT_LE(done, rows);
    return ++asked < 2;
  });
  EXPECT_EQ(given_up.error().code, Code::kCancelled);
  EXPECT_EQ(asked, 2);
  EXPECT_FALSE(monitor_->versions(kViewerOfA, "m1")->versions[0].replay);
  EXPECT_TRUE(audit_->actions.empty());
}

}  // namespace
}  // namespace mw::maintenance
