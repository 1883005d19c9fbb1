#include "alarms/escalation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace mw::alarms {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Identity kOperator{Identity::Kind::kPerson, "olga", {{Role::kOperator, {"*"}, {}}}};

/// Refuses all, so that what is to be told stays in the outbox.
class DeadChannel final : public notify::Channel {
 public:
  Result<void> send(const std::vector<notify::Message>&, std::stop_token) override {
    return Error::make(Code::kUnavailable, "nobody answers", "无应答");
  }
};

class EscalationTest : public testing::Test {
 protected:
  EscalationTest() {
    AlarmOptions options;
    options.path = (folder_.path() / "alarms.db").string();
    options.catalogue = catalogue_;
    options.clock = &clock_;
    options.log = no_log();
    alarms_ = std::move(Alarms::open(std::move(options)).value());
    restart();
  }
  void restart() {
    escalation_.reset();
    sender_.reset();
    outbox_ = notify::Outbox::open((folder_.path() / "notify.db").string()).value();
    notify::SenderOptions options;
    options.outbox = outbox_;
    options.channels["shift"] = std::make_unique<DeadChannel>();
    options.channels["manager"] = std::make_unique<DeadChannel>();
    options.clock = &clock_;
    options.first_pause_ns = options.most_pause_ns = kNsPerHour;
    sender_ = std::make_unique<notify::Sender>(std::move(options));
    EscalationOptions steps;
    steps.steps = {{"first", 2 * kNsPerMinute, Priority::kMedium, {"a"}, {"shift"}},
                   {"second", 10 * kNsPerMinute, Priority::kMedium, {"*"}, {"shift", "manager"}}};
    steps.languages["manager"] = Language::kZh;
    steps.console_url = "https://millwright.plant";
    steps.clock = &clock_;
    escalation_ = std::make_unique<Escalation>(*alarms_, *sender_, *outbox_, std::move(steps));
  }
  void look(int64_t second) {
    clock_.set(kStart + second * kNsPerSecond);
    alarms_->tick();
    escalation_->tick();
  }
  void temperature(int64_t second, double value, const std::string& asset = "m1") {
    clock_.set(kStart + second * kNsPerSecond);
    plant::TagValue now;
    now.tag = asset + "/t";
    now.value = value;
    now.quality = Quality::kGood;
    alarms_->take({now});
    look(second);
  }
  /// An alarm that stands from second 10 on.
  void hot(const std::string& asset = "m1") {
    temperature(0, 95, asset);
    look(10);
  }
  void act(Alarms::Action action, const std::string& note = {}, int64_t for_ns = 0) {
    const auto done = alarms_->act(kOperator, {action, "m1.t.high", note, for_ns});
    ASSERT_TRUE(done) << done.error().message.en;
  }
  void wait_for_failure(const std::string& channel) const {
    const auto failed = [&] {
      const auto health = sender_->health();
      return std::any_of(health.begin(), health.end(), [&](const notify::ChannelHealth& each) {
        return each.name == channel && each.problem;
      });
    };
    for (int i = 0; i < 3000 && !failed(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_TRUE(failed());
  }
  /// "channel event", oldest first.
  std::vector<std::string> messages() {
    std::vector<std::string> out;
    const auto entries = outbox_->newest(100);
    EXPECT_TRUE(entries);
    for (const auto& each : *entries) {
      const std::string state = each.state == notify::MessageState::kWaiting
                                    ? ""
                                    : " " + std::string(state_name(each.state));
      out.insert(out.begin(),
                 each.channel + " " + json_string(each.message.facts, "event").value() + state);
    }
    return out;
  }
  /// As if the channels had taken what waits.
  void deliver() {
    for (const char* channel : {"shift", "manager"}) {
      ASSERT_TRUE(outbox_->sent(*outbox_->waiting(channel, 100), clock_.now_ns()));
    }
  }

  static constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kStart};
  std::shared_ptr<const plant::Catalogue> catalogue_ = plant::Catalogue::parse(R"json({
        "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
        "kinds": [{"id": "machine", "states": [{"id": "running"}],
                   "tags": [{"id": "state", "kind": "state"},
                            {"id": "t", "unit": "degC", "normal": [null, 80]}]}],
        "assets": [{"id": "m1", "kind": "machine", "line": "a"},
                   {"id": "m2", "kind": "machine", "line": "b"}]})json")
                                                           .value();
  std::unique_ptr<Alarms> alarms_;
  std::shared_ptr<notify::Outbox> outbox_;
  std::unique_ptr<notify::Sender> sender_;
  std::unique_ptr<Escalation> escalation_;
};

TEST_F(EscalationTest, TellsEachRungOnceWhenItsTimeHasCome) {
  hot();
  look(129);
  EXPECT_THAT(messages(), IsEmpty()) << "119 s: somebody may still see it";
  look(130);
  look(131);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged"));
  look(610);
  look(900);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged", "manager unacknowledged"));
  const auto entries = *outbox_->newest(2);
  EXPECT_THAT(entries[1].message.subject, HasSubstr("[MEDIUM] m1: "));
  EXPECT_THAT(entries[1].message.subject, HasSubstr("not acknowledged for 2 min"));
  EXPECT_THAT(entries[1].message.text, HasSubstr("95 degC"));
  EXPECT_THAT(entries[1].message.text, HasSubstr("https://millwright.plant/alarms"));
  EXPECT_THAT(entries[0].message.subject, HasSubstr("10 分钟无人确认"));
}

TEST_F(EscalationTest, TellsOnlyOfLinesAndPrioritiesThatTheRungIsFor) {
  hot("m2");  // line b has only the second rung
  look(400);
  EXPECT_THAT(messages(), IsEmpty());
  look(700);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged", "manager unacknowledged"));
}

TEST_F(EscalationTest, TakesBackWhatNobodyHasGotYet) {
  hot();
  look(130);
  wait_for_failure("shift");  // what is being handed over this moment is not taken back
  act(Alarms::Action::kAcknowledge);
  look(131);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged withdrawn"));
  look(2000);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged withdrawn"));
}

TEST_F(EscalationTest, TellsTheSamePeopleHowItEnded) {
  hot();
  look(130);
  deliver();
  act(Alarms::Action::kAcknowledge, "pump restarted");
  look(131);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent", "shift ended"));
  const notify::Message ended = outbox_->newest(1)->front().message;
  EXPECT_THAT(ended.subject, HasSubstr("acknowledged by olga"));
  EXPECT_THAT(ended.text, HasSubstr("pump restarted"));
}

TEST_F(EscalationTest, TellsAgainWhenItComesAgainOrComesBackFromTheShelf) {
  hot();
  look(130);
  deliver();
  act(Alarms::Action::kShelve, "sensor is being changed", kNsPerHour);
  look(140);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent", "shift ended"));
  deliver();
  look(140 + 3601);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent", "shift ended sent"));
  look(140 + 3601 + 121);
  EXPECT_THAT(messages(),
              ElementsAre("shift unacknowledged sent", "shift ended sent", "shift unacknowledged"));
}

TEST_F(EscalationTest, ARestartTellsNothingTwiceAndForgetsNoEnd) {
  hot();
  look(130);
  deliver();
  restart();
  look(140);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent"));
  act(Alarms::Action::kAcknowledge);
  restart();
  look(150);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent", "shift ended"));
  deliver();
  restart();
  look(160);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent", "shift ended sent"));
}

TEST_F(EscalationTest, WhoWasNeverReachedIsNotToldTheEnd) {
  hot();
  look(130);
  ASSERT_TRUE(outbox_->failed(*outbox_->waiting("shift", 9), {"no route", ""}, false,
                              clock_.now_ns(), clock_.now_ns() + 1));
  act(Alarms::Action::kAcknowledge);
  look(140);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged given_up"));
}

TEST_F(EscalationTest, TellsTheEndOfAnAlarmWhoseRuleWasRemoved) {
  hot();
  look(130);
  deliver();
  const Identity engineer{Identity::Kind::kPerson, "erik", {{Role::kEngineer, {"*"}, {}}}};
  ASSERT_TRUE(alarms_->remove_rule(engineer, "m1.t.high"));
  look(140);
  EXPECT_THAT(messages(), ElementsAre("shift unacknowledged sent", "shift ended"));
  EXPECT_THAT(outbox_->newest(1)->front().message.subject, HasSubstr("m1.t.high"));
}

TEST_F(EscalationTest, WhatNobodyHasToAcknowledgeIsNotTold) {
  hot();
  act(Alarms::Action::kShelve, "known", kNsPerHour);
  look(700);
  EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(EscalationTest, ShowsWhoWasToldAndWhetherItArrived) {
  hot();
  look(610);
  ASSERT_TRUE(outbox_->sent(*outbox_->waiting("shift", 9), clock_.now_ns()));
  const Text problem{"nobody answers", "无应答"};
  ASSERT_TRUE(outbox_->failed(*outbox_->waiting("manager", 9), problem, false, clock_.now_ns(), 0));
  const auto told = escalation_->messages(kOperator, 10);
  ASSERT_TRUE(told);
  ASSERT_EQ(told->size(), 2U);
  const auto find = [&](const char* channel) {
    return *std::find_if(told->begin(), told->end(),
                         [&](const ToldMessage& each) { return each.channel == channel; });
  };
  EXPECT_EQ(find("shift").state, notify::MessageState::kSent);
  EXPECT_EQ(find("shift").step, "first");
  EXPECT_EQ(find("shift").alarm, "m1.t.high");
  EXPECT_FALSE(find("shift").ended);
  EXPECT_EQ(find("manager").state, notify::MessageState::kWaiting);
  EXPECT_EQ(find("manager").step, "second");
  EXPECT_EQ(find("manager").problem.zh, "无应答");
  EXPECT_EQ(escalation_->messages(kOperator, 1)->size(), 1U);
  act(Alarms::Action::kAcknowledge, "on my way");
  look(620);
  EXPECT_TRUE(escalation_->messages(kOperator, 1)->front().ended);
}

TEST_F(EscalationTest, ShowsNothingOfLinesThatOneMayNotSee) {
  hot();
  look(610);
  const Identity bob{Identity::Kind::kPerson, "bob", {{Role::kOperator, {"b"}, {}}}};
  EXPECT_THAT(escalation_->messages(bob, 10).value(), IsEmpty());
  const auto steps = escalation_->steps(bob);
  ASSERT_TRUE(steps);
  ASSERT_EQ(steps->size(), 1U) << "the first is for line a only";
  EXPECT_EQ(steps->front().name, "second");
  const auto channels = escalation_->channels(bob);
  ASSERT_TRUE(channels);
  for (const notify::ChannelHealth& each : *channels) EXPECT_EQ(each.waiting, 0) << each.name;
  EXPECT_EQ(escalation_->channels(kOperator)->size(), 2U);
  const Identity both{
      Identity::Kind::kPerson, "gao", {{Role::kViewer, {"a"}, {}}, {Role::kOperator, {"b"}, {}}}};
  EXPECT_THAT(escalation_->messages(both, 10).value(), IsEmpty()) << "only looks at line a";
  EXPECT_EQ(escalation_->steps(both)->size(), 1U);
  const Identity viewer{Identity::Kind::kPerson, "vera", {{Role::kViewer, {"*"}, {}}}};
  EXPECT_EQ(escalation_->messages(viewer, 10).error().code, Code::kPermissionDenied);
  EXPECT_EQ(escalation_->steps(viewer).error().code, Code::kPermissionDenied);
  EXPECT_EQ(escalation_->channels(viewer).error().code, Code::kPermissionDenied);
}

}  // namespace
}  // namespace mw::alarms
