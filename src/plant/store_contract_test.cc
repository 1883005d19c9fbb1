// What both stores promise, over each of them (store_contract.h), against ReferenceStore. Scope:
// samples late, twice and out of order, clocks that jump, gaps, doubtful and unusable values,
// texts; restarts in between; rollups and thinning. Tolerance: means, deviations, slopes and sums
// of increases 1e-9 relative to the size of the values, since they are added up in another order;
// all else equal.
#include "plant/internal/store_contract.h"

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <thread>

#include "plant/internal/reference_store.h"
#include "plant/internal/rollup_fold.h"
#include "plant/query.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;  // a whole hour
constexpr TagIndex kState = 0, kTemperature = 1, kParts = 2;
constexpr int64_t kHold = 10 * kNsPerSecond;
constexpr int64_t kHours = 12;

/// Samples of half a day as a bad network brings them: in batches, shuffled, some of them twice,
/// some hours late; with marks, doubtful values, gaps and a clock that is set back once.
class BadNetwork {
 public:
  explicit BadNetwork(unsigned seed) : random_(seed) {
    int64_t ts_ms = kStart / kNsPerMs;
    double value = 61, parts = 0;
    const int64_t end_ms = ts_ms + kHours * 3'600'000;
    bool jumped = false;
    while (ts_ms < end_ms) {
      ts_ms += 1 + below(8000);
      if (below(300) == 0) ts_ms += below(40) * 60'000;  // silence
      if (!jumped && ts_ms > end_ms - 4 * 3'600'000) {
        jumped = true;
        ts_ms -= 90 * 60'000;  // times that were there already come again between the others
      }
      value += 0.1 * static_cast<double>(below(9) - 4);
      parts = below(400) == 0 ? 0 : parts + static_cast<double>(below(3));
      add(number_at(kTemperature, ts_ms * kNsPerMs, std::round(value * 10) / 10));
      add(number_at(kParts, ts_ms * kNsPerMs, parts));
      if (below(5) == 0) {
        add(state_at(kState, ts_ms * kNsPerMs, below(2) == 0 ? "running" : "idle"));
      }
    }
    for (std::size_t i = 0; i + 1 < samples_.size(); ++i) {
      const auto reach = static_cast<int64_t>(below(50) == 0 ? samples_.size() : 40);
      const auto other = std::min(samples_.size() - 1, i + static_cast<std::size_t>(below(reach)));
      std::swap(samples_[i], samples_[other]);
      if (below(20) == 0) samples_.push_back(samples_[i]);
    }
  }
  const std::vector<Sample>& samples() const { return samples_; }

 private:
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  void add(Sample sample) {
    if (below(25) == 0) sample.quality = Quality::kUncertain;
    if (below(40) == 0) {
      sample.quality = Quality::kBad;
      sample.reason = QualityReason::kNoCommunication;
      if (below(2) == 0) {
        sample.value = std::numeric_limits<double>::quiet_NaN();
        sample.text.clear();
      }
    }
    samples_.push_back(std::move(sample));
  }
  std::mt19937_64 random_;
  std::vector<Sample> samples_;
};

void expect_near(std::optional<double> a, std::optional<double> b, double size, const char* what) {
  ASSERT_EQ(a.has_value(), b.has_value()) << what;
  if (!a) return;
  EXPECT_NEAR(*a, *b, 1e-9 * std::max(1.0, std::fabs(size))) << what;
}

void expect_same(const Aggregate& a, const Aggregate& b) {
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.bad_count, b.bad_count);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.last, b.last);
  EXPECT_EQ(a.change, b.change);
  EXPECT_EQ(a.good_share, b.good_share);
  EXPECT_EQ(a.usable_share, b.usable_share);
  const double size = b.max ? std::max(std::fabs(b.max->value), std::fabs(b.min->value)) : 1;
  expect_near(a.mean, b.mean, size, "mean");
  expect_near(a.stddev, b.stddev, size, "stddev");
  expect_near(a.slope_per_minute, b.slope_per_minute, size, "slope");
}

void expect_same(const Series& a, const Series& b) {
  EXPECT_EQ(a.good_share, b.good_share);
  EXPECT_EQ(a.bucket_ns, b.bucket_ns);
  ASSERT_EQ(a.points.size(), b.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    ASSERT_EQ(a.points[i].ts_ns, b.points[i].ts_ns) << i;
    ASSERT_EQ(a.points[i].min, b.points[i].min) << i;
    ASSERT_EQ(a.points[i].max, b.points[i].max) << i;
    expect_near(a.points[i].mean, b.points[i].mean, 100, "bucket");
  }
}

void expect_same(const CounterIncrease& a, const CounterIncrease& b) {
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.resets, b.resets);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.last, b.last);
  EXPECT_EQ(a.good_share, b.good_share);
  EXPECT_NEAR(a.increase, b.increase, 1e-9 * std::max(1.0, b.increase));
}

void expect_same(const std::optional<Sample>& a, const std::optional<Sample>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->ts_ns, b->ts_ns);
  EXPECT_EQ(a->server_ts_ns, b->server_ts_ns);
  EXPECT_EQ(a->quality, b->quality);
  EXPECT_EQ(a->reason, b->reason);
  EXPECT_EQ(a->text, b->text);
  EXPECT_TRUE(a->value == b->value ||
              (std::isnan(a->value) && (std::isnan(b->value) || !b->text.empty())));
}

/// Every question about a window gets the same answer.
void expect_same_answers(const SampleStore& store, const SampleStore& reference,
                         TimeWindow window) {
  SCOPED_TRACE("window from " + std::to_string((window.start_ns - kStart) / kNsPerSecond) +
               " s to " + std::to_string((window.end_ns - kStart) / kNsPerSecond) + " s");
  for (const TagIndex tag : {kTemperature, kParts}) {
    expect_same(aggregate(store, tag, window, kHold).value(),
                aggregate(reference, tag, window, kHold).value());
    expect_same(counter_increase(store, tag, window, kHold).value(),
                counter_increase(reference, tag, window, kHold).value());
    for (const int points : {3, 12, 200}) {
      expect_same(series(store, tag, window, kHold, points).value(),
                  series(reference, tag, window, kHold, points).value());
    }
  }
  const StateHistory states = state_history(store, kState, window, kHold).value();
  EXPECT_EQ(states.spans, state_history(reference, kState, window, kHold)->spans);
  for (const TagIndex tag : {kState, kTemperature, kParts}) {
    expect_same(store.last_before(tag, window.end_ns).value(),
                reference.last_before(tag, window.end_ns).value());
    const auto a = samples_in(store, tag, window), b = samples_in(reference, tag, window);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) expect_same(a[i], b[i]);
  }
}

uint64_t rollups_in(const SampleStore& store, TagIndex tag, TimeWindow window) {
  uint64_t rollups = 0;
  const Result<void> read = store.pieces(
      tag, window, kHourNs, SampleStore::PieceUse::kStatistics, [](const Sample&) { return true; },
      [&](const Rollup&) {
        ++rollups;
        return true;
      });
  EXPECT_TRUE(read);
  return rollups;
}

TEST_P(StoreContract, AnswersAsThePlainReferenceDoesHoweverSamplesCome) {
  const TimeWindow all{kStart, kStart + kHours * kHourNs};
  for (unsigned seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    under_test_ = GetParam().make();
    const BadNetwork network(seed);
    ReferenceStore reference;
    std::mt19937_64 random(seed);
    auto store = open(700);
    ASSERT_NE(store, nullptr);
    const std::span<const Sample> samples = network.samples();
    for (std::size_t at = 0; at < samples.size();) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 900, samples.size() - at);
      ASSERT_EQ(store->append(samples.subspan(at, count)).value(), AppendOutcome::kCommitted);
      ASSERT_TRUE(reference.append(samples.subspan(at, count)));
      at += count;
      if (random() % 12 == 0) {
        store.reset();
        store = open(700);
        ASSERT_NE(store, nullptr);
      }
      if (random() % 6 == 0) expect_same_answers(*store, reference, all);
    }
    // So many more that the writer packs all of it: late samples in the journal keep their hours
    // from being answered by a rollup.
    std::vector<Sample> more;
    for (int64_t i = 0; i < 700; ++i) {
      more.push_back(number_at(kParts, all.end_ns + kNsPerHour + i * kNsPerSecond, 5));
    }
    ASSERT_TRUE(store->append(more));
    ASSERT_TRUE(reference.append(more));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (rollups_in(*store, kTemperature, all) < 5 &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_GE(rollups_in(*store, kTemperature, all), 5u) << "the test is about rollups";
    for (int i = 0; i < 60; ++i) {
      const auto span = static_cast<int64_t>(random() % static_cast<uint64_t>(kHours * kHourNs));
      const TimeNs start_ns =
          kStart - kNsPerMinute +
          static_cast<int64_t>(random() % static_cast<uint64_t>(kHours * kHourNs));
      expect_same_answers(*store, reference, {start_ns, start_ns + 1 + span});
    }
  }
}

TEST_P(StoreContract, KeepsEverythingOverARestart) {
  const BadNetwork network(9);
  ReferenceStore reference;
  {
    const auto store = open(5000);
    ASSERT_NE(store, nullptr);
    ASSERT_TRUE(store->append(network.samples()));
  }
  ASSERT_TRUE(reference.append(network.samples()));
  const auto store = open(5000);
  ASSERT_NE(store, nullptr);
  expect_same_answers(*store, reference, {kStart - kHourNs, kStart + (kHours + 1) * kHourNs});
}

TEST_P(StoreContract, StoresATextThatIsNoTextAsBadAndEverythingAfterIt) {
  auto store = open();
  ASSERT_NE(store, nullptr);
  const std::vector<std::string> broken = {std::string("run\0ning", 8), "\xCD\xA3\xBB\xFA", "\xFF"};
  for (std::size_t i = 0; i < broken.size(); ++i) {
    ASSERT_EQ(
        store->append(std::vector{state_at(kState, kStart + static_cast<int64_t>(i), broken[i])})
            .value(),
        AppendOutcome::kCommitted)
        << i;
  }
  ASSERT_EQ(store->append(std::vector{state_at(kState, kStart + 9, "停机")}).value(),
            AppendOutcome::kCommitted);
  store.reset();
  store = open();
  ASSERT_NE(store, nullptr);
  const std::vector<Sample> back = samples_in(*store, kState);
  ASSERT_EQ(back.size(), 4u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(back[i].quality, Quality::kBad);
    EXPECT_EQ(back[i].reason, QualityReason::kWrongType);
    EXPECT_NE(back[i].text.find("\uFFFD"), std::string::npos);
  }
  EXPECT_EQ(back[3].text, "停机");
  EXPECT_EQ(back[3].quality, Quality::kGood);
}

TEST_P(StoreContract, KeepsRecordsAndReplacesThoseOfTheSameIdentity) {
  auto store = open();
  ASSERT_NE(store, nullptr);
  const auto record = [](const char* kind, const char* place, int64_t start_s, const char* name,
                         TimeNs end_ns) {
    return PlantRecord{kind, place, kStart + start_s * kNsPerSecond, name, end_ns, "{}"};
  };
  std::vector<PlantRecord> records = {
      record("batch", "asset/m1", 0, "B-1", kStart + 100 * kNsPerSecond),
      record("batch", "asset/m1", 100, "批-2", PlantRecord::kOpen),
      record("batch", "asset/m2", 0, "B-9", PlantRecord::kOpen),
      record("event", "asset/m1", 50, "e", kStart + 50 * kNsPerSecond)};
  ASSERT_TRUE(store->put_records(records));
  const auto found = [&](const char* kind, const char* place, int64_t from_s, int64_t to_s,
                         std::size_t most = 10) {
    return store
        ->records(kind, place, {kStart + from_s * kNsPerSecond, kStart + to_s * kNsPerSecond}, most)
        .value();
  };
  EXPECT_EQ(found("batch", "asset/m1", 0, 200), (std::vector{records[1], records[0]}))
      << "the latest first";
  EXPECT_EQ(found("batch", "asset/m1", 0, 200, 1), std::vector{records[1]});
  EXPECT_EQ(found("batch", "asset/m1", 50, 100), std::vector{records[0]});
  EXPECT_EQ(found("batch", "asset/m1", 100, 101), std::vector{records[1]});
  EXPECT_EQ(found("batch", "asset/m1", 900, 901), std::vector{records[1]}) << "it goes on";
  EXPECT_EQ(found("event", "asset/m1", 50, 51), std::vector{records[3]}) << "a moment";
  EXPECT_TRUE(found("event", "asset/m1", 51, 99).empty());
  ASSERT_TRUE(store->drop_records("event", kStart + 50 * kNsPerSecond));  // which ends then
  EXPECT_EQ(found("event", "asset/m1", 50, 51), std::vector{records[3]});
  ASSERT_TRUE(store->drop_records("event", kStart + 50 * kNsPerSecond + 1));
  EXPECT_EQ(found("event", "asset/m1", 0, 900), std::vector<PlantRecord>{});
  EXPECT_EQ(found("batch", "asset/m1", 0, 200), (std::vector{records[1], records[0]}));

  records[1].end_ns = kStart + 150 * kNsPerSecond;
  records[1].body = R"({"product": "A"})";
  ASSERT_TRUE(store->put_records({&records[1], 1}));
  store.reset();
  store = open();
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(found("batch", "asset/m1", 0, 200), (std::vector{records[1], records[0]}));
  EXPECT_TRUE(found("batch", "asset/m1", 150, 200).empty());
}

TEST_P(StoreContract, RefusesASecondProcess) {
  const auto store = open();
  ASSERT_NE(store, nullptr);
  const auto second = under_test_->open(1000);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
}

/// Thins out step by step until nothing is left to do.
uint64_t thin_all(SampleStore& store, TagIndex tag, const KeptFrom& target) {
  uint64_t removed = 0;
  while (true) {
    const Result<ThinStep> step = store.thin(tag, target);
    EXPECT_TRUE(step) << step.error().message.en;
    if (!step || step->done) return removed;
    removed += step->removed_samples;
  }
}

TEST_P(StoreContract, AnswersFromMinutesAndHoursAsFromTheSamplesThatTheyReplaced) {
  const BadNetwork network(4);
  ReferenceStore reference;
  ASSERT_TRUE(reference.append(network.samples()));
  const auto store = open(700);
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(store->append(network.samples()));
  const TimeNs raw_from_ns = kStart + 8 * kHourNs, minute_from_ns = kStart + 4 * kHourNs;
  for (const TagIndex tag : {kTemperature, kParts}) {
    const std::size_t before = samples_in(reference, tag, {INT64_MIN, raw_from_ns}).size();
    EXPECT_EQ(thin_all(*store, tag, {raw_from_ns, minute_from_ns, INT64_MIN}), before);
    EXPECT_TRUE(samples_in(*store, tag, {INT64_MIN, raw_from_ns}).empty());
  }
  std::mt19937_64 random(4);
  const auto stretch = [&](int64_t width_ns, TimeWindow within) {
    const int64_t n = (within.end_ns - within.start_ns) / width_ns;
    const auto a = static_cast<int64_t>(random() % static_cast<uint64_t>(n));
    const auto b = a + 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(n - a));
    return TimeWindow{within.start_ns + a * width_ns, within.start_ns + b * width_ns};
  };
  const TimeNs end_ns = kStart + kHours * kHourNs;
  for (int i = 0; i < 40; ++i) {
    // Whole hours where only hours are kept, whole minutes where minutes are.
    TimeWindow window = stretch(kHourNs, {kStart, minute_from_ns});
    if (i % 2 == 1) window = stretch(kMinuteNs, {minute_from_ns, end_ns});
    if (i % 5 == 4) window.end_ns = end_ns - 17 * kNsPerSecond;
    SCOPED_TRACE(i);
    for (const TagIndex tag : {kTemperature, kParts}) {
      const Aggregate thinned = aggregate(*store, tag, window, kHold).value();
      expect_same(thinned, aggregate(reference, tag, window, kHold).value());
      EXPECT_EQ(thinned.basis.window, window);
      EXPECT_EQ(thinned.basis.resolution_ns, window.start_ns < minute_from_ns ? kHourNs
                                             : window.start_ns < raw_from_ns  ? kMinuteNs
                                                                              : 0);
      expect_same(counter_increase(*store, tag, window, kHold).value(),
                  counter_increase(reference, tag, window, kHold).value());
    }
  }
  // A window between two stretches is answered over the whole of them, and says so.
  const Aggregate wide =
      aggregate(*store, kTemperature, {kStart + 100, kStart + kHourNs + 5}, kHold).value();
  EXPECT_EQ(wide.basis.window, (TimeWindow{kStart, kStart + 2 * kHourNs}));
  EXPECT_EQ(wide.basis.resolution_ns, kHourNs);
  const Series chart = series(*store, kTemperature, {kStart, end_ns}, kHold, 1000).value();
  EXPECT_EQ(chart.bucket_ns, kHourNs);
  EXPECT_EQ(chart.basis.resolution_ns, kHourNs);
  EXPECT_EQ(samples_in(*store, kState).size(), samples_in(reference, kState).size());
}

/// So many samples of one tag, one a second, that thinning takes several steps; nothing in the last
/// minute of each hour.
std::vector<Sample> long_run(int64_t hours) {
  std::vector<Sample> samples;
  for (int64_t s = 0; s < hours * 3600; ++s) {
    if (s % 3600 < 3540) samples.push_back(number_at(kTemperature, kStart + s * kNsPerSecond, 1));
  }
  return samples;
}

TEST_P(StoreContract, AnswersBetweenTwoStepsOfThinningAsBeforeThem) {
  const auto store = open(20'000);
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(store->append(long_run(16)));
  const KeptFrom target{kStart + 15 * kHourNs, kStart + 14 * kHourNs, kStart + kHourNs};
  uint64_t steps = 0;
  for (bool done = false; !done; ++steps) {
    done = store->thin(kTemperature, target)->done;
    const KeptFrom from = store->kept_from(kTemperature);
    EXPECT_GE(from.raw_from_ns, from.minute_from_ns);
    EXPECT_GE(from.minute_from_ns, from.hour_from_ns);
    for (int64_t hour = 1; hour < 16; ++hour) {
      const TimeWindow window{kStart + hour * kHourNs, kStart + (hour + 1) * kHourNs};
      const Aggregate sum = aggregate(*store, kTemperature, window, kHold).value();
      ASSERT_EQ(sum.count, 3540u) << "hour " << hour << " after step " << steps;
      EXPECT_EQ(sum.basis.resolution_ns, window.start_ns < from.minute_from_ns ? kHourNs
                                         : window.start_ns < from.raw_from_ns  ? kMinuteNs
                                                                               : 0);
    }
  }
  EXPECT_GE(steps, 3u) << "the test is about what lies between steps";
  EXPECT_EQ(store->kept_from(kTemperature), target);
  EXPECT_EQ(aggregate(*store, kTemperature, {kStart, kStart + kHourNs}, kHold)->count, 0u);
}

TEST_P(StoreContract, AddsALateSampleBetweenTwoStepsToTheWholeHour) {
  const auto store = open(20'000);
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(store->append(long_run(16)));
  const KeptFrom target{kStart + 15 * kHourNs, kStart + 14 * kHourNs, INT64_MIN};
  ASSERT_FALSE(store->thin(kTemperature, target)->done);
  ASSERT_GT(store->kept_from(kTemperature).raw_from_ns, kStart + 3 * kHourNs);
  ASSERT_TRUE(store->append(
      std::vector{number_at(kTemperature, kStart + 2 * kHourNs + 3550 * kNsPerSecond, 1)}));
  thin_all(*store, kTemperature, target);  // packs the late one first
  const TimeWindow hour{kStart + 2 * kHourNs, kStart + 3 * kHourNs};
  EXPECT_EQ(aggregate(*store, kTemperature, hour, kHold)->count, 3541u);
}

TEST_P(StoreContract, CountsACounterOnFromTheLastValueBeforeAnOutageThatWasThinnedOut) {
  const auto store = open(100);
  ASSERT_NE(store, nullptr);
  ReferenceStore reference;
  std::vector<Sample> samples;
  for (int64_t s = 0; s < 2 * 3600; s += 10) {
    // Values, then a mark that the tag was lost, and nothing up to the second hour.
    if (s > 1200 && s < 3600) continue;
    samples.push_back(
        number_at(kParts, kStart + s * kNsPerSecond, 1000 + static_cast<double>(s / 10)));
    if (s == 1200) samples.back().quality = Quality::kBad;
    if (s == 1200) samples.back().value = std::numeric_limits<double>::quiet_NaN();
  }
  ASSERT_TRUE(store->append(samples));
  ASSERT_TRUE(reference.append(samples));
  const TimeNs raw_from_ns = kStart + kHourNs;
  const TimeWindow window{raw_from_ns, kStart + 2 * kHourNs};
  for (const TimeNs minute_from_ns : {kStart, raw_from_ns}) {
    thin_all(*store, kParts, {raw_from_ns, minute_from_ns, INT64_MIN});
    expect_same(counter_increase(*store, kParts, window, kHold).value(),
                counter_increase(reference, kParts, window, kHold).value());
    const auto mark = store->last_before(kParts, raw_from_ns).value();
    ASSERT_TRUE(mark.has_value());
    EXPECT_EQ(mark->quality, Quality::kBad);
    const auto before = store->last_before(kParts, mark->ts_ns).value();
    ASSERT_TRUE(before.has_value());
    EXPECT_EQ(before->value, 1119);
    EXPECT_EQ(before->ts_ns, kStart + 1190 * kNsPerSecond);
    EXPECT_EQ(before->quality, Quality::kGood);
  }
}

TEST_P(StoreContract, TakesLateSamplesIntoAggregatesWhereItCanAndCountsTheOthers) {
  auto store = open(100);
  ASSERT_NE(store, nullptr);
  std::vector<Sample> samples, late;
  for (int64_t s = 0; s < 7200; s += 10) {
    // Nothing from minute 20 on, and the half of minute 10 is missing.
    if (s >= 630 && s < 660) continue;
    if (s >= 1200 && s < 1500) continue;
    samples.push_back(
        number_at(kTemperature, kStart + s * kNsPerSecond, static_cast<double>(s % 70)));
  }
  ASSERT_TRUE(store->append(samples));
  ReferenceStore reference;
  ASSERT_TRUE(reference.append(samples));
  thin_all(*store, kTemperature, {kStart + kHourNs, INT64_MIN, INT64_MIN});
  for (int64_t s = 630; s < 1500; s += 10) {
    if (s < 660 || s >= 1200) {
      late.push_back(
          number_at(kTemperature, kStart + s * kNsPerSecond, 100.0 + static_cast<double>(s % 50)));
    }
  }
  ASSERT_TRUE(store->append(late));
  ASSERT_TRUE(reference.append(late));
  // Before what its minute knows already: this one cannot be placed any more.
  ASSERT_TRUE(
      store->append(std::vector{number_at(kTemperature, kStart + 605 * kNsPerSecond, 999)}));
  std::vector<Sample> fill;
  for (int64_t s = 0; s < 200; ++s) {
    fill.push_back(number_at(kParts, kStart + s * kNsPerSecond, static_cast<double>(s)));
  }
  ASSERT_TRUE(store->append(fill));  // makes the writer pack all of it
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (store->stats().too_late_samples == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(store->stats().too_late_samples, 1u);
  const TimeWindow hour{kStart, kStart + kHourNs};
  expect_same(aggregate(*store, kTemperature, hour, kHold).value(),
              aggregate(reference, kTemperature, hour, kHold).value());
  store.reset();
  store = open(100);
  ASSERT_NE(store, nullptr);
  const TimeWindow minute{kStart + 600 * kNsPerSecond, kStart + 660 * kNsPerSecond};
  expect_same(aggregate(*store, kTemperature, minute, kHold).value(),
              aggregate(reference, kTemperature, minute, kHold).value());
}

TEST_P(StoreContract, ThinsOutWhatIsNotPackedYet) {
  const auto store = open(100'000);
  ASSERT_NE(store, nullptr);
  std::vector<Sample> samples;
  for (int64_t s = 0; s < 7200; s += 10) {
    samples.push_back(number_at(kTemperature, kStart + s * kNsPerSecond, static_cast<double>(s)));
  }
  ASSERT_TRUE(store->append(samples));
  EXPECT_EQ(thin_all(*store, kTemperature, {kStart + kHourNs, kStart, kStart}), 360u);
  EXPECT_EQ(samples_in(*store, kTemperature).size(), 360u);
  EXPECT_EQ(aggregate(*store, kTemperature, {kStart, kStart + 2 * kHourNs}, kHold)->count, 720u);
}

TEST_P(StoreContract, ForgetsWhatIsOlderThanAllThatIsKept) {
  const auto store = open(100);
  ASSERT_NE(store, nullptr);
  std::vector<Sample> samples;
  for (int64_t s = 0; s < 4 * 3600; s += 5) {
    samples.push_back(number_at(kTemperature, kStart + s * kNsPerSecond, static_cast<double>(s)));
    samples.push_back(state_at(kState, kStart + s * kNsPerSecond, "running"));
  }
  ASSERT_TRUE(store->append(samples));
  const TimeNs two_ns = kStart + 2 * kHourNs;
  thin_all(*store, kTemperature, {kStart + 3 * kHourNs, two_ns, two_ns});
  thin_all(*store, kState, {two_ns, two_ns, two_ns});
  const Aggregate gone = aggregate(*store, kTemperature, {kStart, two_ns}, kHold).value();
  EXPECT_EQ(gone.count, 0u);
  EXPECT_FALSE(gone.mean.has_value());
  EXPECT_EQ(aggregate(*store, kTemperature, {two_ns, two_ns + kHourNs}, kHold)->count, 720u);
  EXPECT_EQ(samples_in(*store, kState).size(), 2u * 720u);
  EXPECT_EQ(store->latest(kTemperature).value()->ts_ns, kStart + (4 * 3600 - 5) * kNsPerSecond);
}

TEST_P(StoreContract, GivesTheLastValueBeforeATimeFromAggregates) {
  const auto store = open(100);
  ASSERT_NE(store, nullptr);
  std::vector<Sample> samples;
  for (int64_t s = 0; s < 3600; s += 7) {
    samples.push_back(number_at(kTemperature, kStart + s * kNsPerSecond, static_cast<double>(s)));
  }
  ASSERT_TRUE(store->append(samples));
  ASSERT_TRUE(store->append(std::vector(200, number_at(kParts, kStart, 1))));
  thin_all(*store, kTemperature, {kStart + 2 * kHourNs, kStart, kStart});
  EXPECT_TRUE(samples_in(*store, kTemperature).empty());
  const auto last = store->last_before(kTemperature, kStart + 60 * kNsPerSecond).value();
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->value, 56);
  EXPECT_EQ(last->ts_ns, kStart + 56 * kNsPerSecond);
  EXPECT_EQ(last->quality, Quality::kGood);
  EXPECT_EQ(store->latest(kTemperature).value()->value, 3598);
}

}  // namespace
}  // namespace mw::plant
