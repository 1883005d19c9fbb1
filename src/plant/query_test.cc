// Scope: the numbers of query.h against a plain implementation and worked examples. Tolerances:
// 1e-9 relative, since both sides sum a few thousand doubles of similar size.
#include "plant/query.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "plant/internal/test_plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
constexpr int64_t kHold = 10 * kNsPerSecond;
constexpr TagIndex kState = 0, kTemperature = 1, kParts = 2;

TimeNs at(double seconds) { return kStart + std::llround(seconds * 1e9); }
TimeWindow window(double from_s, double to_s) { return {at(from_s), at(to_s)}; }

class QueryTest : public testing::Test {
 protected:
  void SetUp() override {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    store_ = SqliteStore::open(options).value();
  }
  void put(const std::vector<Sample>& samples) { ASSERT_TRUE(store_->append(samples)); }
  Aggregate numbers(double from_s, double to_s) {
    return aggregate(*store_, kTemperature, window(from_s, to_s), kHold).value();
  }

  testing_support::TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(QueryTest, WeighsSamplesByTheTimeTheyHold) {
  put({number_at(kTemperature, at(0), 10), number_at(kTemperature, at(1), 20),
       number_at(kTemperature, at(4), 40)});
  const Aggregate out = numbers(0, 6);
  EXPECT_EQ(out.count, 3u);
  // 10 for 1 s, 20 for 3 s, 40 for 2 s.
  EXPECT_DOUBLE_EQ(*out.mean, (10 * 1 + 20 * 3 + 40 * 2) / 6.0);
  EXPECT_DOUBLE_EQ(*out.stddev, std::sqrt((15.0 * 15 + 3 * 5.0 * 5 + 2 * 15.0 * 15) / 6.0));
  EXPECT_EQ(out.min->value, 10);
  EXPECT_EQ(out.max->value, 40);
  EXPECT_EQ(out.max->ts_ns, at(4));
  EXPECT_EQ(out.first->value, 10);
  EXPECT_EQ(out.last->value, 40);
  EXPECT_EQ(*out.change, 30);
  EXPECT_DOUBLE_EQ(out.good_share, 1.0);
  EXPECT_EQ(out.quality(), Quality::kGood);
}

TEST_F(QueryTest, FindsTheSlopeOfALine) {
  std::vector<Sample> samples;
  for (int s = 0; s < 600; ++s) {
    samples.push_back(number_at(kTemperature, at(s), 50 + 0.02 * s));
  }
  put(samples);
  EXPECT_NEAR(*numbers(0, 600).slope_per_minute, 1.2, 1e-9);
  EXPECT_FALSE(numbers(0, 1).slope_per_minute.has_value());
  EXPECT_FALSE(numbers(0, 1).change.has_value());
}

TEST_F(QueryTest, AgreesWithAPlainImplementationOnNoise) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(1000, 3);
  std::vector<Sample> samples;
  for (int s = 0; s < 5000; ++s) samples.push_back(number_at(kTemperature, at(s), noise(random)));
  put(samples);
  const Aggregate out = numbers(0, 5000);
  double sum = 0, times = 0, squares = 0, products = 0;
  for (const Sample& sample : samples) sum += sample.value;
  const double mean = sum / 5000;
  for (int s = 0; s < 5000; ++s) {
    const double minutes = (s - 2499.5) / 60;
    times += minutes * minutes;
    products += minutes * (samples[static_cast<std::size_t>(s)].value - mean);
    squares += std::pow(samples[static_cast<std::size_t>(s)].value - mean, 2);
  }
  EXPECT_NEAR(*out.mean, mean, 1e-9 * mean);
  EXPECT_NEAR(*out.stddev, std::sqrt(squares / 5000), 1e-9);
  EXPECT_NEAR(*out.slope_per_minute, products / times, 1e-9);
}

TEST_F(QueryTest, CountsSilenceBeyondTheWatchdogAndBadSamplesAsNotCovered) {
  put({number_at(kTemperature, at(0), 10), number_at(kTemperature, at(50), 20),
       number_at(kTemperature, at(55), std::numeric_limits<double>::quiet_NaN(), Quality::kBad),
       number_at(kTemperature, at(58), 500, Quality::kBad)});
  const Aggregate out = numbers(0, 100);
  EXPECT_EQ(out.count, 2u);
  EXPECT_EQ(out.bad_count, 2u);
  EXPECT_DOUBLE_EQ(out.good_share, 0.15);  // 10 s until the watchdog, 5 s until the bad one
  EXPECT_DOUBLE_EQ(*out.mean, (10 * 10 + 20 * 5) / 15.0);
  EXPECT_EQ(out.max->value, 20);
  EXPECT_EQ(out.quality(), Quality::kUncertain);
}

TEST_F(QueryTest, CountsUncertainSamplesButNotAsGood) {
  put({number_at(kTemperature, at(0), 10),
       number_at(kTemperature, at(5), 20, Quality::kUncertain)});
  const Aggregate out = numbers(0, 10);
  EXPECT_DOUBLE_EQ(*out.mean, 15);
  EXPECT_DOUBLE_EQ(out.good_share, 0.5);
  EXPECT_DOUBLE_EQ(out.usable_share, 1.0);
}

TEST_F(QueryTest, LetsTheValueThatStillHoldsStandForAWindowWithoutSamples) {
  put({number_at(kTemperature, at(0), 42)});
  const Aggregate out = numbers(2, 4);
  EXPECT_EQ(out.count, 0u);
  EXPECT_EQ(*out.mean, 42);
  EXPECT_EQ(out.last->ts_ns, at(0));
  EXPECT_DOUBLE_EQ(out.good_share, 1.0);
  const Aggregate later = numbers(20, 30);
  EXPECT_FALSE(later.mean.has_value());
  EXPECT_EQ(later.good_share, 0);
  EXPECT_EQ(later.quality(), Quality::kBad);
}

TEST_F(QueryTest, ReturnsFewSamplesAsTheyAreAndManyAsStretches) {
  std::vector<Sample> samples;
  for (int s = 0; s < 1000; ++s) samples.push_back(number_at(kTemperature, at(s), s));
  put(samples);
  const Series few = series(*store_, kTemperature, window(100, 110), kHold, 300).value();
  ASSERT_EQ(few.points.size(), 10u);
  EXPECT_EQ(few.points[3].ts_ns, at(103));
  EXPECT_EQ(*few.points[3].mean, 103);
  const Series many = series(*store_, kTemperature, window(0, 1000), kHold, 10).value();
  ASSERT_EQ(many.points.size(), 10u);
  EXPECT_EQ(*many.points[2].min, 200);
  EXPECT_EQ(*many.points[2].max, 299);
  EXPECT_NEAR(*many.points[2].mean, 249.5, 1e-9);
  EXPECT_DOUBLE_EQ(many.good_share, 1.0);
}

TEST_F(QueryTest, AStretchOfAChartHasTheMeanOfTheTimeThatItsValuesHeld) {
  // A device that reports changes: 10 for 9 s, 40 for the tenth.
  put({number_at(kTemperature, at(0), 10), number_at(kTemperature, at(9), 40),
       number_at(kTemperature, at(10), 40)});
  const Series out = series(*store_, kTemperature, window(0, 20), kHold, 2).value();
  ASSERT_EQ(out.points.size(), 2u);
  EXPECT_DOUBLE_EQ(*out.points[0].mean, 13);
}

TEST_F(QueryTest, EachPointOfAChartIsTheAggregateOfItsStretch) {
  std::mt19937 random(45);
  std::vector<Sample> samples;
  for (double s = 0; s < 4'000; s += 0.1 + static_cast<double>(random() % 60) / 10) {
    Sample each = number_at(kTemperature, at(s), static_cast<double>(random() % 1'000) / 7);
    if (random() % 10 == 0) each.quality = Quality::kBad;
    samples.push_back(each);
  }
  put(samples);
  const Series out = series(*store_, kTemperature, window(0, 4'000), kHold, 100).value();
  ASSERT_EQ(out.points.size(), 100u);
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    const auto from_s = static_cast<double>(i) * 40;
    const Aggregate same = numbers(from_s, from_s + 40);
    EXPECT_NEAR(*out.points[i].mean, *same.mean, 1e-9 * *same.mean) << i;
    EXPECT_EQ(*out.points[i].min, same.min->value) << i;
    EXPECT_EQ(*out.points[i].max, same.max->value) << i;
  }
}

TEST_F(QueryTest, ShowsAGapAsAPointWithoutValues) {
  std::vector<Sample> samples;
  for (int s = 0; s < 100; ++s) samples.push_back(number_at(kTemperature, at(s), s));
  for (int s = 300; s < 400; ++s) samples.push_back(number_at(kTemperature, at(s), s));
  put(samples);
  for (const int points : {7, 40, 1000}) {
    const Series out = series(*store_, kTemperature, window(0, 400), kHold, points).value();
    EXPECT_LE(out.points.size(), static_cast<std::size_t>(points));
    const auto gaps = std::count_if(out.points.begin(), out.points.end(),
                                    [](const Bucket& bucket) { return !bucket.mean; });
    EXPECT_EQ(gaps, 1) << points;
    for (std::size_t i = 1; i < out.points.size(); ++i) {
      EXPECT_GT(out.points[i].ts_ns, out.points[i - 1].ts_ns);
    }
  }
}

TEST_F(QueryTest, TellsHowLongAMachineWasInEachStateAndHowOftenItEnteredIt) {
  std::vector<Sample> samples;
  const auto hold = [&](const char* state, int from_s, int to_s) {
    for (int s = from_s; s < to_s; s += 5) samples.push_back(state_at(kState, at(s), state));
  };
  hold("running", 0, 100);
  hold("idle", 100, 130);
  hold("running", 130, 200);
  // Nothing from 200 to 300: known until the watchdog at 205.
  hold("running", 300, 310);
  hold("fault", 310, 320);
  put(samples);
  const StateHistory out = state_history(*store_, kState, window(50, 320), kHold).value();
  const std::vector<StateSpan> expected = {
      {"running", at(50), at(100)}, {"idle", at(100), at(130)},    {"running", at(130), at(205)},
      {"", at(205), at(300)},       {"running", at(300), at(310)}, {"fault", at(310), at(320)}};
  EXPECT_EQ(out.spans, expected);
  ASSERT_EQ(out.totals.size(), 3u);
  EXPECT_EQ(out.totals[0].state, "running");
  EXPECT_EQ(out.totals[0].duration_ns, 135 * kNsPerSecond);
  EXPECT_EQ(out.totals[0].entries, 1);  // from idle; after the gap it was still the same state
  EXPECT_EQ(out.totals[1].state, "idle");
  EXPECT_EQ(out.totals[1].entries, 1);
  EXPECT_EQ(out.totals[2].entries, 1);
  EXPECT_NEAR(out.good_share, 175.0 / 270.0, 1e-12);
}

TEST_F(QueryTest, CountsWhatACounterGrewByAcrossResetsAndGaps) {
  std::vector<Sample> samples;
  for (int s = 0; s < 100; ++s) samples.push_back(number_at(kParts, at(s), 1000 + s / 10));
  for (int s = 200; s < 260; ++s) samples.push_back(number_at(kParts, at(s), (s - 200) / 10));
  put(samples);
  const CounterIncrease whole = counter_increase(*store_, kParts, window(0, 260), kHold).value();
  EXPECT_EQ(whole.increase, 9 + 5);
  EXPECT_EQ(whole.resets, 1);
  const CounterIncrease part = counter_increase(*store_, kParts, window(55, 65), kHold).value();
  EXPECT_EQ(part.increase, 1);
  EXPECT_EQ(part.first->value, 1005);
  const CounterIncrease none = counter_increase(*store_, kParts, window(-50, 0), kHold).value();
  EXPECT_EQ(none.increase, 0);
  EXPECT_FALSE(none.last.has_value());
}

}  // namespace
}  // namespace mw::plant
