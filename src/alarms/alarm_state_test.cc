#include "alarms/alarm_state.h"

#include <gtest/gtest.h>

#include <set>

namespace mw::alarms {
namespace {

TEST(AlarmState, WhatAPersonDidHidesWhatTheConditionSays) {
  AlarmStatus status;
  EXPECT_EQ(status.state(), State::kNormal);
  status.active = true;
  status.acknowledged = false;
  EXPECT_EQ(status.state(), State::kUnacknowledged);
  status.shelved_until_ns = 1;
  EXPECT_EQ(status.state(), State::kShelved);
  status.suppressed = true;
  EXPECT_EQ(status.state(), State::kSuppressed);
  status.out_of_service = true;
  EXPECT_EQ(status.state(), State::kOutOfService);
}

TEST(AlarmState, ALatchShowsOnceItIsGoneAndSeen) {
  AlarmStatus status;
  status.latched = true;
  status.acknowledged = false;
  EXPECT_EQ(status.state(), State::kReturned);
  status.acknowledged = true;
  EXPECT_EQ(status.state(), State::kLatched);
}

TEST(AlarmState, EachStateAndEventHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(State::kOutOfService); ++i) {
    EXPECT_TRUE(names.insert(state_name(static_cast<State>(i))).second);
  }
  names.clear();
  for (int i = 0; i <= static_cast<int>(Event::kTrusted); ++i) {
    EXPECT_TRUE(names.insert(event_name(static_cast<Event>(i))).second);
  }
}

}  // namespace
}  // namespace mw::alarms
