#include "plant/internal/upkeep_reader.h"

#include <gtest/gtest.h>

#include "plant/catalogue.h"

namespace mw::plant {
namespace {

/// A description with one machine; `upkeep` and `modes` are JSON.
std::string with(const std::string& upkeep, const std::string& modes,
                 const std::string& own = "[]") {
  return R"({"site": "s", "lines": [{"id": "a"}, {"id": "b"}],
    "shifts": [{"id": "early", "start": "06:00", "end": "14:00"}],
    "upkeep": )" +
         upkeep + R"(, "kinds": [{"id": "pump",
    "tags": [{"id": "vibration"}, {"id": "state", "kind": "state"}], "failure_modes": )" +
         modes + R"(}], "assets": [{"id": "p1", "kind": "pump", "line": "a", "failure_modes": )" +
         own + "}]}";
}

TEST(UpkeepReader, ReadsWhatRepairsTakeAndCost) {
  const auto plant = Catalogue::parse(with(
      R"({"currency": "EUR", "skills": [{"id": "mechanic", "rates": [
            {"days": ["sat", "sun"], "per_hour": 90}, {"per_hour": 60}]}],
          "standstill": [{"lines": ["a"], "shifts": ["early"], "per_hour": 1200},
                         {"assets": ["p1"], "outside_shifts": true, "per_hour": 0}],
          "planned_stops": [{"id": "clean", "days": ["fri"], "start": "14:00", "end": "18:00"},
            {"id": "leave", "lines": ["b"], "from": "2026-12-24T06:00", "to": "2026-12-27T06:00"}]})",
      R"([{"id": "bearing", "name": {"en": "bearing wear", "zh": "轴承磨损"}, "signs": ["vibration"],
           "steps": [{"en": "Lock out", "zh": "上锁挂牌"}],
           "parts": [{"number": "6205", "quantity": 2, "in_stock": 0, "price": 18.5}],
           "work": [{"skill": "mechanic", "hours": 6}], "standstill_h": 4}])"));
  ASSERT_TRUE(plant) << plant.error().message.en;
  const Upkeep& upkeep = (*plant)->upkeep();
  EXPECT_EQ(upkeep.currency, "EUR");
  ASSERT_EQ(upkeep.skills.at(0).rates.size(), 2u);
  EXPECT_EQ(upkeep.skills[0].rates[0].when, HourlyRate::When::kTimeOfWeek);
  EXPECT_EQ(upkeep.skills[0].rates[0].days, 0x60u);
  EXPECT_EQ(upkeep.skills[0].rates[1].when, HourlyRate::When::kAlways);
  EXPECT_EQ(upkeep.standstill.at(1).when, HourlyRate::When::kOutsideShifts);
  ASSERT_EQ(upkeep.planned_stops.size(), 2u);
  EXPECT_FALSE(upkeep.planned_stops[0].first_day);
  EXPECT_EQ(upkeep.planned_stops[1].last_day - *upkeep.planned_stops[1].first_day, 3);
  const FailureMode& mode = (*plant)->asset("p1")->failure_modes.at(0);
  EXPECT_EQ(mode.name.zh, "轴承磨损");
  EXPECT_EQ(mode.steps.at(0).en, "Lock out");
  EXPECT_EQ(mode.parts.at(0).price, 18.5);
  EXPECT_FALSE(mode.parts[0].delivery_days) << "not given is not zero";
  EXPECT_EQ(mode.standstill_h, 4);
}

TEST(UpkeepReader, LetsAMachineReplaceAModeOfItsKind) {
  const auto plant = Catalogue::parse(with("{}", R"([{"id": "x", "standstill_h": 2}, {"id": "y"}])",
                                           R"([{"id": "x", "standstill_h": 5}, {"id": "z"}])"));
  ASSERT_TRUE(plant) << plant.error().message.en;
  const auto& modes = (*plant)->asset("p1")->failure_modes;
  ASSERT_EQ(modes.size(), 3u);
  EXPECT_EQ(modes[0].standstill_h, 5);
}

TEST(UpkeepReader, HidesFiguresOfLinesThatSomebodyMayNotSee) {
  const auto plant =
      Catalogue::parse(with(R"({"standstill": [{"lines": ["b"], "per_hour": 9}, {"per_hour": 1}],
               "planned_stops": [{"id": "x", "lines": ["b"], "start": "01:00", "end": "02:00"}]})",
                            "[]"));
  const Identity of_a{Identity::Kind::kPerson, "li", {{Role::kViewer, {"a"}, {}}}};
  const auto seen = Catalogue::visible_to(*plant, of_a);
  ASSERT_EQ(seen->upkeep().standstill.size(), 1u);
  EXPECT_EQ(seen->upkeep().standstill[0].per_hour, 1);
  EXPECT_TRUE(seen->upkeep().planned_stops.empty());
}

TEST(UpkeepReader, NamesTheMemberThatIsWrong) {
  struct Row {
    const char* upkeep;
    const char* modes;
    const char* place;
  };
  const Row rows[] = {
      {R"({"curency": "EUR"})", "[]", "upkeep.curency"},
      {R"({"standstill": [{"lines": ["q"], "per_hour": 1}]})", "[]", "upkeep.standstill[0].lines"},
      {R"({"standstill": [{"shifts": ["q"], "per_hour": 1}]})", "[]",
       "upkeep.standstill[0].shifts"},
      {R"({"standstill": [{"assets": ["q"], "per_hour": 1}]})", "[]", "upkeep.standstill"},
      {R"({"standstill": [{}]})", "[]", "upkeep.standstill[0].per_hour"},
      {R"({"standstill": [{"per_hour": -1}]})", "[]", "upkeep.standstill[0].per_hour"},
      {R"({"standstill": [{"shifts": ["early"], "outside_shifts": true, "per_hour": 1}]})", "[]",
       "upkeep.standstill[0]"},
      {R"({"planned_stops": [{"id": "x", "from": "2026-12-24", "to": "2026-12-25T06:00"}]})", "[]",
       "upkeep.planned_stops[0].from"},
      {R"({"planned_stops": [{"id": "x", "from": "2026-12-24T06:00", "to": "2026-12-24T06:00"}]})",
       "[]", "upkeep.planned_stops[0].to"},
      {"{}", R"([{"id": "x", "signs": ["state"]}])", "kinds[0].failure_modes"},
      {"{}", R"([{"id": "x", "work": [{"skill": "q", "hours": 1}]}])",
       "kinds[0].failure_modes[0].work[0].skill"},
      {"{}", R"([{"id": "x", "parts": [{"number": "6205", "quantity": 1, "pryce": 2}]}])",
       "kinds[0].failure_modes[0].parts[0].pryce"},
      {"{}", R"([{"id": "x", "parts": [{"number": "6205"}]}])",
       "kinds[0].failure_modes[0].parts[0].quantity"},
      {"{}", R"([{"id": "x"}, {"id": "x"}])", "kinds[0].failure_modes[1].id"},
  };
  for (const Row& row : rows) {
    const auto plant = Catalogue::parse(with(row.upkeep, row.modes));
    ASSERT_FALSE(plant) << row.place;
    EXPECT_EQ(plant.error().param, row.place) << plant.error().message.en;
  }
}

}  // namespace
}  // namespace mw::plant
