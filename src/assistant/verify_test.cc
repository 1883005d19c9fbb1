#include "assistant/verify.h"

#include <gtest/gtest.h>

namespace mw::assistant {
namespace {

constexpr TimeNs kTen = (20781LL * 86400 + 9 * 3600) * kNsPerSecond;  // 2026-11-24 10:00 CET

class Verify : public testing::Test {
 protected:
  Verify() {
    context_.zone = &zone_;
    context_.now = kTen + 20 * kNsPerMinute;
    context_.names = {
        "CNC-2",    "2号数控机床",       "cnc-2/spindle_temperature", "spindle temperature",
        "主轴温度", "zone 1 temperature"};
    context_.other_names = {"CNC-1", "1号数控机床", "press-1"};
    Evidence latest;
    latest.fact = "latest";
    latest.value = 61.24;
    latest.unit = "degC";
    latest.ts_ns = kTen + 28 * kNsPerSecond;
    latest.good_share = 0.62;
    Evidence change;
    change.fact = "change";
    change.value = -1.84;
    change.unit = "degC";
    change.window = TimeWindow{kTen, kTen + 10 * kNsPerMinute};
    Evidence slope;
    slope.fact = "slope_per_minute";
    slope.value = -0.184;
    slope.unit = "degC/min";
    Evidence duration;
    duration.fact = "duration_s";
    duration.value = 4120;
    Evidence count;
    count.fact = "count";
    count.value = 3;
    evidence_ = {latest, change, slope, duration, count};
  }
  std::string check(std::string_view text) {
    std::string out;
    for (const Unsupported& each : find_unsupported(text, evidence_, context_)) {
      out += (out.empty() ? "" : "|") + each.text;
    }
    return out;
  }
  TimeZone zone_ = *TimeZone::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");
  VerifyContext context_;
  std::vector<Evidence> evidence_;
};

TEST_F(Verify, WhatEvidenceCarriesPasses) {
  for (const char* text :
       {"The spindle temperature of CNC-2 is 61.2 °C.", "It is 61.24 degC, or 61 °C.",
        "2号数控机床的主轴温度为 61.2 °C（10:00:28 CET 测得）。", "cnc-2/spindle_temperature: 61.2",
        "It fell by 1.8 °C from 10:00 to 10:10 CET, at -0.18 °C/min.", "It has run for 1 h 8 min.",
        "已运行 1 小时 8 分钟。", "Only 62 % of the window is good.", "It stopped three times.",
        "It stopped 3 times in 10 min, one after another.", "The zone 1 temperature is not known.",
        "over the 10-minute window", "", "A machine is fine."}) {
    EXPECT_EQ(check(text), "") << text;
  }
}

TEST_F(Verify, AnInventedNumberIsFound) {
  EXPECT_EQ(check("It is 61.3 °C."), "61.3 °C");
  EXPECT_EQ(check("It is 62 °C."), "62 °C");
  EXPECT_EQ(check("It is -61.2 °C."), "61.2 °C");
  EXPECT_EQ(check("about 60 of 100"), "60|100");
  EXPECT_EQ(check("It stopped four times."), "four");
  EXPECT_EQ(check("温度约六十度"), "六十");
  EXPECT_EQ(check("It will last 1,000 hours."), "1,000 hours");
}

TEST_F(Verify, AWrongUnitIsFound) {
  EXPECT_EQ(check("It is 61.2 bar."), "61.2 bar");
  EXPECT_EQ(check("It is 61.2 °F."), "61.2 °F");
  EXPECT_EQ(check("It fell by 0.18 °C/s."), "0.18 °C/s");
  EXPECT_EQ(check("It is 62 % full and 61.2 %."), "61.2 %");
  EXPECT_EQ(check("Measured in fahrenheit."), "fahrenheit");
  EXPECT_EQ(check("61.2 degrees"), "");
}

TEST_F(Verify, ATimeOrDurationThatIsNotEvidencedIsFound) {
  EXPECT_EQ(check("at 10:01"), "10:01");
  EXPECT_EQ(check("at 10:00:29 CET"), "10:00:29");
  EXPECT_EQ(check("on 2026-11-23 at 10:00"), "2026-11-23");
  EXPECT_EQ(check("at 2026-11-24 10:10"), "");
  EXPECT_EQ(check("for 1 h 9 min"), "1 h 9 min");
  EXPECT_EQ(check("in the last 15 minutes"), "15 minutes");
}

TEST_F(Verify, ANameOfSomethingElseIsFound) {
  EXPECT_EQ(check("CNC-1 is hotter."), "CNC-1");
  EXPECT_EQ(check("1号数控机床更热。"), "1号数控机床");
  EXPECT_EQ(check("See press-1 and XR-9."), "press-1|XR-9");
  EXPECT_EQ(check("code E101"), "E101");
  EXPECT_EQ(check("cnc-2/oil_level is low"), "oil_level");
}

TEST_F(Verify, BrokenTextDoesNotHurt) {
  EXPECT_EQ(check("\xff\xfe 61.2 °C"), "");
  EXPECT_NE(check(std::string(3000, '9')), "");
}

}  // namespace
}  // namespace mw::assistant
