#include "assistant/time_expression.h"

#include <gtest/gtest.h>

namespace mw::assistant {
namespace {

constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

Calendar berlin() {
  Calendar calendar;
  calendar.zone = *TimeZone::parse_posix(kBerlin);
  return calendar;
}

/// "2026-11-24 10:00:00" in the zone of the calendar.
TimeNs local(const Calendar& calendar, const std::string& text) {
  CivilTime civil;
  EXPECT_GE(std::sscanf(text.c_str(), "%d-%d-%d %d:%d:%d", &civil.year, &civil.month, &civil.day,
                        &civil.hour, &civil.minute, &civil.second),
            5)
      << text;
  return calendar.zone.from_civil(civil).first;
}

std::string shown(const Calendar& calendar, TimeNs at) {
  const CivilTime c = calendar.zone.to_civil(at);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                c.minute, c.second);
  return text;
}

struct Case {
  const char* question;
  const char* start;
  const char* end;  // empty: an instant
};

// Tuesday, during the early shift.
constexpr const char* kNow = "2026-11-24 10:20:30";

const Case kEnglish[] = {
    {"in the last ten minutes", "2026-11-24 10:10:30", "2026-11-24 10:20:30"},
    {"How did it change over the past 2 h?", "2026-11-24 08:20:30", "2026-11-24 10:20:30"},
    {"within the previous half hour", "2026-11-24 09:50:30", "2026-11-24 10:20:30"},
    {"the last half an hour", "2026-11-24 09:50:30", "2026-11-24 10:20:30"},
    {"during the last hour and a half", "2026-11-24 08:50:30", "2026-11-24 10:20:30"},
    {"for the last one and a half hours", "2026-11-24 08:50:30", "2026-11-24 10:20:30"},
    {"past 1 hour and 20 minutes", "2026-11-24 09:00:30", "2026-11-24 10:20:30"},
    {"the last quarter of an hour", "2026-11-24 10:05:30", "2026-11-24 10:20:30"},
    {"over the last 90 seconds", "2026-11-24 10:19:00", "2026-11-24 10:20:30"},
    {"the past hour", "2026-11-24 09:20:30", "2026-11-24 10:20:30"},
    {"in the last couple of hours", "2026-11-24 08:20:30", "2026-11-24 10:20:30"},
    {"in a couple of hours", "2026-11-24 08:20:30", "2026-11-24 10:20:30"},
    {"over the last 15-minute window", "2026-11-24 10:05:30", "2026-11-24 10:20:30"},
    {"last 10min", "2026-11-24 10:10:30", "2026-11-24 10:20:30"},
    {"since the shift began", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"since the start of the shift", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"during this shift", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"in the last shift", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"yesterday's late shift", "2026-11-23 14:00:00", "2026-11-23 22:00:00"},
    {"during the night shift", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"during the late shift", "2026-11-23 14:00:00", "2026-11-23 22:00:00"},
    {"yesterday between 3 and 5 pm", "2026-11-23 15:00:00", "2026-11-23 17:00:00"},
    {"between 3 pm and 5 pm yesterday", "2026-11-23 15:00:00", "2026-11-23 17:00:00"},
    {"between 3 and 5 yesterday afternoon", "2026-11-23 15:00:00", "2026-11-23 17:00:00"},
    {"yesterday from 11 to 1 pm", "2026-11-23 11:00:00", "2026-11-23 13:00:00"},
    {"from 8 to 10", "2026-11-24 08:00:00", "2026-11-24 10:00:00"},
    {"from 8:15 to 9:45 this morning", "2026-11-24 08:15:00", "2026-11-24 09:45:00"},
    {"from 22:00 to 6:00", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"from yesterday 22:00 to today 6:00", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"from 22:00 yesterday until 6:00 today", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"between 14:00 and 15:30", "2026-11-23 14:00:00", "2026-11-23 15:30:00"},
    {"from 9 am until now", "2026-11-24 09:00:00", "2026-11-24 10:20:30"},
    {"8:00-9:00", "2026-11-24 08:00:00", "2026-11-24 09:00:00"},
    {"8 to 9 am", "2026-11-24 08:00:00", "2026-11-24 09:00:00"},
    {"from 20 minutes ago to 10 minutes ago", "2026-11-24 10:00:30", "2026-11-24 10:10:30"},
    {"between 20 and 10 minutes ago", "2026-11-24 10:00:30", "2026-11-24 10:10:30"},
    {"this morning", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"today", "2026-11-24 00:00:00", "2026-11-24 10:20:30"},
    {"so far today", "2026-11-24 00:00:00", "2026-11-24 10:20:30"},
    {"yesterday", "2026-11-23 00:00:00", "2026-11-24 00:00:00"},
    {"yesterday afternoon", "2026-11-23 12:00:00", "2026-11-23 18:00:00"},
    {"the day before yesterday", "2026-11-22 00:00:00", "2026-11-23 00:00:00"},
    {"last night", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"two days ago", "2026-11-22 00:00:00", "2026-11-23 00:00:00"},
    {"on Monday", "2026-11-23 00:00:00", "2026-11-24 00:00:00"},
    {"on Monday morning", "2026-11-23 06:00:00", "2026-11-23 12:00:00"},
    {"last Tuesday", "2026-11-17 00:00:00", "2026-11-18 00:00:00"},
    {"this week", "2026-11-23 00:00:00", "2026-11-24 10:20:30"},
    {"last week", "2026-11-16 00:00:00", "2026-11-23 00:00:00"},
    {"on 2026-11-20", "2026-11-20 00:00:00", "2026-11-21 00:00:00"},
    {"on November 20th", "2026-11-20 00:00:00", "2026-11-21 00:00:00"},
    {"on the 20th of November, 2026", "2026-11-20 00:00:00", "2026-11-21 00:00:00"},
    {"at 14:05 yesterday", "2026-11-23 14:05:00", ""},
    {"yesterday at 14:05", "2026-11-23 14:05:00", ""},
    {"at 9:30", "2026-11-24 09:30:00", ""},
    {"at 14:05", "2026-11-23 14:05:00", ""},
    {"at half past nine", "2026-11-24 09:30:00", ""},
    {"at 3.30 pm yesterday", "2026-11-23 15:30:00", ""},
    {"at noon yesterday", "2026-11-23 12:00:00", ""},
    {"10 minutes ago", "2026-11-24 10:10:30", ""},
    {"an hour ago", "2026-11-24 09:20:30", ""},
    {"since 8", "2026-11-24 08:00:00", "2026-11-24 10:20:30"},
    {"since 10 pm", "2026-11-23 22:00:00", "2026-11-24 10:20:30"},
    {"since midnight", "2026-11-24 00:00:00", "2026-11-24 10:20:30"},
    {"since yesterday 18:00", "2026-11-23 18:00:00", "2026-11-24 10:20:30"},
    {"since yesterday", "2026-11-23 00:00:00", "2026-11-24 10:20:30"},
    {"since this morning", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"just now", "2026-11-24 10:15:30", "2026-11-24 10:20:30"},
    {"right now", "2026-11-24 10:20:30", ""},
    {"this hour", "2026-11-24 10:00:00", "2026-11-24 10:20:30"},
};

const Case kChinese[] = {
    {"最近十分钟怎么变化", "2026-11-24 10:10:30", "2026-11-24 10:20:30"},
    {"过去半小时", "2026-11-24 09:50:30", "2026-11-24 10:20:30"},
    {"过去的两个小时里", "2026-11-24 08:20:30", "2026-11-24 10:20:30"},
    {"近一个半小时", "2026-11-24 08:50:30", "2026-11-24 10:20:30"},
    {"最近1小时20分钟", "2026-11-24 09:00:30", "2026-11-24 10:20:30"},
    {"过去三刻钟", "2026-11-24 09:35:30", "2026-11-24 10:20:30"},
    {"前10分钟", "2026-11-24 10:10:30", "2026-11-24 10:20:30"},
    {"十分钟内", "2026-11-24 10:10:30", "2026-11-24 10:20:30"},
    {"上个小时", "2026-11-24 09:20:30", "2026-11-24 10:20:30"},
    {"最近90秒", "2026-11-24 10:19:00", "2026-11-24 10:20:30"},
    {"本班以来", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"自本班开始以来", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"当班产量", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"上一班", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"上个班次", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"昨天中班", "2026-11-23 14:00:00", "2026-11-23 22:00:00"},
    {"夜班", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"昨天下午三点到五点", "2026-11-23 15:00:00", "2026-11-23 17:00:00"},
    {"昨天下午3点至5点之间", "2026-11-23 15:00:00", "2026-11-23 17:00:00"},
    {"昨天15:00到17:00", "2026-11-23 15:00:00", "2026-11-23 17:00:00"},
    {"从8点到10点", "2026-11-24 08:00:00", "2026-11-24 10:00:00"},
    {"今天上午八点半到九点一刻", "2026-11-24 08:30:00", "2026-11-24 09:15:00"},
    {"昨晚十点到今早六点", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"昨晚十点到早上六点", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"昨天晚上八点到十点", "2026-11-23 20:00:00", "2026-11-23 22:00:00"},
    {"昨天上午八点到下午五点", "2026-11-23 08:00:00", "2026-11-23 17:00:00"},
    {"22点到6点", "2026-11-23 22:00:00", "2026-11-24 06:00:00"},
    {"三点到五点之间", "2026-11-24 03:00:00", "2026-11-24 05:00:00"},
    {"二十分钟前到十分钟前", "2026-11-24 10:00:30", "2026-11-24 10:10:30"},
    {"从九点到现在", "2026-11-24 09:00:00", "2026-11-24 10:20:30"},
    {"今天", "2026-11-24 00:00:00", "2026-11-24 10:20:30"},
    {"今天上午", "2026-11-24 06:00:00", "2026-11-24 10:20:30"},
    {"昨天", "2026-11-23 00:00:00", "2026-11-24 00:00:00"},
    {"前天", "2026-11-22 00:00:00", "2026-11-23 00:00:00"},
    {"三天前", "2026-11-21 00:00:00", "2026-11-22 00:00:00"},
    {"昨晚", "2026-11-23 18:00:00", "2026-11-24 00:00:00"},
    {"今早", "2026-11-24 06:00:00", "2026-11-24 09:00:00"},
    {"周一", "2026-11-23 00:00:00", "2026-11-24 00:00:00"},
    {"上周三", "2026-11-18 00:00:00", "2026-11-19 00:00:00"},
    {"本周", "2026-11-23 00:00:00", "2026-11-24 10:20:30"},
    {"上周", "2026-11-16 00:00:00", "2026-11-23 00:00:00"},
    {"11月20日", "2026-11-20 00:00:00", "2026-11-21 00:00:00"},
    {"2026年11月20号下午", "2026-11-20 12:00:00", "2026-11-20 18:00:00"},
    {"昨天下午两点零五分", "2026-11-23 14:05:00", ""},
    {"九点半", "2026-11-24 09:30:00", ""},
    {"9点15分30秒", "2026-11-24 09:15:30", ""},
    {"9点20分的时候", "2026-11-24 09:20:00", ""},
    {"14:05", "2026-11-23 14:05:00", ""},
    {"十分钟前", "2026-11-24 10:10:30", ""},
    {"从八点开始", "2026-11-24 08:00:00", "2026-11-24 10:20:30"},
    {"昨天18点以来", "2026-11-23 18:00:00", "2026-11-24 10:20:30"},
    {"今天以来", "2026-11-24 00:00:00", "2026-11-24 10:20:30"},
    {"刚才", "2026-11-24 10:15:30", "2026-11-24 10:20:30"},
    {"现在", "2026-11-24 10:20:30", ""},
};

void check(const Case& each) {
  const Calendar calendar = berlin();
  const TimeReading reading = read_times(each.question, calendar, local(calendar, kNow));
  ASSERT_FALSE(reading.problem) << each.question << ": " << reading.problem->error.message.en;
  ASSERT_EQ(reading.mentions.size(), 1u) << each.question;
  const TimeMention& mention = reading.mentions[0];
  EXPECT_EQ(shown(calendar, mention.window.start_ns), each.start) << each.question;
  const bool instant = std::string(each.end).empty();
  EXPECT_EQ(mention.kind != TimeMention::Kind::kWindow, instant) << each.question;
  EXPECT_EQ(shown(calendar, mention.window.end_ns), instant ? each.start : each.end)
      << each.question;
  EXPECT_NE(std::string(each.question).find(mention.words), std::string::npos);
}

TEST(TimeExpression, EnglishIsReadAsPeopleMeanIt) {
  for (const Case& each : kEnglish) check(each);
}

TEST(TimeExpression, ChineseIsReadAsPeopleMeanIt) {
  for (const Case& each : kChinese) check(each);
}

TEST(TimeExpression, MonthsYearsAndDaysOfTheCalendarAreWindows) {
  const Calendar calendar = berlin();
  const Case kSpans[] = {
      {"in June 2020", "2020-06-01 00:00:00", "2020-07-01 00:00:00"},
      {"for the June of 2020", "2020-06-01 00:00:00", "2020-07-01 00:00:00"},
      {"the events of May 2020", "2020-05-01 00:00:00", "2020-06-01 00:00:00"},
      {"in 2020-06", "2020-06-01 00:00:00", "2020-07-01 00:00:00"},
      {"in april '25", "2025-04-01 00:00:00", "2025-05-01 00:00:00"},
      {"What happened in June?", "2026-06-01 00:00:00", "2026-07-01 00:00:00"},
      {"in december", "2025-12-01 00:00:00", "2026-01-01 00:00:00"},
      {"in november", "2026-11-01 00:00:00", "2026-11-24 10:20:30"},
      {"the first week of June of 2020", "2020-06-01 00:00:00", "2020-06-08 00:00:00"},
      {"in the last week of 2020", "2020-12-25 00:00:00", "2021-01-01 00:00:00"},
      {"in the week of 2020-04-27", "2020-04-27 00:00:00", "2020-05-04 00:00:00"},
      {"for year 2017", "2017-01-01 00:00:00", "2018-01-01 00:00:00"},
      {"for the year 2019?", "2019-01-01 00:00:00", "2020-01-01 00:00:00"},
      {"in 2021", "2021-01-01 00:00:00", "2022-01-01 00:00:00"},
      {"this year", "2026-01-01 00:00:00", "2026-11-24 10:20:30"},
      {"last year", "2025-01-01 00:00:00", "2026-01-01 00:00:00"},
      {"from 2020-06-01 to 2020-06-05", "2020-06-01 00:00:00", "2020-06-06 00:00:00"},
      {"between June 1st and June 5th, 2026", "2026-06-01 00:00:00", "2026-06-06 00:00:00"},
      {"from May to June 2020", "2020-05-01 00:00:00", "2020-07-01 00:00:00"},
      {"2020年5月至6月", "2020-05-01 00:00:00", "2020-07-01 00:00:00"},
      {"from 2020-04-20T12:30:00 to 2020-05-12T19:30:00", "2020-04-20 12:30:00",
       "2020-05-12 19:30:00"},
      {"all day yesterday", "2026-11-23 00:00:00", "2026-11-24 00:00:00"},
      {"yesterday all day", "2026-11-23 00:00:00", "2026-11-24 00:00:00"},
      {"2020年6月", "2020-06-01 00:00:00", "2020-07-01 00:00:00"},
      {"6月份的能耗", "2026-06-01 00:00:00", "2026-07-01 00:00:00"},
      {"今年3月", "2026-03-01 00:00:00", "2026-04-01 00:00:00"},
      {"2020年6月第一周", "2020-06-01 00:00:00", "2020-06-08 00:00:00"},
      {"2017年全年", "2017-01-01 00:00:00", "2018-01-01 00:00:00"},
      {"去年的工单", "2025-01-01 00:00:00", "2026-01-01 00:00:00"},
      {"今年以来", "2026-01-01 00:00:00", "2026-11-24 10:20:30"},
      {"从2020年6月1日到2020年6月5日", "2020-06-01 00:00:00", "2020-06-06 00:00:00"},
      {"6月1日至6月5日", "2026-06-01 00:00:00", "2026-06-06 00:00:00"},
  };
  for (const Case& each : kSpans) {
    const TimeReading reading = read_times(each.question, calendar, local(calendar, kNow));
    ASSERT_FALSE(reading.problem) << each.question << ": " << reading.problem->error.message.en;
    ASSERT_EQ(reading.mentions.size(), 1u) << each.question;
    EXPECT_EQ(shown(calendar, reading.mentions[0].window.start_ns), each.start) << each.question;
    EXPECT_EQ(shown(calendar, reading.mentions[0].window.end_ns), each.end) << each.question;
  }
}

TEST(TimeExpression, AYearSaidOnceIsThatOfAllMonthsBesideIt) {
  const Calendar calendar = berlin();
  for (const char* question : {"alerts in May and June of 2020", "2020年5月和6月的告警",
                               "in May 2020 and June", "in May, June 2020"}) {
    const TimeReading reading = read_times(question, calendar, local(calendar, kNow));
    ASSERT_FALSE(reading.problem) << question << ": " << reading.problem->error.message.en;
    ASSERT_EQ(reading.mentions.size(), 2u) << question;
    EXPECT_EQ(shown(calendar, reading.mentions[0].window.start_ns), "2020-05-01 00:00:00")
        << question;
    EXPECT_EQ(shown(calendar, reading.mentions[1].window.end_ns), "2020-07-01 00:00:00")
        << question;
  }
  // A month that stands apart keeps its own year.
  const auto apart =
      read_times("May was hot; what about June 2020?", calendar, local(calendar, kNow));
  ASSERT_FALSE(apart.mentions.empty());
  EXPECT_EQ(shown(calendar, apart.mentions.back().window.start_ns), "2020-06-01 00:00:00");
}

TEST(TimeExpression, NamesAndNumbersAreNotTimes) {
  const Calendar calendar = berlin();
  for (const char* question :
       {"Is CNC-2 at 80 degC?", "the current of the press", "compare CNC 1 and 2",
        "zone 2 temperature", "number two CNC", "2号数控机床的主轴温度", "二号机的振动", "两台机器",
        "第二台机床", "温度是否超过80度", "what is on line 1", "is it over 5 bar", "",
        "is it over 2000 rpm", "the target for 2000 parts", "may I ask", "转速是否超过2000",
        "🙂🙂"}) {
    const TimeReading reading = read_times(question, calendar, local(calendar, kNow));
    EXPECT_TRUE(reading.mentions.empty()) << question << ": " << reading.mentions[0].words;
    EXPECT_FALSE(reading.problem) << question;
  }
}

TEST(TimeExpression, WhatCannotBeAnsweredForIsANamedProblem) {
  using Kind = TimeProblem::Kind;
  const Calendar calendar = berlin();
  const struct {
    const char* question;
    Kind kind;
  } kCases[] = {{"tomorrow", Kind::kFuture},
                {"this afternoon", Kind::kFuture},
                {"today at 15:00", Kind::kFuture},
                {"in the next ten minutes", Kind::kFuture},
                {"明天", Kind::kFuture},
                {"今天下午三点", Kind::kFuture},
                {"未来两小时", Kind::kFuture},
                {"in the last 900 years", Kind::kTooLong},
                {"in the last 99999999999999999999 hours", Kind::kTooLong},
                {"过去三千年", Kind::kTooLong},
                {"5000 days ago", Kind::kTooLong},
                {"on 1999-01-01", Kind::kTooLong},
                {"in the last 0 minutes", Kind::kEmpty},
                {"最近0分钟", Kind::kEmpty},
                {"from 16:00 to 15:00", Kind::kReversed},
                {"from 10 minutes ago to 20 minutes ago", Kind::kReversed},
                {"at 25:00", Kind::kImpossible},
                {"at 14:75", Kind::kImpossible},
                {"on February 30th, 2026", Kind::kImpossible},
                {"2026年2月30日", Kind::kImpossible},
                {"in March 2031", Kind::kFuture},
                {"2031年3月", Kind::kFuture},
                {"from 2026-06-05 to 2026-06-01", Kind::kReversed},
                {"in 1999", Kind::kTooLong},
                {"25点到26点", Kind::kImpossible}};
  for (const auto& each : kCases) {
    const TimeReading reading = read_times(each.question, calendar, local(calendar, kNow));
    ASSERT_TRUE(reading.problem) << each.question;
    EXPECT_EQ(reading.problem->kind, each.kind) << each.question;
    EXPECT_NE(reading.problem->error.message.en.find(reading.problem->words), std::string::npos);
    EXPECT_NE(reading.problem->error.message.zh.find(reading.problem->words), std::string::npos);
  }
}

TEST(TimeExpression, TwoTimesOfOneQuestionAreAnchoredToEachOther) {
  const Calendar calendar = berlin();
  const struct {
    const char* question;
    const char* windows[4];
  } kCases[] = {
      {"compare the last ten minutes with the ten minutes before",
       {"2026-11-24 10:10:30", "2026-11-24 10:20:30", "2026-11-24 10:00:30",
        "2026-11-24 10:10:30"}},
      {"the last hour against the previous hour",
       {"2026-11-24 09:20:30", "2026-11-24 10:20:30", "2026-11-24 08:20:30",
        "2026-11-24 09:20:30"}},
      {"the last hour compared with the hour before that",
       {"2026-11-24 09:20:30", "2026-11-24 10:20:30", "2026-11-24 08:20:30",
        "2026-11-24 09:20:30"}},
      {"今天上午和昨天上午相比",
       {"2026-11-24 06:00:00", "2026-11-24 10:20:30", "2026-11-23 06:00:00",
        "2026-11-23 12:00:00"}},
      {"最近十分钟和之前的十分钟相比",
       {"2026-11-24 10:10:30", "2026-11-24 10:20:30", "2026-11-24 10:00:30",
        "2026-11-24 10:10:30"}},
      {"最近一小时与昨天同期相比",
       {"2026-11-24 09:20:30", "2026-11-24 10:20:30", "2026-11-23 09:20:30",
        "2026-11-23 10:20:30"}},
      {"the last hour versus the same time yesterday",
       {"2026-11-24 09:20:30", "2026-11-24 10:20:30", "2026-11-23 09:20:30",
        "2026-11-23 10:20:30"}},
      {"本班和上一班比",
       {"2026-11-24 06:00:00", "2026-11-24 10:20:30", "2026-11-23 22:00:00",
        "2026-11-24 06:00:00"}},
  };
  for (const auto& each : kCases) {
    const TimeReading reading = read_times(each.question, calendar, local(calendar, kNow));
    ASSERT_EQ(reading.mentions.size(), 2u) << each.question;
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(shown(calendar, reading.mentions[i].window.start_ns), each.windows[2 * i])
          << each.question;
      EXPECT_EQ(shown(calendar, reading.mentions[i].window.end_ns), each.windows[2 * i + 1])
          << each.question;
    }
  }
}

TEST(TimeExpression, DaysOfDaylightSavingHaveTheirRealLength) {
  const Calendar calendar = berlin();
  const auto hours = [&](const char* question, const char* now) {
    const TimeReading reading = read_times(question, calendar, local(calendar, now));
    EXPECT_EQ(reading.mentions.size(), 1u) << question;
    const TimeWindow window = reading.mentions.at(0).window;
    return static_cast<double>(window.end_ns - window.start_ns) / kNsPerHour;
  };
  EXPECT_EQ(hours("yesterday", "2026-03-30 10:00:00"), 23);
  EXPECT_EQ(hours("yesterday", "2026-10-26 10:00:00"), 25);
  EXPECT_EQ(hours("昨天夜班", "2026-10-26 10:00:00"), 8);
  EXPECT_EQ(hours("from 1:00 to 4:00 today", "2026-03-29 10:00:00"), 2);
  EXPECT_EQ(hours("from 2:30 to 2:45", "2026-10-25 10:00:00"), 1.25);
}

TEST(TimeExpression, ATimeTheClocksSkipOrRepeatSaysSo) {
  const Calendar calendar = berlin();
  const auto note = [&](const char* question, const char* now) {
    const TimeReading reading = read_times(question, calendar, local(calendar, now));
    return reading.mentions.empty() ? std::string("none") : reading.mentions[0].note.en;
  };
  EXPECT_NE(note("at 2:30", "2026-03-29 10:00:00").find("set forward"), std::string::npos);
  EXPECT_NE(note("at 2:30", "2026-10-25 10:00:00").find("twice"), std::string::npos);
  EXPECT_EQ(note("at 4:30", "2026-10-25 10:00:00"), "");
}

TEST(TimeExpression, ACalendarWithoutShiftsHasNone) {
  Calendar calendar = berlin();
  calendar.shifts.clear();
  const TimeReading reading = read_times("since the shift began", calendar, local(calendar, kNow));
  ASSERT_TRUE(reading.problem);
  EXPECT_EQ(reading.problem->kind, TimeProblem::Kind::kNoShift);
}

TEST(TimeExpression, AShiftOfThePlantsOwnNameIsFound) {
  Calendar calendar = berlin();
  calendar.shifts = {{"a", {"team A", "甲班"}, 7 * 60, 19 * 60},
                     {"b", {"team B", "乙班"}, 19 * 60, 7 * 60}};
  const TimeReading english = read_times("during team B", calendar, local(calendar, kNow));
  ASSERT_EQ(english.mentions.size(), 1u);
  EXPECT_EQ(shown(calendar, english.mentions[0].window.start_ns), "2026-11-23 19:00:00");
  EXPECT_EQ(shown(calendar, english.mentions[0].window.end_ns), "2026-11-24 07:00:00");
  ASSERT_EQ(read_times("昨天甲班", calendar, local(calendar, kNow)).mentions.size(), 1u);
}

}  // namespace
}  // namespace mw::assistant
