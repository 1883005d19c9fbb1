#include "plant/internal/store_reader.h"

#include "plant/internal/block_sealer.h"
#include "plant/internal/rollup_fold.h"
#include "plant/internal/rollup_rows.h"
#include "plant/testing/test_tables.h"

namespace mw::plant {
namespace {

constexpr uint32_t kTag = 1;
constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;  // a whole hour

class StoreReaderTest : public TablesTest {
 protected:
  void SetUp() override {
    TablesTest::SetUp();
    reader_ = std::make_unique<StoreReader>(
        *database_, [this](LogLevel, std::string_view, std::string_view) { ++complaints_; });
  }
  void seal(const std::vector<StoredSample>& samples) {
    BlockSealer sealer(*tables_, no_log());
    ASSERT_TRUE(sealer.seal(kTag, samples));
  }
  Rollup put(TimeNs start_ns, int64_t width_ns, double value) {
    RollupFold fold({start_ns, start_ns + width_ns}, kNsPerSecond);
    fold.add(start_ns, value, true, true);
    const Rollup rollup = fold.finish();
    RollupRows rows(*tables_, no_log());
    EXPECT_TRUE(rows.put(kTag, std::vector{rollup}));
    return rollup;
  }
  std::vector<double> scan(TimeWindow window, const std::vector<StoredSample>& tail = {}) {
    std::vector<double> values;
    EXPECT_TRUE(reader_->scan(kTag, window, tail, [&](const StoredSample& sample) {
      values.push_back(sample.value);
      return true;
    }));
    return values;
  }
  /// Samples as "s" and rollups as "m" or "h", in order.
  std::string pieces(TimeWindow window, int64_t widest_ns,
                     const std::vector<StoredSample>& tail = {}) {
    std::string out;
    EXPECT_TRUE(reader_->pieces(
        kTag, window, widest_ns, RollupParts::kAll, tail,
        [&](const StoredSample&) {
          out += 's';
          return true;
        },
        [&](const Rollup& rollup) {
          out += rollup.width_ns == kHourNs ? 'h' : 'm';
          return true;
        }));
    return out;
  }

  std::unique_ptr<StoreReader> reader_;
  int complaints_ = 0;
};

TEST_F(StoreReaderTest, MergesBlocksAndTailByTimeAndTakesOneOfTwoOfTheSameTime) {
  seal({stored(kStart, 1), stored(kStart + 20, 3)});
  const std::vector<StoredSample> tail = {stored(kStart + 10, 2), stored(kStart + 20, 99),
                                          stored(kStart + 30, 4)};
  EXPECT_EQ(scan({kStart, kStart + 100}, tail), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(scan({kStart + 1, kStart + 30}, tail), (std::vector<double>{2, 3}));
  EXPECT_TRUE(scan({kStart + 5, kStart + 5}, tail).empty());
}

TEST_F(StoreReaderTest, PassesOverABlockThatDoesNotDecodeAndCountsIt) {
  seal({stored(kStart, 1)});
  ASSERT_TRUE(tables_->put_block(kTag, {kStart + 1000, kStart + 1010, 2, "no block"}));
  EXPECT_EQ(scan({kStart, INT64_MAX}), std::vector<double>{1});
  EXPECT_EQ(reader_->damaged_blocks(), 1u);
  EXPECT_EQ(complaints_, 1);
  EXPECT_EQ(reader_->last_before(kTag, INT64_MAX).value()->value, 1);
}

TEST_F(StoreReaderTest, TakesAnHourWhereItIsWideEnoughWholeAndNothingWaitsInIt) {
  seal(ramp(kStart, 600 * kNsPerSecond, 12));  // two hours, six samples each
  put(kStart, kHourNs, 1);
  EXPECT_EQ(pieces({kStart, kStart + 2 * kHourNs}, kHourNs), "hssssss");
  EXPECT_EQ(pieces({kStart, kStart + 2 * kHourNs}, kMinuteNs), "ssssssssssss");
  EXPECT_EQ(pieces({kStart + 1, kStart + 2 * kHourNs}, kHourNs), "sssssssssss");
  EXPECT_EQ(pieces({kStart, kStart + kHourNs}, kHourNs, {stored(kStart + 5, 9)}), "sssssss");
}

TEST_F(StoreReaderTest, TakesMinutesAndHoursWhereSamplesAreKeptNoMore) {
  put(kStart, kHourNs, 1);
  put(kStart + kHourNs, kMinuteNs, 2);
  put(kStart + kHourNs + kMinuteNs, kMinuteNs, 3);
  seal({stored(kStart + 2 * kHourNs, 4)});
  ASSERT_TRUE(tables_->put_thinned(
      kTag, {{kStart + 2 * kHourNs, kStart + kHourNs, INT64_MIN}, kNsPerSecond}));
  EXPECT_EQ(pieces({kStart, kStart + 3 * kHourNs}, kMinuteNs), "hmms");
  EXPECT_EQ(pieces({kStart + kHourNs + 1, kStart + 3 * kHourNs}, kMinuteNs), "mms");
  EXPECT_EQ(reader_->last_before(kTag, kStart + kHourNs + kMinuteNs).value()->value, 2);
  EXPECT_EQ(reader_->last_before(kTag, kStart + kHourNs).value()->value, 1);
  EXPECT_FALSE(reader_->last_before(kTag, kStart).value().has_value());
}

TEST_F(StoreReaderTest, EndsWhenAVisitorHasSeenEnough) {
  seal(ramp(kStart, kNsPerSecond, 5000));
  int seen = 0;
  ASSERT_TRUE(reader_->scan(kTag, {kStart, INT64_MAX}, {},
                            [&](const StoredSample&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
}

}  // namespace
}  // namespace mw::plant
