#include "alarms/alarm_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::alarms {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

AlarmView hot_oven() {
  AlarmView view;
  view.rule.id = "oven-1.t.high";
  view.rule.name = {"Temperature high", "温度过高"};
  view.rule.asset = "oven-1";
  view.rule.line = "line-1";
  view.rule.priority = Priority::kCritical;
  view.rule.response = {"Shut the gas valve.", "关闭燃气阀。"};
  view.status.active = true;
  view.status.active_since_ns = kStart;
  view.value = 912.5;
  view.unit = "degC";
  return view;
}

TEST(AlarmMessage, TellsWhatSinceWhenHowMuchAndWhatToDo) {
  const auto message =
      message_of_alarm(hot_oven(), Language::kEn, kStart + 7 * kNsPerMinute, "https://mw.plant");
  EXPECT_EQ(message.subject, "[CRITICAL] oven-1: Temperature high, not acknowledged for 7 min");
  EXPECT_EQ(message.text,
            "Alarm: Temperature high (oven-1.t.high)\nMachine: oven-1 (line-1)\n"
            "Since: 2025-10-09T08:53:20.000Z\nValue at 2025-10-09T09:00:20.000Z: 912.5 degC\n"
            "What to do: Shut the gas valve.\nLook: https://mw.plant/alarms\n");
  EXPECT_EQ(message.facts.at("value"), 912.5);
  EXPECT_EQ(message.facts.at("event"), "unacknowledged");
}

TEST(AlarmMessage, SpeaksChinese) {
  const auto message = message_of_alarm(hot_oven(), Language::kZh, kStart + kNsPerMinute, "");
  EXPECT_EQ(message.subject, "[紧急] oven-1：温度过高，1 分钟无人确认");
  EXPECT_THAT(message.text, HasSubstr("措施：关闭燃气阀。"));
  EXPECT_THAT(message.text, Not(HasSubstr("查看")));
}

TEST(AlarmMessage, InventsNoNumberWhereTheValueCannotBeTrusted) {
  AlarmView view = hot_oven();
  view.value.reset();
  const auto message = message_of_alarm(view, Language::kEn, kStart, "");
  EXPECT_THAT(message.text, HasSubstr("not known (its quality is bad)"));
  EXPECT_THAT(message.text, Not(HasSubstr("912")));
  EXPECT_TRUE(message.facts.at("value").is_null());
}

TEST(AlarmMessage, TellsWhoEndedItOrThatItWentByItself) {
  Entry entry;
  entry.ts_ns = kStart;
  entry.event = Event::kAcknowledged;
  entry.who = "li";
  entry.note = "valve shut";
  const auto seen = message_of_end(hot_oven(), entry, Language::kEn, kStart);
  EXPECT_EQ(seen.subject, "oven-1: Temperature high, acknowledged by li");
  EXPECT_THAT(seen.text, HasSubstr("Note: valve shut"));
  EXPECT_EQ(seen.facts.at("by"), "li");
  entry.event = Event::kReturned;
  EXPECT_THAT(message_of_end(hot_oven(), entry, Language::kZh, kStart).subject,
              HasSubstr("已自行恢复"));
  entry.event = Event::kShelved;
  EXPECT_THAT(message_of_end(hot_oven(), entry, Language::kEn, kStart).subject,
              HasSubstr("shelved by li"));
  EXPECT_THAT(message_of_end(hot_oven(), {}, Language::kEn, kStart).subject,
              HasSubstr("needs nobody any more"));
}

}  // namespace
}  // namespace mw::alarms
