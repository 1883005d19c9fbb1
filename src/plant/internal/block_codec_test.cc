// Scope: lossless round trips of the block and journal codecs, size on sensor-like data, and what
// broken bytes give. Values are compared by their bits, so that -0.0 and NaN payloads count.
#include "plant/internal/block_codec.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "plant/internal/byte_coding.h"
#include "plant/internal/column_coding.h"
#include "plant/internal/journal_codec.h"

namespace mw::plant {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

void expect_same(const StoredSample& a, const StoredSample& b, std::size_t i) {
  EXPECT_EQ(a.ts_ns, b.ts_ns) << i;
  EXPECT_EQ(a.server_ts_ns, b.server_ts_ns) << i;
  EXPECT_EQ(a.status, b.status) << i;
  EXPECT_EQ(std::bit_cast<uint64_t>(a.value), std::bit_cast<uint64_t>(b.value)) << i;
}

void expect_round_trip(const std::vector<StoredSample>& samples) {
  const std::string body = encode_block(samples);
  const auto back = decode_block(bytes_of(body));
  ASSERT_TRUE(back) << back.error().message.en;
  ASSERT_EQ(back->size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) expect_same((*back)[i], samples[i], i);
}

/// A temperature with one decimal at 1 Hz, some milliseconds of jitter in both times.
std::vector<StoredSample> sensor(std::size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 0.2);
  std::uniform_int_distribution<int64_t> jitter_ms(-3, 3);
  std::vector<StoredSample> samples;
  double value = 60;
  for (std::size_t i = 0; i < count; ++i) {
    value += noise(random);
    const TimeNs ts_ns =
        (1'760'000'000'000 + static_cast<int64_t>(i) * 1000 + jitter_ms(random)) * kNsPerMs;
    samples.push_back(
        {ts_ns, ts_ns + (5 + jitter_ms(random)) * kNsPerMs, std::round(value * 10) / 10, 0});
  }
  return samples;
}

TEST(BlockCodec, KeepsASensorsSamplesInUnderFiveBytesEach) {
  const std::vector<StoredSample> samples = sensor(kBlockSamples, 1);
  expect_round_trip(samples);
  EXPECT_LT(encode_block(samples).size(), samples.size() * 5);
}

TEST(BlockCodec, KeepsARegularConstantSignalInAFewBytes) {
  std::vector<StoredSample> samples;
  for (int64_t i = 0; i < 2048; ++i) {
    samples.push_back({i * kNsPerSecond, i * kNsPerSecond + 2 * kNsPerMs, 850.0, 0});
  }
  expect_round_trip(samples);
  EXPECT_LT(encode_block(samples).size(), 60u);
}

TEST(BlockCodec, KeepsAnyDoubleToTheBit) {
  std::mt19937_64 random(7);
  std::vector<StoredSample> samples;
  TimeNs ts_ns = -5'000'000'123;
  for (int i = 0; i < 1000; ++i) {
    ts_ns += 1 + static_cast<int64_t>(random() % 1'000'000'007);
    samples.push_back({ts_ns, static_cast<int64_t>(random()), std::bit_cast<double>(random()),
                       static_cast<uint8_t>(random() & 0x3f)});
  }
  expect_round_trip(samples);
}

TEST(BlockCodec, KeepsJumpingDelaysAndStepsInAFewBits) {
  std::mt19937_64 random(11);
  std::vector<StoredSample> samples;
  int64_t tenths = 600;
  for (int64_t i = 0; i < 2048; ++i) {
    tenths += static_cast<int64_t>(random() % 3) - 1;
    const int64_t ts_ns = i * kNsPerSecond;
    const auto delay_ms = static_cast<int64_t>(random() % 4);
    samples.push_back({ts_ns, ts_ns + delay_ms * kNsPerMs, static_cast<double>(tenths) / 10, 0});
  }
  expect_round_trip(samples);
  EXPECT_LT(encode_block(samples).size(), 2048u * 5 / 8);
}

TEST(PackedGroups, KeepIntegersOfEveryWidth) {
  std::mt19937_64 random(13);
  for (int width = 0; width <= 64; ++width) {
    for (const std::size_t count : {1u, 63u, 64u, 65u, 200u}) {
      std::vector<int64_t> values(count);
      for (int64_t& value : values) {
        value = width == 0 ? -7 : static_cast<int64_t>(random() >> (64 - width)) - 5;
      }
      ByteWriter out;
      put_packed(out, values);
      const std::string bytes = out.take();
      std::vector<int64_t> back(count);
      ByteReader in(bytes_of(bytes));
      ASSERT_TRUE(get_packed(in, back)) << width;
      EXPECT_EQ(in.left(), 0u);
      EXPECT_EQ(back, values) << width;
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        ByteReader cut(bytes_of(bytes).first(size));
        EXPECT_FALSE(get_packed(cut, back)) << width << " cut at " << size;
      }
    }
  }
}

TEST(BlockCodec, ReadsBlocksOfVersion1) {
  ByteWriter out;
  out.byte(1);
  out.varint(2);
  out.varint(1'000'000);  // times: 1,000 ms, then 1 s later
  out.signed_varint(1000);
  out.varint(0);
  out.varint(1);
  out.varint(1'000'000);  // delays: 2 ms, the same again
  out.signed_varint(2);
  out.varint(0);
  out.varint(1);
  out.byte(0);
  out.varint(2);
  out.byte(1);  // one decimal: 61.2 and 61.5
  out.signed_varint(612);
  out.signed_varint(3);
  out.word32(crc32(bytes_of(out.bytes())));
  const std::string block = out.take();
  const auto samples = decode_block(bytes_of(block));
  ASSERT_TRUE(samples) << samples.error().message.en;
  ASSERT_EQ(samples->size(), 2u);
  EXPECT_EQ((*samples)[1].ts_ns, 2 * kNsPerSecond);
  EXPECT_EQ((*samples)[1].server_ts_ns, 2 * kNsPerSecond + 2 * kNsPerMs);
  EXPECT_EQ((*samples)[1].value, 61.5);
}

TEST(BlockCodec, KeepsEdgeValues) {
  const double values[] = {0.0,
                           -0.0,
                           1.0,
                           -1.0,
                           0.1,
                           1e300,
                           5e-324,
                           4.5e15,
                           123456.789012,
                           std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()};
  std::vector<StoredSample> samples;
  TimeNs ts_ns = std::numeric_limits<TimeNs>::min();
  for (const double value : values) {
    samples.push_back({ts_ns, std::numeric_limits<TimeNs>::max(), value, 1});
    ts_ns += kNsPerDay;
  }
  expect_round_trip(samples);
  for (const StoredSample& sample : samples) expect_round_trip({sample});
}

TEST(BlockCodec, KeepsMarksWithoutValueAmongDecimals) {
  std::vector<StoredSample> samples = sensor(100, 3);
  for (std::size_t i = 40; i < 60; ++i) {
    samples[i].value = 0;
    samples[i].status =
        make_status(Quality::kBad, QualityReason::kNoCommunication) | kStatusNoValue;
  }
  expect_round_trip(samples);
  EXPECT_LT(encode_block(samples).size(), 600u);
}

TEST(BlockCodec, RefusesEveryTruncationAndEveryFlippedBit) {
  const std::string body = encode_block(sensor(50, 5));
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_block(bytes_of(body.substr(0, size)))) << size;
  }
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    std::string flipped = body;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_block(bytes_of(flipped))) << bit;
  }
}

/// A block with a right checksum whose content lies.
std::string sealed(const ByteWriter& out) {
  ByteWriter whole;
  for (const char c : out.bytes()) whole.byte(static_cast<uint8_t>(c));
  whole.word32(crc32(bytes_of(out.bytes())));
  return whole.take();
}

TEST(BlockCodec, RefusesBlocksThatLieUnderARightChecksum) {
  enum class Broken {
    kVersion,
    kNoSamples,
    kTooMany,
    kTimeUnit,
    kTimesEnd,
    kTimeOverflow,
    kSameTime,
    kStatusRun,
    kPacking,
    kTrailing
  };
  for (const Broken broken :
       {Broken::kVersion, Broken::kNoSamples, Broken::kTooMany, Broken::kTimeUnit,
        Broken::kTimesEnd, Broken::kTimeOverflow, Broken::kSameTime, Broken::kStatusRun,
        Broken::kPacking, Broken::kTrailing}) {
    ByteWriter out;
    out.byte(broken == Broken::kVersion ? 9 : 1);
    out.varint(broken == Broken::kNoSamples ? 0 : broken == Broken::kTooMany ? 1'000'000'000 : 2);
    out.varint(broken == Broken::kTimeUnit ? 10 : 1'000'000);
    if (broken == Broken::kTimesEnd) {
      EXPECT_FALSE(decode_block(bytes_of(sealed(out))));
      continue;
    }
    out.signed_varint(broken == Broken::kTimeOverflow ? INT64_MAX : 5);
    out.signed_varint(broken == Broken::kSameTime ? -5 : 1);
    out.varint(1);  // delay unit
    out.varint(0);
    out.varint(2);  // two zero delays
    out.byte(0);
    out.varint(broken == Broken::kStatusRun ? 3 : 2);
    out.byte(broken == Broken::kPacking ? 12 : 1);
    out.signed_varint(10);
    out.signed_varint(1);
    if (broken == Broken::kTrailing) out.byte(0);
    EXPECT_FALSE(decode_block(bytes_of(sealed(out)))) << static_cast<int>(broken);
  }
}

TEST(JournalCodec, KeepsMixedTagsAndRefusesDamage) {
  std::vector<JournalEntry> entries;
  for (uint32_t i = 0; i < 300; ++i) {
    StoredSample sample = sensor(1, i)[0];
    if (i % 7 == 0) sample = {sample.ts_ns, sample.server_ts_ns, 0, kStatusNoValue | 2};
    entries.push_back({1 + i % 5, sample});
  }
  const std::string body = encode_journal(entries);
  const auto back = decode_journal(bytes_of(body));
  ASSERT_TRUE(back) << back.error().message.en;
  ASSERT_EQ(back->size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ((*back)[i].tag_id, entries[i].tag_id);
    expect_same((*back)[i].sample, entries[i].sample, i);
  }
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_journal(bytes_of(body.substr(0, size)))) << size;
  }
}

TEST(ByteCoding, ChecksumHasTheStandardCheckValue) {
  EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926u);
}

TEST(ByteCoding, RefusesVarintsOverSixtyFourBits) {
  const std::string eleven(11, static_cast<char>(0xff));
  ByteReader reader(bytes_of(eleven));
  EXPECT_EQ(reader.varint(), 0u);
  EXPECT_FALSE(reader.ok());
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, UINT64_MAX}) {
    ByteWriter out;
    out.varint(value);
    ByteReader in(bytes_of(out.bytes()));
    EXPECT_EQ(in.varint(), value);
    EXPECT_TRUE(in.ok());
  }
  for (const int64_t value : {int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(unzigzag(zigzag(value)), value);
  }
}

}  // namespace
}  // namespace mw::plant
