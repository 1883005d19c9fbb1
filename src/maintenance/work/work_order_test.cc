#include "maintenance/work/work_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintenance/work/price_window.h"

namespace mw::maintenance {
namespace {

using ::testing::HasSubstr;

// A line that works from Monday to Friday, 6 to 22, and is cleaned on Wednesday from 14 to 16.
constexpr const char* kPlant = R"({
  "site": "s", "lines": [{"id": "a"}],
  "shifts": [{"id": "day", "name": {"en": "day shift", "zh": "白班"}, "start": "06:00", "end": "22:00",
              "days": ["mon", "tue", "wed", "thu", "fri"]}],
  "upkeep": {"currency": "EUR",
    "skills": [{"id": "mechanic", "rates": [{"shifts": ["day"], "per_hour": 60}, {"per_hour": 90}]}],
    "standstill": [{"shifts": ["day"], "per_hour": 1000}, {"outside_shifts": true, "per_hour": 10}],
    "planned_stops": [{"id": "clean", "name": {"en": "cleaning", "zh": "清洁"}, "days": ["wed"],
                       "start": "14:00", "end": "16:00"}]},
  "kinds": [{"id": "pump", "tags": [{"id": "vibration"}, {"id": "heat"}, {"id": "current"}],
    "failure_modes": [
      {"id": "seal", "signs": ["heat"]},
      {"id": "bearing", "name": {"en": "bearing wear", "zh": "轴承磨损"}, "signs": ["vibration", "heat"],
       "steps": [{"en": "Change the bearing", "zh": "更换轴承"}],
       "parts": [{"number": "6205", "quantity": 2, "in_stock": 4, "price": 18.5}],
       "work": [{"skill": "mechanic", "hours": 6}], "standstill_h": 3}]}],
  "assets": [{"id": "p1", "kind": "pump", "line": "a"}]})";

class WorkOrderTest : public ::testing::Test {
 protected:
  WorkOrderTest() {
    one_.asset = "p1";
    one_.line = "a";
    one_.kind = SignalKind::kVibration;
    one_.evidence = {{"p1/vibration", "mm/s", 9, 1, 2, 0.6}, {"p1/heat", "degC", 90, 40, 60, 0.4}};
  }
  void change(const std::string& from, const std::string& to) {
    const std::size_t at = json_.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    json_.replace(at, from.size(), to);
  }
  WorkOrderDraft draft(const WorkQuestion& question = {}) {
    const auto plant = plant::Catalogue::parse(json_);
    EXPECT_TRUE(plant) << plant.error().message.en;
    plant_ = *plant;
    auto made = draft_work(one_, *plant_, TimeZone::utc(), now_ns_, question, life_);
    EXPECT_TRUE(made) << made.error().message.en;
    return *std::move(made);
  }
  static bool lacks(const WorkOrderDraft& draft, const std::string& what) {
    for (const Text& each : draft.not_given) {
      if (each.en.find(what) != std::string::npos && !each.zh.empty()) return true;
    }
    return false;
  }

  std::string json_ = kPlant;
  HealthCase one_;
  LifeDate life_;
  std::shared_ptr<const plant::Catalogue> plant_;
  // Tuesday, 2026-12-01, 07:05.
  TimeNs now_ns_ = days_from_civil(2026, 12, 1) * kNsPerDay + 7 * kNsPerHour + 5 * kNsPerMinute;
};

TEST_F(WorkOrderTest, TakesTheModeWhoseSignsFitTheEvidence) {
  const WorkOrderDraft made = draft();
  EXPECT_EQ(made.mode, "bearing");
  EXPECT_EQ(made.title.zh, "轴承磨损");
  EXPECT_EQ(made.modes[0].id, "bearing");
  EXPECT_NEAR(made.modes[0].fit, 1 / std::sqrt(0.52 * 2), 1e-9);
  EXPECT_NEAR(made.modes[1].fit, 0.4 / std::sqrt(0.52), 1e-9);
  EXPECT_EQ(draft({"seal", {}, {}}).mode, "seal");
}

TEST_F(WorkOrderTest, PricesEachWindowLineByLineAndProposesTheCheapest) {
  const WorkOrderDraft made = draft();
  ASSERT_TRUE(made.proposed);
  // From Tuesday 22:00, outside the shift: 3 h at 10, 6 h at 90, two bearings at 18.5.
  const WorkWindow& best = made.windows[*made.proposed];
  EXPECT_EQ(best.kind, WindowKind::kOutsideShifts);
  EXPECT_EQ(best.window.start_ns, now_ns_ - 5 * kNsPerMinute + 15 * kNsPerHour);
  ASSERT_EQ(best.lines.size(), 3u);
  EXPECT_EQ(best.lines[0].amount, 30);
  EXPECT_EQ(best.lines[1].amount, 540);
  EXPECT_EQ(best.lines[2].amount, 37);
  EXPECT_EQ(best.known, 607);
  EXPECT_TRUE(best.complete);
  for (const WorkWindow& each : made.windows) {
    double sum = 0;
    for (const CostLine& line : each.lines) sum += line.amount.value_or(0);
    EXPECT_NEAR(each.known, sum, 1e-9);
  }
}

TEST_F(WorkOrderTest, CountsNoStandstillInAPlannedStopAndTheRestOfIt) {
  const WorkOrderDraft made = draft();
  const auto stop = std::find_if(made.windows.begin(), made.windows.end(), [](const auto& each) {
    return each.kind == WindowKind::kPlannedStop;
  });
  ASSERT_NE(stop, made.windows.end());
  EXPECT_EQ(stop->name.en, "cleaning");
  ASSERT_GE(stop->lines.size(), 2u);
  EXPECT_EQ(stop->lines[0].amount, 0) << "2 of 3 hours";
  EXPECT_THAT(stop->lines[0].what.en, HasSubstr("cleaning"));
  EXPECT_EQ(stop->lines[1].amount, 1000) << "the third hour";
  EXPECT_EQ(stop->known, 1000 + 360 + 37);
}

TEST_F(WorkOrderTest, KeepsToALatestTime) {
  const TimeNs before_ns = now_ns_ + 10 * kNsPerHour;  // 17:05
  const WorkOrderDraft made = draft({"", before_ns, {}});
  EXPECT_TRUE(made.before_given);
  ASSERT_EQ(made.windows.size(), 1u);
  EXPECT_EQ(made.windows[0].kind, WindowKind::kAtOnce);
  EXPECT_EQ(made.windows[0].window.start_ns, now_ns_ + 10 * kNsPerMinute) << "07:15";
  EXPECT_EQ(made.windows[0].known, 3000 + 360 + 37);
  EXPECT_TRUE(draft({"", now_ns_ + kNsPerHour, {}}).windows.empty()) << "too short for it";
}

TEST_F(WorkOrderTest, KeepsToTheDateOfTheRemainingLifeModelWhereNobodyNamesOne) {
  life_.before_ns = now_ns_ + 10 * kNsPerHour;  // 17:05
  const WorkOrderDraft made = draft();
  EXPECT_TRUE(made.by_life);
  EXPECT_FALSE(made.before_given);
  EXPECT_TRUE(made.late.en.empty());
  ASSERT_EQ(made.windows.size(), 1u);
  EXPECT_LE(made.windows[0].window.end_ns, *life_.before_ns);
  EXPECT_EQ(made.proposed, 0u);

  const WorkOrderDraft overridden = draft({"", now_ns_ + 2 * kNsPerDay, {}});
  EXPECT_TRUE(overridden.before_given);
  EXPECT_FALSE(overridden.by_life);
  EXPECT_EQ(overridden.ahead.end_ns, now_ns_ + 2 * kNsPerDay);
  EXPECT_EQ(overridden.life.before_ns, life_.before_ns) << "what the model says is told still";
  const WorkOrderDraft without = draft({"", {}, {}, false});
  EXPECT_FALSE(without.by_life);
  EXPECT_EQ(without.ahead.end_ns, now_ns_ + kWorkAheadNs);
}

TEST_F(WorkOrderTest, AModelsFarDateDoesNotPutTheWorkOff) {
  life_.before_ns = now_ns_ + 25 * kNsPerDay;
  EXPECT_EQ(draft().ahead.end_ns, now_ns_ + kWorkAheadNs);
}

TEST_F(WorkOrderTest, ProposesTheFirstWindowWhereNoneEndsBeforeTheModelsDate) {
  change(R"("in_stock": 4)", R"("in_stock": 1, "delivery_days": 3)");
  for (const int64_t hours : {-5, 1, 48}) {  // past, too short, before the part is there
    life_.before_ns = now_ns_ + hours * kNsPerHour;
    const WorkOrderDraft made = draft();
    EXPECT_FALSE(made.late.en.empty()) << hours;
    EXPECT_FALSE(made.late.zh.empty());
    ASSERT_TRUE(made.proposed);
    const WorkWindow& first = made.windows[*made.proposed];
    EXPECT_TRUE(first.shut.en.empty());
    for (const WorkWindow& each : made.windows) {
      if (each.shut.en.empty()) {
        EXPECT_LE(first.window.start_ns, each.window.start_ns);
      }
    }
    EXPECT_GE(first.window.start_ns, now_ns_ + 3 * kNsPerDay);
  }
}

TEST_F(WorkOrderTest, TellsOfTheDateInItsJsonAndInWhatIsAccepted) {
  EXPECT_EQ(to_json(draft())["life"]["before_ms"], Json());
  life_ = {now_ns_ + kNsPerDay, 0.9, 0.912, "pumps", now_ns_, {"it says so", "据其判断"}};
  const WorkOrderDraft made = draft();
  for (const Json& json : {to_json(made), accepted_json(made, made.windows[*made.proposed])}) {
    EXPECT_EQ(json["by_life"], true);
    EXPECT_EQ(json["life"]["before_ms"], *life_.before_ns / kNsPerMs);
    EXPECT_EQ(json["life"]["certainty"], 0.9);
    EXPECT_EQ(json["life"]["held_share"], 0.912);
    EXPECT_EQ(json["life"]["why"]["zh"], "据其判断");
    EXPECT_EQ(json["late"], Json());
  }
}

TEST_F(WorkOrderTest, PricesAWindowThatSomebodyChooses) {
  const TimeNs start_ns = now_ns_ + 13 * kNsPerHour + 55 * kNsPerMinute;  // 21:00
  const WorkOrderDraft made = draft({"", {}, start_ns});
  const auto chosen = std::find_if(made.windows.begin(), made.windows.end(), [](const auto& each) {
    return each.kind == WindowKind::kChosen;
  });
  ASSERT_NE(chosen, made.windows.end());
  // 1 h at 1000, 2 h at 10; 2 of the 6 h of work at 60, 4 at 90.
  EXPECT_EQ(chosen->known, 1000 + 20 + 120 + 360 + 37);
}

TEST_F(WorkOrderTest, ShutsWhatBeginsBeforeAPartIsThere) {
  change(R"("in_stock": 4)", R"("in_stock": 1, "delivery_days": 3)");
  const WorkOrderDraft made = draft();
  for (const WorkWindow& each : made.windows) {
    EXPECT_EQ(each.shut.en.empty(), each.window.start_ns >= now_ns_ + 3 * kNsPerDay);
  }
  ASSERT_TRUE(made.proposed);
  EXPECT_GE(made.windows[*made.proposed].window.start_ns, now_ns_ + 3 * kNsPerDay);
}

TEST_F(WorkOrderTest, NamesWhatIsNotGivenAndPutsNoFigureInItsPlace) {
  change(R"("in_stock": 4, "price": 18.5)", R"("in_stock": 0)");
  const WorkOrderDraft made = draft();
  EXPECT_TRUE(lacks(made, "price of part 6205"));
  EXPECT_TRUE(lacks(made, "delivery time of part 6205"));
  const WorkWindow& best = made.windows[*made.proposed];
  EXPECT_FALSE(best.complete);
  EXPECT_FALSE(best.lines[2].amount);
  EXPECT_EQ(best.known, 570);
}

TEST_F(WorkOrderTest, ProposesNothingWhereNoCostOfAStandstillIsGiven) {
  change(
      R"("standstill": [{"shifts": ["day"], "per_hour": 1000}, {"outside_shifts": true, "per_hour": 10}],)",
      "");
  const WorkOrderDraft made = draft();
  EXPECT_TRUE(lacks(made, "standstill"));
  for (const WorkWindow& each : made.windows) {
    // Inside the planned stop it stands anyway, and the hour after it is not known.
    EXPECT_FALSE(each.compared);
  }
  EXPECT_FALSE(made.proposed);
}

TEST_F(WorkOrderTest, LeavesOutOfTheComparisonWhatIsMissingOfEachWindow) {
  change(R"("rates": [{"shifts": ["day"], "per_hour": 60}, {"per_hour": 90}])", R"("rates": [])");
  const WorkOrderDraft made = draft();
  EXPECT_TRUE(lacks(made, "hourly rate"));
  ASSERT_TRUE(made.proposed);
  EXPECT_EQ(made.windows[*made.proposed].kind, WindowKind::kOutsideShifts);
}

TEST_F(WorkOrderTest, DoesNotCompareAWindowOfWhichALaterRateIsMissing) {
  change(R"({"shifts": ["day"], "per_hour": 60}, {"per_hour": 90})",
         R"({"shifts": ["day"], "per_hour": 60})");
  const WorkOrderDraft made = draft();
  ASSERT_TRUE(made.proposed);
  EXPECT_EQ(made.windows[*made.proposed].kind, WindowKind::kPlannedStop)
      << "nights may be cheaper, but nobody says what a mechanic costs then";
}

TEST_F(WorkOrderTest, HasOnlyTheFirstLookWhereTheMachineHasNoModes) {
  json_ = R"({"site": "s", "lines": [{"id": "a"}], "kinds": [{"id": "pump"}],
              "assets": [{"id": "p1", "kind": "pump", "line": "a"}]})";
  const WorkOrderDraft made = draft();
  EXPECT_TRUE(made.mode.empty());
  EXPECT_FALSE(made.steps.empty());
  EXPECT_TRUE(made.parts.empty());
  EXPECT_TRUE(made.windows.empty());
  for (const char* what :
       {"failure modes", "parts", "skills", "how long", "currency", "planned stops", "shifts"}) {
    EXPECT_TRUE(lacks(made, what)) << what;
  }
}

TEST_F(WorkOrderTest, RefusesTimesThatArePastAndModesThatTheMachineHasNot) {
  draft();
  const auto ask = [&](const WorkQuestion& question) {
    return draft_work(one_, *plant_, TimeZone::utc(), now_ns_, question).error();
  };
  EXPECT_EQ(ask({"q", {}, {}}).code, Code::kNotFound);
  EXPECT_EQ(ask({"", now_ns_, {}}).param, "before_ms");
  EXPECT_EQ(ask({"", {}, now_ns_ - 1}).param, "start_ms");
  EXPECT_EQ(ask({"", {}, now_ns_ + 31 * kNsPerDay}).param, "start_ms");
}

TEST_F(WorkOrderTest, ChecksThatTwoWindowsAreTheSame) {
  const WorkOrderDraft made = draft();
  const std::string check = work_check(made, made.windows[*made.proposed]);
  EXPECT_EQ(check.size(), 16u);
  now_ns_ += kNsPerMinute;
  WorkOrderDraft later = draft();
  EXPECT_EQ(work_check(later, later.windows[*later.proposed]), check);
  change("18.5", "18.6");
  later = draft();
  EXPECT_NE(work_check(later, later.windows[*later.proposed]), check);
}

}  // namespace
}  // namespace mw::maintenance
