#include "plant/internal/column_coding.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace mw::plant {
namespace {

std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string packed(const std::vector<int64_t>& values) {
  ByteWriter out;
  put_packed(out, values);
  return out.take();
}

std::string coded(const std::vector<double>& values) {
  ByteWriter out;
  put_doubles(out, values);
  return out.take();
}

void expect_same_doubles(const std::vector<double>& values) {
  const std::string bytes = coded(values);
  ByteReader in(as_bytes(bytes));
  std::vector<double> back(values.size());
  ASSERT_TRUE(get_doubles(in, back));
  EXPECT_EQ(in.left(), 0u);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(std::bit_cast<uint64_t>(back[i]), std::bit_cast<uint64_t>(values[i])) << i;
  }
}

TEST(ColumnCoding, GivesBackRunsOfZerosAndValuesBetweenThem) {
  const std::vector<int64_t> values = {0, 0, 5, 0, INT64_MIN, INT64_MAX, -1, 0, 0, 0};
  ByteWriter out;
  RunWriter runs(out);
  for (const int64_t value : values) runs.put(value);
  runs.flush();
  const std::string bytes = out.take();
  ByteReader in(as_bytes(bytes));
  RunReader reader(in);
  for (const int64_t value : values) EXPECT_EQ(reader.get(), value);
  EXPECT_TRUE(in.ok() && reader.finished());
  EXPECT_EQ(in.left(), 0u);
}

TEST(ColumnCoding, TellsARunThatIsLongerThanTheColumn) {
  ByteWriter out;
  RunWriter runs(out);
  for (int i = 0; i < 3; ++i) runs.put(0);
  runs.flush();
  const std::string bytes = out.take();
  ByteReader in(as_bytes(bytes));
  RunReader reader(in);
  (void)reader.get();
  EXPECT_FALSE(reader.finished());
}

TEST(ColumnCoding, PacksIntegersOfAnyWidthInGroupsThatNeedNotBeFull) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {0u, 1u, 63u, 64u, 65u, 200u}) {
    for (const int bits : {0, 1, 7, 13, 31, 63, 64}) {
      std::vector<int64_t> values(count);
      for (int64_t& value : values) {
        value = bits == 0 ? 42 : static_cast<int64_t>(random() >> (64 - bits));
      }
      const std::string bytes = packed(values);
      ByteReader in(as_bytes(bytes));
      std::vector<int64_t> back(count);
      ASSERT_TRUE(get_packed(in, back)) << count << " of " << bits << " bits";
      EXPECT_EQ(back, values);
      EXPECT_EQ(in.left(), 0u);
    }
  }
  EXPECT_LT(packed(std::vector<int64_t>(64, 1'000'000)).size(), 16u) << "64 equal ones";
}

TEST(ColumnCoding, GivesBackEveryBitOfADouble) {
  const double kNan = std::numeric_limits<double>::quiet_NaN();
  expect_same_doubles({});
  expect_same_doubles({21.5, 21.6, 21.4, 21.5});
  expect_same_doubles({0.0, -0.0, 1e-320, 5e300, -7.25});
  expect_same_doubles({kNan, INFINITY, -INFINITY, std::bit_cast<double>(0x7ff0dead00000001ULL)});
  std::mt19937_64 random(3);
  std::vector<double> any(300);
  for (double& value : any) value = std::bit_cast<double>(random());
  expect_same_doubles(any);
}

TEST(ColumnCoding, KeepsDecimalsOfASensorInTwoBytesEach) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(std::round(600 + 20 * std::sin(i)) / 10);
  EXPECT_LT(coded(values).size(), 2000u);
}

TEST(ColumnCoding, RefusesBytesThatEndTooEarly) {
  const std::string ints = packed({1, 900, -7, 123456789});
  for (std::size_t size = 0; size < ints.size(); ++size) {
    const std::string part = ints.substr(0, size);
    ByteReader in(as_bytes(part));
    std::vector<int64_t> back(4);
    EXPECT_FALSE(get_packed(in, back)) << size;
  }
  const std::string doubles = coded({1.5, M_PI, 2.25});
  for (std::size_t size = 0; size < doubles.size(); ++size) {
    const std::string part = doubles.substr(0, size);
    ByteReader in(as_bytes(part));
    std::vector<double> back(3);
    EXPECT_FALSE(get_doubles(in, back)) << size;
  }
}

}  // namespace
}  // namespace mw::plant
