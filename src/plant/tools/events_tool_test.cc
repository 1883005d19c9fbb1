// What the tool counts of events is compared with those that were told.
#include <gtest/gtest.h>

#include "core/tool.h"
#include "plant/internal/test_plant.h"
#include "plant/plant_tools.h"
#include "plant/tools/internal/event_groups.h"
#include "plant/tools/internal/kind_words.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNoon = 1'593'604'800 * kNsPerSecond;  // 2020-07-01 12:00 UTC

TEST(KindWords, AKindIsWhatSomebodyCallsIt) {
  EXPECT_TRUE(kind_is("corrective work order", "work orders"));
  EXPECT_TRUE(kind_is("Corrective Work Order", "corrective work orders"));
  EXPECT_TRUE(kind_is("anomaly", "Anomalies"));
  EXPECT_TRUE(kind_is("preventive work order", "预防性工单"));
  EXPECT_TRUE(kind_is("预防性工单", "preventive work order"));
  EXPECT_TRUE(kind_is("液压泄漏", "泄漏"));
  EXPECT_FALSE(kind_is("corrective work order", "preventive work order"));
  EXPECT_FALSE(kind_is("alert", "work order"));
  EXPECT_FALSE(kind_is("", "alert"));
  EXPECT_FALSE(kind_is("alert", ""));
  EXPECT_FALSE(kind_is("alertness", "alert"));
}

TEST(EventGroups, PeriodsAreThoseOfThePlantsOwnCalendar) {
  const TimeZone berlin = *TimeZone::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");
  // 2020-03-28 00:00 to 2020-03-30 12:00 in Berlin: the 29th has 23 hours.
  const TimeNs start = 1'585'350'000 * kNsPerSecond;
  const TimeWindow window{start, start + 59 * kNsPerHour};
  const auto days = periods_of(berlin, Period::kDay, window);
  ASSERT_EQ(days.size(), 3u);
  EXPECT_EQ(days[0].end_ns - days[0].start_ns, 24 * kNsPerHour);
  EXPECT_EQ(days[1].end_ns - days[1].start_ns, 23 * kNsPerHour);
  EXPECT_EQ(days[2].end_ns, window.end_ns);
  EXPECT_EQ(periods_of(berlin, Period::kHour, window).size(), 59u);
  const auto weeks = periods_of(berlin, Period::kWeek, window);
  ASSERT_EQ(weeks.size(), 2u);  // the 30th is a Monday
  EXPECT_EQ(weeks[1].start_ns, days[2].start_ns);
  EXPECT_EQ(periods_of(berlin, Period::kMonth, {start, start + 40 * kNsPerDay}).size(), 3u);
}

class EventsToolTest : public testing::Test {
 protected:
  void SetUp() override {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = test_catalogue();
    options.clock = &clock_;
    plant_ = Plant::open(std::move(options)).value();
    register_tools(tools_, *plant_);
    who_.kind = Identity::Kind::kPerson;
    who_.name = "li";
    who_.grants = {{Role::kOperator, {"*"}, {}}};
  }
  void tell(const std::string& id, const std::string& kind, const std::string& text, TimeNs at) {
    ToldEvent told;
    told.asset = "m1";
    told.id = id;
    told.kind = kind;
    told.text = text;
    told.start_ns = at;
    ASSERT_TRUE(plant_->tell_event(who_, told, {}));
  }
  std::vector<Evidence> run(const Json& more) {
    Json arguments = {
        {"asset", "m1"},
        {"window",
         {{"start_ms", (kNoon - 30 * kNsPerDay) / kNsPerMs}, {"end_ms", kNoon / kNsPerMs}}}};
    arguments.update(more);
    auto facts = tools_.find("events")->run(who_, arguments);
    EXPECT_TRUE(facts) << facts.error().message.en;
    return facts ? *facts : std::vector<Evidence>{};
  }
  static double value(const std::vector<Evidence>& facts, const std::string& fact,
                      const std::string& text = {}) {
    for (const Evidence& each : facts) {
      if (each.fact == fact && (text.empty() || each.text == text)) return each.value.value_or(-1);
    }
    return -1;
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNoon};
  std::unique_ptr<Plant> plant_;
  ToolRegistry tools_;
  Identity who_;
};

TEST_F(EventsToolTest, CountsWhatIsAskedForByDayAndWording) {
  for (int day = 1; day <= 5; ++day) {
    for (int n = 0; n < day; ++n) {
      const std::string id = std::to_string(day) + "-" + std::to_string(n);
      tell("a" + id, "alert", "Load low", kNoon - day * kNsPerDay + n * kNsPerMinute);
    }
  }
  tell("w", "preventive work order", "Oil analysis\nsample 7", kNoon - 2 * kNsPerDay);
  const auto all = run(Json::object());
  EXPECT_EQ(value(all, "event_count"), 16);
  EXPECT_EQ(value(all, "event_kind", "alert"), 15);

  const auto alerts = run({{"kinds", Json::array({"Alerts"})}, {"by", "day"}});
  EXPECT_EQ(value(alerts, "event_count"), 15);
  EXPECT_EQ(value(alerts, "periods"), 31);  // 30 days from noon to noon
  EXPECT_EQ(value(alerts, "periods_with_events"), 5);
  EXPECT_EQ(value(alerts, "event_kind", "preventive work order"), -1);
  std::vector<double> by_day;
  for (const Evidence& each : alerts) {
    if (each.fact == "period_events") by_day.push_back(*each.value);
  }
  EXPECT_EQ(by_day, (std::vector<double>{5, 4, 3, 2, 1}));

  const auto texts = run({{"by", "text"}});
  EXPECT_EQ(value(texts, "event_texts"), 2);
  EXPECT_EQ(value(texts, "event_text", "Load low"), 15);
  EXPECT_EQ(value(texts, "event_text", "Oil analysis"), 1);
}

TEST_F(EventsToolTest, SaysWhichKindThereIsNoneOfAndWhatThereIsInstead) {
  tell("a", "alert", "Load low", kNoon - kNsPerHour);
  tell("b", "", "Coolant topped up", kNoon - kNsPerHour);
  const auto some = run({{"kinds", Json::array({"alert", "anomaly"})}});
  EXPECT_EQ(value(some, "event_count"), 1);
  EXPECT_EQ(value(some, "event_kind_absent", "anomaly"), 0);
  EXPECT_EQ(value(some, "event_kind_absent", "alert"), -1);
  EXPECT_EQ(value(some, "event_kind_other"), -1);
  const auto none = run({{"kinds", Json::array({"work order"})}});
  EXPECT_EQ(value(none, "event_count"), 0);
  EXPECT_EQ(value(none, "event_kind_absent", "work order"), 0);
  EXPECT_EQ(value(none, "event_kind_other", "alert"), 1);
}

TEST_F(EventsToolTest, CountsMoreThanAListHolds) {
  const int many = static_cast<int>(kMostEvents) + 60;
  for (int n = 0; n < many; ++n) {
    tell("e" + std::to_string(n), n % 2 == 0 ? "alert" : "anomaly", "Load low",
         kNoon - kNsPerDay + n * kNsPerMinute);
  }
  // It lasts over the middle of what is read in parts, and counts once.
  ToldEvent lasting;
  lasting.asset = "m1";
  lasting.id = "long";
  lasting.kind = "standstill";
  lasting.text = "Belt torn";
  lasting.start_ns = kNoon - 2 * kNsPerDay;
  lasting.end_ns = kNoon - kNsPerHour;
  ASSERT_TRUE(plant_->tell_event(who_, lasting, {}));
  const auto facts = run({{"by", "hour"}});
  EXPECT_EQ(value(facts, "event_count"), many + 1);
  EXPECT_EQ(value(facts, "event_kind", "standstill"), 1);
  double counted = 0;
  std::size_t listed = 0;
  for (const Evidence& each : facts) {
    if (each.fact == "period_events") counted += *each.value;
    if (each.fact == "event") ++listed;
  }
  EXPECT_EQ(counted, many + 1);
  EXPECT_EQ(listed, kMostEvents);
}

TEST_F(EventsToolTest, HoursOfManyYearsAreRefusedWithWhatToAskInstead) {
  const auto facts = tools_.find("events")->run(
      who_, {{"asset", "m1"},
             {"by", "hour"},
             {"window", {{"start_ms", 0}, {"end_ms", kNoon / kNsPerMs}}}});
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, Code::kInvalidArgument);
  EXPECT_EQ(facts.error().param, "by");
}

}  // namespace
}  // namespace mw::plant
