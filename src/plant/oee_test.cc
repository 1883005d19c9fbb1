// OEE against tables worked out by hand, over a store whose samples are known, and as a property:
// adjacent windows combine.
#include "plant/oee.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "plant/ingest.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

/// 8 h scheduled: 6 h production, 30 min setup, 30 min unplanned, 1 h planned; 1400 parts, 21 bad.
OeeInputs shift_of_a_press() {
  OeeInputs in;
  in.scheduled_ns = in.known_ns = 8 * kNsPerHour;
  in.production_ns = 6 * kNsPerHour;
  in.setup_ns = in.unplanned_ns = 30 * kNsPerMinute;
  in.planned_stop_ns = kNsPerHour;
  in.has_states = in.total_described = in.quality_described = true;
  in.total = 1400;
  in.reject = 21;
  in.ideal_cycle_s = 14;
  return in;
}
bool has(const Oee& oee, OeeRemark remark) {
  return std::find(oee.remarks.begin(), oee.remarks.end(), remark) != oee.remarks.end();
}

TEST(Oee, IsAvailabilityTimesPerformanceTimesQuality) {
  const Oee oee = compute_oee(shift_of_a_press());
  EXPECT_NEAR(*oee.availability, 6.0 / 7, 1e-12);
  EXPECT_NEAR(*oee.performance, 14.0 * 1400 / 21600, 1e-12);
  EXPECT_NEAR(*oee.quality, 1379.0 / 1400, 1e-12);
  EXPECT_NEAR(*oee.oee, 14.0 * 1379 / 25200, 1e-12);  // ideal time of the good parts / busy time
  EXPECT_NEAR(*oee.speed_loss_s, 2000, 1e-9);
  EXPECT_NEAR(*oee.quality_loss_s, 294, 1e-9);
  EXPECT_TRUE(oee.remarks.empty());
}

TEST(Oee, TakesGoodPartsFromWhicheverCountersThereAre) {
  OeeInputs in = shift_of_a_press();
  in.reject.reset();
  in.good = 1379;
  EXPECT_NEAR(*compute_oee(in).quality, 0.985, 1e-12);
  in.total.reset();
  in.reject = 21;
  EXPECT_NEAR(*compute_oee(in).quality, 0.985, 1e-12);
  EXPECT_EQ(*compute_oee(in).parts, 1400);
}

struct Missing {
  const char* what;
  void (*change)(OeeInputs& in);
  OeeRemark remark;
  bool availability, performance, quality;
};

TEST(Oee, StatesNoShareWithoutEvidenceForItAndSaysWhy) {
  const Missing cases[] = {
      {"no states", [](OeeInputs& in) { in.has_states = false; }, OeeRemark::kNoStates, false,
       false, true},
      {"states known for half", [](OeeInputs& in) { in.known_ns = 4 * kNsPerHour; },
       OeeRemark::kStatesMissing, false, false, true},
      {"no shift", [](OeeInputs& in) { in.scheduled_ns = 0; }, OeeRemark::kNotScheduled, false,
       false, false},
      {"planned stop all the time",
       [](OeeInputs& in) {
         in.production_ns = in.setup_ns = in.unplanned_ns = 0;
         in.total = in.reject = 0;
       },
       OeeRemark::kNotPlanned, false, false, false},
      {"no counter of all parts",
       [](OeeInputs& in) {
         in.total.reset();
         in.total_described = false;
       },
       OeeRemark::kNoTotal, true, false, false},
      {"no quality",
       [](OeeInputs& in) {
         in.reject.reset();
         in.quality_described = false;
       },
       OeeRemark::kNoQuality, true, true, false},
      {"counter silent",
       [](OeeInputs& in) {
         in.total.reset();
         in.counters_missing = true;
       },
       OeeRemark::kCountersMissing, true, false, false},
      {"no ideal cycle", [](OeeInputs& in) { in.ideal_cycle_s.reset(); }, OeeRemark::kNoIdealCycle,
       true, false, true},
      {"more rejects than parts", [](OeeInputs& in) { in.reject = 1402; },
       OeeRemark::kContradiction, true, false, false},
      {"more good ones than parts", [](OeeInputs& in) { in.good = 1402; },
       OeeRemark::kContradiction, true, false, false},
      {"parts without production",
       [](OeeInputs& in) {
         in.unplanned_ns += in.production_ns;
         in.production_ns = 0;
       },
       OeeRemark::kContradiction, true, false, false},
  };
  for (const Missing& each : cases) {
    OeeInputs in = shift_of_a_press();
    each.change(in);
    const Oee oee = compute_oee(in);
    EXPECT_FALSE(oee.oee) << each.what;
    EXPECT_TRUE(has(oee, each.remark)) << each.what;
    EXPECT_EQ(oee.availability.has_value(), each.availability) << each.what;
    EXPECT_EQ(oee.performance.has_value(), each.performance) << each.what;
    EXPECT_EQ(oee.quality.has_value(), each.quality) << each.what;
    EXPECT_FALSE(describe(each.remark).zh.empty());
    EXPECT_EQ(describe_oee_remark(oee_remark_name(each.remark))->en, describe(each.remark).en);
  }
  EXPECT_FALSE(describe_oee_remark("no such"));
}

TEST(Oee, SaysWhyPerformanceIsAbove100Percent) {
  OeeInputs in = shift_of_a_press();
  in.ideal_cycle_s = 20;
  const Oee oee = compute_oee(in);
  EXPECT_GT(*oee.performance, 1);
  EXPECT_TRUE(has(oee, OeeRemark::kAbove100));
  EXPECT_EQ(*oee.speed_loss_s, 0);
}

TEST(Oee, IsZeroWhenNothingWasMadeInBusyTime) {
  OeeInputs in = shift_of_a_press();
  in.total = in.reject = 0;
  in.unplanned_ns += in.production_ns;
  in.production_ns = 0;
  const Oee oee = compute_oee(in);
  EXPECT_EQ(*oee.availability, 0);
  EXPECT_EQ(*oee.oee, 0);
  EXPECT_FALSE(oee.quality);
  EXPECT_TRUE(has(oee, OeeRemark::kNothingMade));
}

// 2026-11-24 05:00 UTC: 06:00 in Berlin.
constexpr TimeNs kStart = 1'795'496'400 * kNsPerSecond;

class OeeOfPlant : public testing::Test {
 protected:
  void SetUp() override {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = Catalogue::parse(R"json({
      "site": "t", "lines": [{"id": "a"}, {"id": "b"}],
      "shifts": [{"id": "early", "start": "06:00", "end": "14:00"}],
      "kinds": [{"id": "press",
        "states": [{"id": "run", "time": "production"}, {"id": "setup", "time": "setup"},
                   {"id": "down", "time": "unplanned_stop"}, {"id": "off", "time": "planned_stop"}],
        "production": {"total": "parts", "reject": "scrap", "ideal_cycle_s": 20},
        "tags": [{"id": "state", "kind": "state", "watchdog_s": 30},
                 {"id": "parts", "kind": "counter", "watchdog_s": 30},
                 {"id": "scrap", "kind": "counter", "watchdog_s": 30}]}],
      "assets": [{"id": "p1", "kind": "press", "line": "a"}, {"id": "p2", "kind": "press", "line": "b"}]
    })json")
                            .value();
    options.zone = *TimeZone::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");
    options.clock = &clock_;
    plant_ = Plant::open(std::move(options)).value();
  }
  /// One sample of each tag each 10 s from `from_s` to `to_s` after kStart.
  void produce(int from_s, int to_s, const std::string& state, int seconds_a_part,
               int parts_a_reject) {
    std::vector<Reading> readings;
    for (int s = from_s; s < to_s; s += 10) {
      if (seconds_a_part > 0 && s % seconds_a_part == 0) {
        ++parts_;
        if (parts_ % parts_a_reject == 0) ++scrap_;
      }
      const auto put = [&](const char* tag,
                           std::variant<std::monostate, double, std::string> value) {
        Reading reading;
        reading.tag = std::string("p1/") + tag;
        reading.ts_ns = kStart + s * kNsPerSecond;
        reading.value = std::move(value);
        readings.push_back(std::move(reading));
      };
      put("state", state);
      put("parts", static_cast<double>(parts_));
      put("scrap", static_cast<double>(scrap_));
    }
    ASSERT_TRUE(plant_->ingest().take(readings));
  }
  OeeReport report(int from_s, int to_s, const char* asset = "p1") {
    const auto made = plant_->oee(Identity::local_viewer(), asset,
                                  {kStart + from_s * kNsPerSecond, kStart + to_s * kNsPerSecond});
    EXPECT_TRUE(made) << made.error().message.en;
    return made ? *made : OeeReport{};
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kStart + 20 * kNsPerHour};
  std::unique_ptr<Plant> plant_;
  int parts_ = 500, scrap_ = 9;
};

TEST_F(OeeOfPlant, ReadsTimesAndCountersOfAShift) {
  produce(-60, 0, "off", 0, 1);
  produce(0, 3600 * 4, "run", 40, 50);  // 360 parts
  produce(3600 * 4, 3600 * 5, "down", 0, 1);
  produce(3600 * 5, 3600 * 6, "setup", 0, 1);
  produce(3600 * 6, 3600 * 7, "run", 20, 50);  // 180 parts
  produce(3600 * 7, 3600 * 8, "off", 0, 1);
  const auto run = plant_->shift_run(Identity::local_viewer(), "p1", "early", "2026-11-24");
  ASSERT_TRUE(run) << run.error().message.en;
  EXPECT_EQ(run->start_ns, kStart);
  const OeeReport shift = report(0, 3600 * 8);
  EXPECT_TRUE(shift.inputs.has_shifts);
  EXPECT_EQ(shift.inputs.scheduled_ns, 8 * kNsPerHour);
  EXPECT_EQ(shift.inputs.production_ns, 5 * kNsPerHour);
  EXPECT_EQ(shift.inputs.busy_ns(), 7 * kNsPerHour);
  EXPECT_EQ(*shift.inputs.total, 540);
  EXPECT_EQ(*shift.inputs.reject, 10);  // parts 550 to 1000, every 50th
  EXPECT_NEAR(*shift.oee.availability, 5.0 / 7, 1e-9);
  EXPECT_NEAR(*shift.oee.performance, 20.0 * 540 / 18000, 1e-9);
  EXPECT_NEAR(*shift.oee.quality, 530.0 / 540, 1e-9);
  EXPECT_NEAR(*shift.oee.oee, 20.0 * 530 / 25200, 1e-9);
  EXPECT_EQ(shift.inputs.states[0].state, "run");
  EXPECT_EQ(shift.inputs.states[0].entries, 1);  // it began in it, which is no entry
  // What lies outside the shift is not scheduled, whatever the machine did.
  EXPECT_EQ(report(-3600, 3600 * 9).inputs.scheduled_ns, 8 * kNsPerHour);
}

TEST_F(OeeOfPlant, DoesNotInventWhatIsMissing) {
  produce(0, 3600 * 3, "run", 40, 50);  // then the link is down for the rest of the shift
  const OeeReport shift = report(0, 3600 * 8);
  EXPECT_FALSE(shift.oee.oee);
  EXPECT_FALSE(shift.oee.availability);
  EXPECT_TRUE(has(shift.oee, OeeRemark::kStatesMissing));
  EXPECT_TRUE(has(shift.oee, OeeRemark::kCountersMissing));
  EXPECT_FALSE(shift.inputs.total);
  const OeeReport other = report(0, 3600 * 8, "p2");
  EXPECT_FALSE(other.oee.oee);
  EXPECT_EQ(other.inputs.known_ns, 0);
  EXPECT_TRUE(has(report(3600 * 9, 3600 * 10).oee, OeeRemark::kNotScheduled));
}

TEST_F(OeeOfPlant, CountsAResetCounterOnFromZero) {
  produce(-60, 3600, "run", 40, 50);
  parts_ = -1;
  scrap_ = 0;
  produce(3600, 7200, "run", 40, 50);
  const OeeReport both = report(0, 7200);
  EXPECT_EQ(both.inputs.resets, 2);  // of both counters
  EXPECT_EQ(*both.inputs.total, 90 + 89);
  EXPECT_TRUE(has(both.oee, OeeRemark::kResets));
}

TEST_F(OeeOfPlant, OfAdjacentWindowsCombinesByBusyTime) {
  std::mt19937 random(7);
  const char* states[] = {"run", "down", "setup", "off", "run"};
  for (int s = -60; s < 3600 * 8;) {
    const int end = s + 600 + static_cast<int>(random() % 180) * 10;
    const char* state = states[random() % 5];
    produce(s, end, state, state == std::string("run") ? 40 : 0, 17);
    s = end;
  }
  const OeeReport whole = report(0, 3600 * 8);
  ASSERT_TRUE(whole.oee.oee);
  for (int round = 0; round < 50; ++round) {
    const int cut = 3600 + static_cast<int>(random() % (3600 * 6));
    const OeeReport first = report(0, cut);
    const OeeReport second = report(cut, 3600 * 8);
    EXPECT_EQ(first.inputs.busy_ns() + second.inputs.busy_ns(), whole.inputs.busy_ns());
    EXPECT_EQ(*first.inputs.total + *second.inputs.total, *whole.inputs.total);
    EXPECT_EQ(*first.inputs.reject + *second.inputs.reject, *whole.inputs.reject);
    if (!first.oee.oee || !second.oee.oee) continue;
    const auto weight = [](const OeeReport& each) {
      return *each.oee.oee * static_cast<double>(each.inputs.busy_ns());
    };
    EXPECT_NEAR((weight(first) + weight(second)) / static_cast<double>(whole.inputs.busy_ns()),
                *whole.oee.oee, 1e-9);
  }
}

TEST_F(OeeOfPlant, IsToldOnlyOfMachinesThatOneMaySee) {
  const Identity who = Identity::viewer_of({"b"});
  const TimeWindow window = {kStart, kStart + kNsPerHour};
  const auto hidden = plant_->oee(who, "p1", window);
  const auto absent = plant_->oee(who, "p9", window);
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().code, absent.error().code);
  EXPECT_EQ(plant_->shift_run(who, "p1", "early", "").error().code, Code::kNotFound);
  EXPECT_FALSE(plant_->oee(Identity::local_viewer(), "p1", {kStart - 200 * kNsPerDay, kStart}));
  const Identity all = Identity::local_viewer();
  EXPECT_EQ(plant_->shift_run(all, "p1", "early", "2026-13-01").error().code,
            Code::kInvalidArgument);
  EXPECT_EQ(plant_->shift_run(all, "p1", "nights", "").error().code, Code::kNotFound);
  EXPECT_EQ(plant_->shift_run(all, "p1", "early", "")->start_ns, kStart);
  EXPECT_FALSE(plant_->shift_run(all, "p1", "early", "2026-11-26"));  // has not begun
}

}  // namespace
}  // namespace mw::plant
