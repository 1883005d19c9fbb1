// Scope: values between samples. Expected numbers are worked out by hand, those of the first test
// are table 1 of OPC UA Part 13 (3.1.6). Tolerances: 1e-12 relative where a few doubles are summed,
// 1e-9 against a plain sum over thousands.
#include "plant/interpolation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/clock.h"
#include "plant/csv_export.h"
#include "plant/internal/test_plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

using How = PointValue::How;

constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;  // a whole hour
constexpr int64_t kHold = 10 * kNsPerSecond;
constexpr TagIndex kTemperature = 1;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TimeNs at(double seconds) { return kStart + std::llround(seconds * 1e9); }
TimeWindow window(double from_s, double to_s) { return {at(from_s), at(to_s)}; }

class InterpolationTest : public testing::Test {
 protected:
  void SetUp() override {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    store_ = SqliteStore::open(options).value();
  }
  void put(const std::vector<Sample>& samples) { ASSERT_TRUE(store_->append(samples)); }
  void put(double second, double value, Quality quality = Quality::kGood) {
    put({number_at(kTemperature, at(second), value, quality)});
  }
  Aggregate line(double from_s, double to_s) {
    return linear_aggregate(*store_, kTemperature, window(from_s, to_s), kHold).value();
  }
  PointValue value(double second, Interpolation how) {
    return value_at(*store_, tag(), at(second), how).value();
  }
  const Tag& tag() { return *catalogue_->tag("m1/temperature"); }

  testing_support::TemporaryFolder folder_;
  std::shared_ptr<const Catalogue> catalogue_ = test_catalogue();
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(InterpolationTest, AgreesWithTheTableOfPart13) {
  for (int i = 0; i < 3; ++i) put(i * 10, 10 + i * 10);  // 12:00:00 is 10, :10 is 20, :20 is 30
  for (const auto& [second, sloped, stepped] :
       {std::tuple(5.0, 15.0, 10.0), {8.0, 18.0, 10.0}, {15.0, 25.0, 20.0}}) {
    const PointValue along = value(second, Interpolation::kLinear);
    EXPECT_DOUBLE_EQ(*along.value, sloped);
    EXPECT_EQ(along.how, How::kLine);
    const PointValue held = value(second, Interpolation::kStepped);
    EXPECT_EQ(*held.value, stepped);
    EXPECT_EQ(held.how, How::kHeld);
  }
  // Past the last sample the table's stepped extrapolation holds, for both of ours.
  for (const double second : {25.0, 27.0}) {
    EXPECT_EQ(*value(second, Interpolation::kLinear).value, 30);
    EXPECT_EQ(value(second, Interpolation::kLinear).how, How::kHeld);
  }
  EXPECT_EQ(value(10, Interpolation::kLinear).how, How::kSample);
  EXPECT_EQ(*value(10, Interpolation::kLinear).value, 20);
}

TEST_F(InterpolationTest, TheMeanIsTheAreaUnderTheLines) {
  put(0, 10);
  put(4, 30);
  put(8, 10);
  const Aggregate out = line(0, 8);
  EXPECT_DOUBLE_EQ(*out.mean, 20);
  EXPECT_DOUBLE_EQ(*out.stddev, 20 / std::sqrt(12.0));  // of a uniform distribution over 10..30
  EXPECT_EQ(*out.min, (ValueAt{10, at(0)}));
  EXPECT_EQ(*out.max, (ValueAt{30, at(4)}));
  EXPECT_EQ(out.count, 2u);
  EXPECT_DOUBLE_EQ(out.good_share, 1);
  EXPECT_EQ(out.basis.interpolation, Interpolation::kLinear);
  // In steps it is 10 for 4 s and 30 for 4 s as well; over an odd window they part.
  EXPECT_DOUBLE_EQ(*line(1, 3).mean, 20);
  EXPECT_DOUBLE_EQ(*line(2, 4).mean, 25);
  EXPECT_DOUBLE_EQ(*aggregate(*store_, kTemperature, window(2, 4), kHold)->mean, 10);
}

TEST_F(InterpolationTest, BothBoundsAreInterpolated) {
  put(0, 0);
  put(10, 100);
  const Aggregate out = line(2, 6);  // without a sample inside
  EXPECT_EQ(out.count, 0u);
  EXPECT_DOUBLE_EQ(*out.mean, 40);
  EXPECT_DOUBLE_EQ(out.min->value, 20);
  EXPECT_DOUBLE_EQ(out.max->value, 60);
  EXPECT_EQ(out.max->ts_ns, at(6));
  EXPECT_DOUBLE_EQ(out.first->value, 20);
  EXPECT_DOUBLE_EQ(out.last->value, 60);
  EXPECT_FALSE(out.change.has_value());
}

TEST_F(InterpolationTest, NoLineGoesOverASilenceOrABadSample) {
  put(0, 10);
  put(8, 50);                     // 10 -> 50: 8 s at 30 in the middle
  put(30, 90);                    // a silence: 50 holds for 10 s, then nothing until here
  put(34, kNone, Quality::kBad);  // 90 holds for 4 s
  put(36, 70);
  const Aggregate out = line(0, 36);
  EXPECT_DOUBLE_EQ(*out.mean, (8 * 30.0 + 10 * 50.0 + 4 * 90.0) / 22);
  EXPECT_DOUBLE_EQ(out.good_share, 22.0 / 36);
  EXPECT_EQ(out.bad_count, 1u);
  // The coverage is the one that steps have.
  EXPECT_DOUBLE_EQ(aggregate(*store_, kTemperature, window(0, 36), kHold)->good_share, 22.0 / 36);

  EXPECT_EQ(value(25, Interpolation::kLinear).how, How::kNone);
  EXPECT_EQ(value(25, Interpolation::kLinear).reason, QualityReason::kSilent);
  EXPECT_FALSE(value(25, Interpolation::kLinear).value.has_value());
  EXPECT_EQ(*value(32, Interpolation::kLinear).value, 90);
  EXPECT_EQ(value(35, Interpolation::kLinear).quality, Quality::kBad);
  EXPECT_EQ(value(-1, Interpolation::kLinear).how, How::kNone);
  EXPECT_FALSE(line(20, 28).mean.has_value());
}

TEST_F(InterpolationTest, ALineToTheVeryWatchdogPeriodIsDrawnAndOneLongerIsNot) {
  put(0, 0);
  put(10, 10);
  EXPECT_DOUBLE_EQ(*value(5, Interpolation::kLinear).value, 5);
  put({number_at(kTemperature, at(20) + 1, 20)});
  EXPECT_EQ(*value(15, Interpolation::kLinear).value, 10);
  EXPECT_EQ(value(20, Interpolation::kLinear).how, How::kNone);
}

TEST_F(InterpolationTest, ALineIsAsGoodAsTheWorseOfItsSamples) {
  put(0, 10);
  put(4, 20, Quality::kUncertain);
  put(8, 30);
  const Aggregate out = line(0, 8);
  EXPECT_DOUBLE_EQ(*out.mean, 20);
  EXPECT_EQ(out.good_share, 0);
  EXPECT_DOUBLE_EQ(out.usable_share, 1);
  EXPECT_EQ(value(2, Interpolation::kLinear).quality, Quality::kUncertain);
  EXPECT_EQ(value(2, Interpolation::kStepped).quality, Quality::kGood);
}

TEST_F(InterpolationTest, AgreesWithAPlainSumOverIrregularSamples) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> pause(0.05, 14), noise(-40, 40);
  std::vector<Sample> samples;
  double second = 0;
  for (int i = 0; i < 3000; ++i) {
    samples.push_back(number_at(kTemperature, at(second), noise(random),
                                random() % 9 == 0 ? Quality::kBad : Quality::kGood));
    second += pause(random);
  }
  put(samples);
  for (int round = 0; round < 20; ++round) {
    const double from = std::uniform_real_distribution<double>(0, second / 2)(random);
    const TimeWindow asked = window(from, from + 3 + round * 200);
    double area = 0, squares = 0, length = 0;
    const auto add = [&](const Sample& a, const Sample* b) {  // integrals of v and v^2, closed form
      if (a.quality == Quality::kBad) return;
      const double hold_end = static_cast<double>(a.ts_ns - kStart) / 1e9 + 10;
      const double start = static_cast<double>(a.ts_ns - kStart) / 1e9;
      const double next = b == nullptr ? 1e18 : static_cast<double>(b->ts_ns - kStart) / 1e9;
      const bool lined = b != nullptr && b->quality != Quality::kBad && next <= hold_end;
      const double slope = lined ? (b->value - a.value) / (next - start) : 0;
      const double lo = std::max(start, static_cast<double>(asked.start_ns - kStart) / 1e9);
      const double hi =
          std::min({next, hold_end, static_cast<double>(asked.end_ns - kStart) / 1e9});
      if (hi <= lo) return;
      const double v = a.value + slope * (lo - start), d = hi - lo;
      area += v * d + slope * d * d / 2;
      squares += v * v * d + v * slope * d * d + slope * slope * d * d * d / 3;
      length += d;
    };
    for (std::size_t i = 0; i < samples.size(); ++i) {
      add(samples[i], i + 1 < samples.size() ? &samples[i + 1] : nullptr);
    }
    const Aggregate out = linear_aggregate(*store_, kTemperature, asked, kHold).value();
    ASSERT_EQ(out.mean.has_value(), length > 0);
    if (length == 0) continue;
    const double mean = area / length;
    EXPECT_NEAR(*out.mean, mean, 1e-7);
    EXPECT_NEAR(*out.stddev, std::sqrt(std::max(0.0, squares / length - mean * mean)), 1e-6);
    const Aggregate steps = aggregate(*store_, kTemperature, asked, kHold).value();
    EXPECT_EQ(out.count, steps.count);
    EXPECT_EQ(out.bad_count, steps.bad_count);
    EXPECT_DOUBLE_EQ(out.good_share, steps.good_share);
    EXPECT_EQ(out.slope_per_minute, steps.slope_per_minute);
  }
}

TEST_F(InterpolationTest, EachPointOfAChartIsTheAggregateOfItsStretch) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> pause(0.5, 13), noise(0, 100);
  std::vector<Sample> samples;
  for (double second = 0; second < 4000; second += pause(random)) {
    samples.push_back(number_at(kTemperature, at(second), noise(random),
                                random() % 11 == 0 ? Quality::kBad : Quality::kGood));
  }
  put(samples);
  const Series chart = linear_series(*store_, kTemperature, window(100, 3700), kHold, 60).value();
  const Series steps = series(*store_, kTemperature, window(100, 3700), kHold, 60).value();
  EXPECT_DOUBLE_EQ(chart.good_share, steps.good_share);
  ASSERT_EQ(chart.points.size(), steps.points.size());
  for (std::size_t i = 0; i < chart.points.size(); ++i) {
    EXPECT_EQ(chart.points[i].ts_ns, steps.points[i].ts_ns);
    if (!chart.points[i].mean) continue;
    const TimeWindow stretch{chart.points[i].ts_ns, chart.points[i].ts_ns + chart.bucket_ns};
    const Aggregate whole = linear_aggregate(*store_, kTemperature, stretch, kHold).value();
    if ((stretch.start_ns - at(100)) % chart.bucket_ns != 0) continue;  // one sample, at its time
    EXPECT_NEAR(*chart.points[i].mean, *whole.mean, 1e-9);
    EXPECT_NEAR(*chart.points[i].min, whole.min->value, 1e-9);
    EXPECT_NEAR(*chart.points[i].max, whole.max->value, 1e-9);
  }
}

TEST_F(InterpolationTest, AChartHasItsGapsWhereStepsHaveThem) {
  put(0, 1);
  put(1, 2);
  put(60, 3);
  put(61, 4);
  const Series chart = linear_series(*store_, kTemperature, window(0, 70), kHold, 7).value();
  ASSERT_EQ(chart.points.size(), 3u);
  EXPECT_FALSE(chart.points[1].mean.has_value());
  EXPECT_EQ(chart.points[1].ts_ns, at(10));
}

TEST_F(InterpolationTest, HugeValuesStayFinite) {
  put(0, -1.7e308);
  put(5, 1.7e308);
  const PointValue middle = value(2.5, Interpolation::kLinear);
  EXPECT_TRUE(std::isfinite(*middle.value));
  EXPECT_NEAR(*line(0, 5).mean / 1.7e308, 0, 1e-9);
}

TEST_F(InterpolationTest, AsksForLinesAreRefusedWhereThereCanBeNone) {
  const auto choose = [&](const char* id, TimeWindow asked, std::optional<Interpolation> way) {
    return choose_interpolation(*store_, *catalogue_->tag(id), asked, way);
  };
  const TimeWindow day{kStart, kStart + 24 * kNsPerHour};
  const TimeWindow quarter{kStart, kStart + 90 * 24 * kNsPerHour};
  EXPECT_EQ(*choose("m1/temperature", day, {}), Interpolation::kStepped);
  EXPECT_EQ(*choose("m1/temperature", day, Interpolation::kLinear), Interpolation::kLinear);
  EXPECT_EQ(choose("m1/parts", day, Interpolation::kLinear).error().param, "interpolation");
  EXPECT_EQ(choose("m1/state", day, Interpolation::kLinear).error().param, "interpolation");
  EXPECT_EQ(choose("m1/temperature", quarter, Interpolation::kLinear).error().param,
            "interpolation");
  Tag along = tag();
  along.interpolation = Interpolation::kLinear;
  EXPECT_EQ(*choose_interpolation(*store_, along, day, {}), Interpolation::kLinear);
  EXPECT_EQ(*choose_interpolation(*store_, along, day, Interpolation::kStepped),
            Interpolation::kStepped);
  EXPECT_EQ(*choose_interpolation(*store_, along, quarter, {}), Interpolation::kStepped);
}

TEST_F(InterpolationTest, AggregatesOfThinnedSamplesTellNoLineAndNoMoment) {
  std::vector<Sample> samples;
  for (int s = 0; s < 7200; ++s) samples.push_back(number_at(kTemperature, at(s), s % 50));
  put(samples);
  const KeptFrom target{at(3600), INT64_MIN, INT64_MIN};
  while (!store_->thin(kTemperature, target).value().done) {
  }
  const auto refused =
      choose_interpolation(*store_, tag(), window(0, 7200), Interpolation::kLinear);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "interpolation");
  EXPECT_EQ(value_at(*store_, tag(), at(1800), {}).error().param, "at_ms");
  EXPECT_EQ(*value_at(*store_, tag(), at(3649), {})->value, 49);
  const CsvGrid grid{60 * kNsPerSecond, {}};
  const auto file = export_grid(*store_, *catalogue_, {"m1/temperature"}, window(0, 7200), grid,
                                [](std::string_view) { return true; });
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().param, "from_ms");
}

TEST_F(InterpolationTest, AFileHasTheValuesAtEqualTimes) {
  put(0, 10);
  put(5, 20);
  put(9, 20);
  put({state_at(0, at(3), "running")});
  const auto lines = [&](const std::vector<std::string>& tags, double from_s, double to_s,
                         const CsvGrid& grid) {
    std::string out;
    EXPECT_TRUE(export_grid(*store_, *catalogue_, tags, window(from_s, to_s), grid,
                            [&](std::string_view text) {
                              out += text;
                              return true;
                            }));
    std::vector<std::string> columns;  // value and quality
    std::size_t row = out.find('\n') + 1;
    while (row < out.size()) {
      const std::size_t end = out.find('\n', row);
      const std::string each = out.substr(row, end - row);
      const std::size_t value = each.find(',', each.find(',') + 1) + 1;
      columns.push_back(each.substr(value, each.find(',', each.find(',', value) + 1) - value));
      row = end + 1;
    }
    return columns;
  };
  using Rows = std::vector<std::string>;
  const int64_t step = 2 * kNsPerSecond + kNsPerSecond / 2;
  EXPECT_EQ(lines({"m1/temperature"}, 0, 10, {step, Interpolation::kLinear}),
            (Rows{"10,good", "15,good", "20,good", "20,good"}));
  EXPECT_EQ(lines({"m1/temperature"}, 0, 10, {step, {}}),
            (Rows{"10,good", "10,good", "20,good", "20,good"}));
  EXPECT_EQ(lines({"m1/temperature"}, 17, 21, {kNsPerSecond, Interpolation::kLinear}),
            (Rows{"20,good", "20,good", ",bad", ",bad"}));
  // A state among them goes in steps, whatever the numbers do.
  EXPECT_EQ(lines({"m1/state", "m1/temperature"}, 2, 4, {kNsPerSecond, Interpolation::kLinear}),
            (Rows{",bad", "running,good", "14,good", "16,good"}));
}

TEST_F(InterpolationTest, AFileEndsWhenItsReaderHasEnough) {
  put(0, 10);
  int rows = 0;
  const auto written =
      export_grid(*store_, *catalogue_, {"m1/temperature", "m2/temperature"}, window(0, 1000),
                  {kNsPerSecond, {}}, [&](std::string_view) { return ++rows < 3; });
  EXPECT_EQ(*written, 2u);
  EXPECT_EQ(rows, 3);
  EXPECT_EQ(export_grid(*store_, *catalogue_, {}, window(0, 1), {0, {}},
                        [](std::string_view) { return true; })
                .error()
                .param,
            "every_ms");
}

}  // namespace
}  // namespace mw::plant
