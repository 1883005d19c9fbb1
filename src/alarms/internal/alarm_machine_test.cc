// The states of ISA-18.2 and the ways between them.
#include "alarms/internal/alarm_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace mw::alarms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimeNs s(int64_t seconds) { return 1'000'000 * kNsPerSecond + seconds * kNsPerSecond; }

class AlarmMachineTest : public testing::Test {
 protected:
  static AlarmRule rule(double on_s = 0, double off_s = 0, bool latching = false) {
    AlarmRule out;
    out.delay_on_ns = static_cast<int64_t>(on_s * 1e9);
    out.delay_off_ns = static_cast<int64_t>(off_s * 1e9);
    out.latching = latching;
    return out;
  }
  std::vector<Event> step(TimeNs now, bool condition, Truth unless = Truth::kFalse) {
    return step(now, condition ? Truth::kTrue : Truth::kFalse, unless);
  }
  std::vector<Event> step(TimeNs now, Truth condition, Truth unless = Truth::kFalse) {
    std::vector<Event> events;
    machine_.step(now, condition, unless, [&](Event event) { events.push_back(event); });
    return events;
  }
  AlarmMachine::OnEvent into(std::vector<Event>& events) {
    return [&events](Event event) { events.push_back(event); };
  }
  State state() const { return machine_.status().state(); }

  AlarmMachine machine_{rule(), {}};
};

TEST_F(AlarmMachineTest, ComesIsAcknowledgedAndGoes) {
  EXPECT_THAT(step(s(0), false), IsEmpty());
  EXPECT_THAT(step(s(1), true), ElementsAre(Event::kRaised));
  EXPECT_EQ(state(), State::kUnacknowledged);
  ASSERT_TRUE(machine_.acknowledge(s(2)));
  EXPECT_EQ(state(), State::kAcknowledged);
  EXPECT_EQ(machine_.acknowledge(s(2)).error().code, Code::kConflict);
  EXPECT_THAT(step(s(3), false), ElementsAre(Event::kReturned));
  EXPECT_EQ(state(), State::kNormal);
}

TEST_F(AlarmMachineTest, WhatWentBeforeAnybodySawItWaitsToBeSeen) {
  step(s(0), true);
  EXPECT_THAT(step(s(1), false), ElementsAre(Event::kReturned));
  EXPECT_EQ(state(), State::kReturned);
  EXPECT_THAT(step(s(2), true), ElementsAre(Event::kRaised));
  EXPECT_EQ(state(), State::kUnacknowledged);
  step(s(3), false);
  ASSERT_TRUE(machine_.acknowledge(s(4)));
  EXPECT_EQ(state(), State::kNormal);
}

TEST_F(AlarmMachineTest, DelaysCountOnlyWhileTheConditionIsSeenToHold) {
  machine_ = AlarmMachine(rule(10, 5), {});
  EXPECT_THAT(step(s(0), true), IsEmpty());
  EXPECT_EQ(machine_.next_ns(), s(10));
  EXPECT_THAT(step(s(5), false), IsEmpty());
  EXPECT_EQ(machine_.next_ns(), std::nullopt);
  EXPECT_THAT(step(s(6), true), IsEmpty());
  EXPECT_THAT(step(s(15), true), IsEmpty());
  EXPECT_THAT(step(s(15), Truth::kUnknown), IsEmpty());
  EXPECT_THAT(step(s(16), true), IsEmpty()) << "it was not seen to hold all the time";
  EXPECT_THAT(step(s(26), true), ElementsAre(Event::kRaised));
  EXPECT_EQ(machine_.status().active_since_ns, s(16));
  EXPECT_THAT(step(s(27), false), IsEmpty());
  EXPECT_THAT(step(s(32), false), ElementsAre(Event::kReturned));
}

TEST_F(AlarmMachineTest, ALatchedAlarmStaysUntilItIsReset) {
  machine_ = AlarmMachine(rule(0, 0, true), {});
  step(s(0), true);
  EXPECT_EQ(machine_.reset(s(0)).error().code, Code::kConflict);
  ASSERT_TRUE(machine_.acknowledge(s(1)));
  EXPECT_FALSE(machine_.reset(s(1))) << "the condition still holds";
  step(s(2), false);
  EXPECT_EQ(state(), State::kLatched);
  ASSERT_TRUE(machine_.reset(s(3)));
  EXPECT_EQ(state(), State::kNormal);
}

TEST_F(AlarmMachineTest, AShelvedAlarmIsQuietUntilItsTimeIsOverAndThenNews) {
  step(s(0), true);
  ASSERT_TRUE(machine_.shelve(s(1), s(100)));
  EXPECT_EQ(state(), State::kShelved);
  EXPECT_EQ(machine_.next_ns(), s(100));
  EXPECT_THAT(step(s(2), false), IsEmpty());
  EXPECT_THAT(step(s(3), true), IsEmpty());
  EXPECT_THAT(step(s(100), true), ElementsAre(Event::kUnshelved, Event::kRaised));
  EXPECT_EQ(state(), State::kUnacknowledged);
}

TEST_F(AlarmMachineTest, AShelvedAlarmThatWentIsNormalWhenItIsPutBack) {
  step(s(0), true);
  ASSERT_TRUE(machine_.shelve(s(1), s(100)));
  step(s(2), false);
  std::vector<Event> events;
  ASSERT_TRUE(machine_.unshelve(s(3), into(events)));
  EXPECT_THAT(events, ElementsAre(Event::kUnshelved));
  EXPECT_EQ(state(), State::kNormal);
  EXPECT_EQ(machine_.unshelve(s(3), into(events)).error().code, Code::kConflict);
}

TEST_F(AlarmMachineTest, SuppressedByDesignItMeansNothingAndIsNewsAfterwards) {
  step(s(0), true);
  EXPECT_THAT(step(s(1), true, Truth::kTrue), ElementsAre(Event::kSuppressed));
  EXPECT_EQ(state(), State::kSuppressed);
  EXPECT_FALSE(machine_.acknowledge(s(1)));
  EXPECT_FALSE(machine_.shelve(s(1), s(100)));
  EXPECT_THAT(step(s(2), true, Truth::kUnknown), IsEmpty()) << "an unknown state changes nothing";
  EXPECT_THAT(step(s(3), true, Truth::kFalse), ElementsAre(Event::kUnsuppressed, Event::kRaised));
  EXPECT_EQ(state(), State::kUnacknowledged);
}

TEST_F(AlarmMachineTest, OutOfServiceIsLeftOnlyByAPerson) {
  std::vector<Event> events;
  ASSERT_TRUE(machine_.set_out_of_service(s(0), true, into(events)));
  EXPECT_FALSE(machine_.set_out_of_service(s(0), true, into(events)));
  EXPECT_THAT(step(s(1), true), IsEmpty());
  EXPECT_EQ(state(), State::kOutOfService);
  ASSERT_TRUE(machine_.set_out_of_service(s(2), false, into(events)));
  EXPECT_THAT(events, ElementsAre(Event::kOutOfService, Event::kInService, Event::kRaised));
}

TEST_F(AlarmMachineTest, OfValuesThatCannotBeTrustedItStaysAsItWasAndSaysSo) {
  step(s(0), true);
  EXPECT_THAT(step(s(1), Truth::kUnknown), IsEmpty());
  EXPECT_THAT(step(s(30), Truth::kUnknown), IsEmpty());
  EXPECT_EQ(machine_.next_ns(), s(31));
  EXPECT_THAT(step(s(31), Truth::kUnknown), ElementsAre(Event::kDoubtful));
  EXPECT_EQ(state(), State::kUnacknowledged);
  EXPECT_TRUE(machine_.status().doubtful);
  EXPECT_THAT(step(s(40), true), ElementsAre(Event::kTrusted));
}

}  // namespace
}  // namespace mw::alarms
