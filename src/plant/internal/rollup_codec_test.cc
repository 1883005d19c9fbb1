// Rows of aggregates come from disk or over a network: each kind of damage is an error, never other
// numbers. fuzz/targets/rollup_row_fuzz.cc goes on from here.
#include "plant/internal/rollup_codec.h"

#include <gtest/gtest.h>

#include <random>

#include "plant/internal/byte_coding.h"
#include "plant/internal/rollup_fold.h"

namespace mw::plant {
namespace {

constexpr TimeNs kHour0 = 490'000 * kNsPerHour;

std::vector<Rollup> some(int64_t count) {
  std::mt19937 random(1);
  std::vector<Rollup> rollups;
  for (int64_t i = 0; i < count; ++i) {
    const TimeNs start_ns = kHour0 + (i + i / 5) * kNsPerHour;
    RollupFold fold({start_ns, start_ns + kNsPerHour}, 10 * kNsPerSecond);
    for (int64_t s = 0; s < 3600; s += 40 + random() % 20) {
      fold.add(start_ns + s * kNsPerSecond, 20 + static_cast<double>(random() % 300) / 10,
               random() % 9 != 0, random() % 7 != 0);
    }
    rollups.push_back(fold.finish());
  }
  return rollups;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(RollupCodec, GivesBackEveryField) {
  for (const int64_t count : {1, 2, 17, 128}) {
    const std::vector<Rollup> rollups = some(count);
    const auto back = decode_rollups(bytes_of(encode_rollups(rollups)), RollupParts::kAll);
    ASSERT_TRUE(back) << back.error().message.en;
    ASSERT_EQ(back->size(), rollups.size());
    for (std::size_t i = 0; i < rollups.size(); ++i) {
      const Rollup &a = rollups[i], &b = (*back)[i];
      EXPECT_EQ(a.start_ns, b.start_ns);
      EXPECT_EQ(a.width_ns, b.width_ns);
      EXPECT_EQ(a.count, b.count);
      EXPECT_EQ(a.bad_count, b.bad_count);
      EXPECT_EQ(a.good_ns, b.good_ns);
      EXPECT_EQ(a.usable_ns, b.usable_ns);
      EXPECT_EQ(a.sum, b.sum);
      EXPECT_EQ(a.mean, b.mean);
      EXPECT_EQ(a.spread, b.spread);
      EXPECT_EQ(a.mean_minutes, b.mean_minutes);
      EXPECT_EQ(a.times, b.times);
      EXPECT_EQ(a.times_values, b.times_values);
      EXPECT_EQ(a.increase, b.increase);
      EXPECT_EQ(a.resets, b.resets);
      EXPECT_EQ(a.min, b.min);
      EXPECT_EQ(a.max, b.max);
      EXPECT_EQ(a.first, b.first);
      EXPECT_EQ(a.last, b.last);
      EXPECT_EQ(a.first_ns, b.first_ns);
      EXPECT_EQ(a.last_ns, b.last_ns);
      EXPECT_EQ(a.last_usable, b.last_usable);
      EXPECT_EQ(a.last_good, b.last_good);
    }
  }
}

TEST(RollupCodec, ReadsAChartWithoutTheOtherColumns) {
  const std::vector<Rollup> rollups = some(40);
  std::string row = encode_rollups(rollups);
  row.back() = static_cast<char>(row.back() ^ 1);  // the other columns' checksum
  EXPECT_FALSE(decode_rollups(bytes_of(row), RollupParts::kAll));
  const auto chart = decode_rollups(bytes_of(row), RollupParts::kChart);
  ASSERT_TRUE(chart);
  EXPECT_EQ((*chart)[7].sum, rollups[7].sum);
  EXPECT_EQ((*chart)[7].spread, 0);
}

TEST(RollupCodec, RefusesEveryFlippedBitAndEveryEnd) {
  const std::string row = encode_rollups(some(9));
  for (std::size_t bit = 0; bit < row.size() * 8; ++bit) {
    std::string broken = row;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(decode_rollups(bytes_of(broken), RollupParts::kAll)) << "bit " << bit;
  }
  for (std::size_t size = 0; size < row.size(); ++size) {
    ASSERT_FALSE(decode_rollups(bytes_of(row.substr(0, size)), RollupParts::kAll)) << size;
  }
}

TEST(RollupCodec, RefusesStretchesThatDoNotFitTogether) {
  const auto refused = [](const std::vector<Rollup>& rollups) {
    return !decode_rollups(bytes_of(encode_rollups(rollups)), RollupParts::kAll).has_value();
  };
  std::vector<Rollup> rollups = some(3);
  ASSERT_FALSE(refused(rollups));
  std::swap(rollups[0], rollups[1]);
  EXPECT_TRUE(refused(rollups)) << "not ascending";
  rollups = some(3);
  rollups[1].first_ns = rollups[1].end_ns();
  EXPECT_TRUE(refused(rollups)) << "a time outside of its stretch";
  rollups = some(3);
  rollups[2].usable_ns = kNsPerHour + 1;
  EXPECT_TRUE(refused(rollups)) << "held longer than the stretch";
  rollups = some(3);
  rollups[2].good_ns = rollups[2].usable_ns + 1;
  EXPECT_TRUE(refused(rollups)) << "more good than usable";
  rollups = some(3);
  rollups[0].count = rollups[0].bad_count = 0;
  EXPECT_TRUE(refused(rollups)) << "without a sample";
  rollups = some(3);
  for (Rollup& rollup : rollups) rollup.width_ns = 2 * kNsPerDay;
  EXPECT_TRUE(refused(rollups)) << "too wide";
}

TEST(Crc32, IsTheUsualOneAtEveryLength) {
  EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926u);
  // Against the definition, bit by bit.
  std::string text;
  for (int i = 0; i < 70; ++i) {
    uint32_t plain = 0xFFFFFFFFu;
    for (const char c : text) {
      plain ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit)
        plain = (plain >> 1) ^ ((plain & 1) != 0 ? 0xEDB88320u : 0u);
    }
    EXPECT_EQ(crc32(bytes_of(text)), plain ^ 0xFFFFFFFFu) << i;
    text += static_cast<char>(i * 37 + 11);
  }
}

}  // namespace
}  // namespace mw::plant
