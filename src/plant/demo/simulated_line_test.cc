#include "plant/demo/simulated_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "plant/demo_site.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

SimulatedLine make_line(uint64_t seed) {
  return SimulatedLine::create(demo_catalogue(), seed, kStart).value();
}

TEST(SimulatedLine, ReadsEveryTagOfTheDescriptionEachSecondWithinIt) {
  SimulatedLine line = make_line(1);
  line.step();
  std::set<std::string> tags;
  for (const Reading& reading : line.readings()) {
    EXPECT_TRUE(tags.insert(reading.tag).second) << reading.tag;
    EXPECT_GE(*reading.ts_ns, kStart + kNsPerSecond);
    EXPECT_LT(*reading.ts_ns, kStart + 2 * kNsPerSecond);
  }
  EXPECT_EQ(tags.size(), demo_catalogue()->tags().size());
}

TEST(SimulatedLine, GivesTheSameForTheSameSeedAndOtherForAnother) {
  SimulatedLine a = make_line(7), b = make_line(7), c = make_line(8);
  bool other = false;
  for (int s = 0; s < 300; ++s) {
    for (SimulatedLine* line : {&a, &b, &c}) line->step();
    const auto first = a.readings(), second = b.readings(), third = c.readings();
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
      ASSERT_EQ(first[i].value, second[i].value) << first[i].tag;
      ASSERT_EQ(first[i].ts_ns, second[i].ts_ns);
      other = other || first[i].value != third[i].value;
    }
  }
  EXPECT_TRUE(other);
}

/// What a day of the line looks like, from one reading a tag each ten seconds.
struct Day {
  std::map<std::string, double> low, high, total;
  std::map<std::string, int> count, unusual, falls;
  std::map<std::string, std::set<std::string>> states;
  int failed_sensors = 0;
};

Day day_of(uint64_t seed) {
  Day day;
  SimulatedLine line = make_line(seed);
  std::map<std::string, double> last;
  for (int s = 0; s < 86'400; ++s) {
    line.step();
    if (s % 10 != 0) continue;
    for (const Reading& reading : line.readings()) {
      const Tag& tag = *demo_catalogue()->tag(reading.tag);
      if (reading.quality != Quality::kGood) ++day.failed_sensors;
      if (const auto* state = std::get_if<std::string>(&reading.value)) {
        day.states[tag.asset].insert(*state);
        continue;
      }
      const double value = std::get<double>(reading.value);
      EXPECT_TRUE(std::isfinite(value)) << tag.id;
      if (day.count[tag.id]++ == 0) day.low[tag.id] = day.high[tag.id] = value;
      day.low[tag.id] = std::min(day.low[tag.id], value);
      day.high[tag.id] = std::max(day.high[tag.id], value);
      day.total[tag.id] += value;
      if (tag.kind == TagKind::kCounter && last.count(tag.id) != 0 && value < last[tag.id]) {
        ++day.falls[tag.id];
      }
      last[tag.id] = value;
    }
  }
  return day;
}

TEST(SimulatedLine, StaysWithinPhysicsForADayAndMovesThroughItsStates) {
  const Day day = day_of(3);
  for (const Tag& tag : demo_catalogue()->tags()) {
    if (tag.kind == TagKind::kState) continue;
    EXPECT_LT(day.low.at(tag.id), day.high.at(tag.id)) << tag.id << " never moves";
    EXPECT_GE(day.low.at(tag.id), tag.physical_low.value_or(0)) << tag.id;
    EXPECT_LE(day.high.at(tag.id), tag.physical_high.value_or(1e9)) << tag.id;
    EXPECT_EQ(day.falls.count(tag.id), 0u) << tag.id << " is a counter and fell";
  }
  for (const Asset& asset : demo_catalogue()->assets()) {
    EXPECT_GE(day.states.at(asset.id).size(), 2u) << asset.id;
    EXPECT_EQ(day.states.at(asset.id).count("running"), 1u) << asset.id;
  }
  EXPECT_GT(day.failed_sensors, 0);
  // Spindles warm to some 50 degC, the furnace keeps its 850, the network its pressure.
  EXPECT_NEAR(day.total.at("cnc-2/spindle_temperature") / 8640, 50, 8);
  EXPECT_NEAR(day.total.at("furnace-1/chamber_temperature") / 8640, 845, 15);
  EXPECT_NEAR(day.total.at("compressor-1/discharge_pressure") / 8640, 6.75, 0.2);
}

TEST(SimulatedLine, GoesOnCountingFromAStoredValue) {
  SimulatedLine line = make_line(1);
  const Tag& parts = *demo_catalogue()->tag("cnc-1/parts");
  line.set_counter(parts, 55'555);
  line.step();
  for (const Reading& reading : line.readings()) {
    if (reading.tag != parts.id) continue;
    EXPECT_NEAR(std::get<double>(reading.value), 55'555, 1);
  }
}

TEST(MachineModel, RefusesAKindThatIsNotSimulated) { EXPECT_FALSE(make_model("boat", 1, 1)); }

TEST(Physics, NormalNumbersHaveMeanZeroAndDeviationOne) {
  Random random(4);
  double sum = 0, squares = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  // Standard errors: 0.0032 of the mean, 0.0045 of the variance; four of them.
  EXPECT_NEAR(sum / 100'000, 0, 0.013);
  EXPECT_NEAR(squares / 100'000, 1, 0.018);
}

TEST(Physics, FirstOrderReachesSixtyThreePercentAfterOneTimeConstant) {
  FirstOrder value(0);
  for (int s = 0; s < 100; ++s) value.step(1, 100, 1);
  EXPECT_NEAR(value.value(), 1 - std::exp(-1), 1e-12);
}

}  // namespace
}  // namespace mw::plant
