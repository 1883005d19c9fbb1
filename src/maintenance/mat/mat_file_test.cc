// Scope: arrays of each storage type, small and long elements, both byte orders, compressed ones,
// what is left out, and a table of broken files; CWRU's own files where they are.

#include "maintenance/mat/mat_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/testing.h"
#include "tests/support/source_dir.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;

/// Writes MAT-files, right or wrong.
class Writer {
 public:
  explicit Writer(bool big = false) : big_(big) {}

  std::string number(uint32_t value) const {
    if (big_) value = __builtin_bswap32(value);
    return {reinterpret_cast<const char*>(&value), 4};
  }
  template <class T>
  std::string values(std::vector<T> values) const {
    std::string out;
    for (T value : values) {
      std::string bytes(reinterpret_cast<const char*>(&value), sizeof(T));
      if (big_) std::reverse(bytes.begin(), bytes.end());
      out += bytes;
    }
    return out;
  }
  std::string element(uint32_t type, std::string data) const {
    std::string out = number(type) + number(static_cast<uint32_t>(data.size())) + data;
    out.resize((out.size() + 7) / 8 * 8);
    return out;
  }
  std::string small(uint32_t type, std::string data) const {
    const auto size = static_cast<uint32_t>(data.size());
    data.resize(4);
    return number(size << 16 | type) + data;
  }
  std::string array(const std::string& name, std::vector<int32_t> dimensions,
                    const std::string& data, uint32_t kind = 6) const {
    return element(14, element(6, number(kind) + number(0)) +
                           element(5, values(std::move(dimensions))) + element(1, name) + data);
  }
  std::string header() const {
    std::string out = "MATLAB 5.0 MAT-file";
    out.resize(124, ' ');
    return out + (big_ ? std::string("\x01\x00MI", 4) : std::string("\x00\x01IM", 4));
  }

 private:
  bool big_;
};

std::string compressed(const Writer& writer, const std::string& inner) {
  uLongf size = compressBound(inner.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(inner.data()), inner.size());
  packed.resize(size);
  return writer.number(15) + writer.number(static_cast<uint32_t>(size)) + packed;
}

Result<MatFile> parse(const std::string& bytes, const MatLimits& limits = {}) {
  return parse_mat(std::as_bytes(std::span(bytes)), limits);
}

TEST(MatFile, ReadsNumbersOfEachStorageTypeInBothByteOrders) {
  for (const bool big : {false, true}) {
    const Writer w(big);
    const auto file = parse(
        w.header() + w.array("d", {2, 2}, w.element(9, w.values<double>({1.5, -2, 3, 4e300}))) +
        w.array("f", {1, 1}, w.small(7, w.values<float>({0.25F}))) +
        w.array("i8", {1, 3}, w.small(1, w.values<int8_t>({-1, 0, 127}))) +
        w.array("u8", {3, 1}, w.small(2, w.values<uint8_t>({1, 2, 255}))) +
        w.array("i16", {1, 2}, w.small(3, w.values<int16_t>({-300, 300}))) +
        w.array("u16", {1, 1}, w.small(4, w.values<uint16_t>({65'535}))) +
        w.array("i32", {1, 1}, w.element(5, w.values<int32_t>({-70'000}))) +
        w.array("u32", {1, 1}, w.element(6, w.values<uint32_t>({4'000'000'000U}))) +
        w.array("i64", {1, 1}, w.element(12, w.values<int64_t>({-(int64_t{1} << 40)}))) +
        w.array("u64", {1, 1}, w.element(13, w.values<uint64_t>({uint64_t{1} << 40}))) +
        w.array("empty", {0, 0}, w.element(9, "")));
    ASSERT_TRUE(file) << file.error().message.en;
    ASSERT_EQ(file->arrays.size(), 11u);
    EXPECT_THAT(file->find("d")->values, ElementsAre(1.5, -2, 3, 4e300));
    EXPECT_THAT(file->find("d")->dimensions, ElementsAre(2, 2));
    EXPECT_THAT(file->find("f")->values, ElementsAre(0.25));
    EXPECT_THAT(file->find("i8")->values, ElementsAre(-1, 0, 127));
    EXPECT_THAT(file->find("u8")->values, ElementsAre(1, 2, 255));
    EXPECT_THAT(file->find("i16")->values, ElementsAre(-300, 300));
    EXPECT_THAT(file->find("u16")->values, ElementsAre(65'535));
    EXPECT_THAT(file->find("i32")->values, ElementsAre(-70'000));
    EXPECT_THAT(file->find("u32")->values, ElementsAre(4e9));
    EXPECT_THAT(file->find("i64")->values, ElementsAre(-1099511627776.0));
    EXPECT_THAT(file->find("u64")->values, ElementsAre(1099511627776.0));
    EXPECT_TRUE(file->find("empty")->values.empty());
    EXPECT_EQ(file->find("nobody"), nullptr);
  }
}

TEST(MatFile, ReadsCompressedArrays) {
  const Writer w;
  const auto file = parse(
      w.header() + compressed(w, w.array("X", {1, 3}, w.element(9, w.values<double>({1, 2, 3})))) +
      compressed(w, w.array("Y", {1, 1}, w.element(9, w.values<double>({4})))));
  ASSERT_TRUE(file) << file.error().message.en;
  EXPECT_THAT(file->find("X")->values, ElementsAre(1, 2, 3));
  EXPECT_THAT(file->find("Y")->values, ElementsAre(4));
}

TEST(MatFile, NamesWhatItLeavesOut) {
  const Writer w;
  const std::string complex =
      w.element(14, w.element(6, w.number(6 | 0x0800) + w.number(0)) +
                        w.element(5, w.values<int32_t>({1, 1})) + w.element(1, "z") +
                        w.element(9, w.values<double>({1})) + w.element(9, w.values<double>({2})));
  const auto file = parse(w.header() + w.array("text", {1, 2}, w.element(4, "a\0b\0"), 4) +
                          w.array("cell", {1, 1}, "", 1) + complex);
  ASSERT_TRUE(file) << file.error().message.en;
  EXPECT_TRUE(file->arrays.empty());
  ASSERT_EQ(file->left_out.size(), 3u);
  EXPECT_EQ(file->left_out[0].name + ": " + file->left_out[0].kind.en, "text: text");
  EXPECT_EQ(file->left_out[1].name + ": " + file->left_out[1].kind.en, "cell: a cell array");
  EXPECT_EQ(file->left_out[2].name + ": " + file->left_out[2].kind.zh, "z: 复数");
}

TEST(MatFile, ReadsTheNumericFieldsOfAStructure) {
  for (const bool big : {false, true}) {
    const Writer w(big);
    std::string names("speed\0\0\0note\0\0\0\0none\0\0\0\0", 24);
    const std::string fields = w.small(5, w.values<int32_t>({8})) + w.element(1, names);
    const std::string values = w.array("", {3, 1}, w.element(9, w.values<double>({1, 2, 3}))) +
                               w.array("", {1, 2}, w.element(4, "a\0b\0"), 4) + w.element(14, "");
    const auto file = parse(w.header() + w.array("run", {1, 1}, fields + values, 2) +
                            w.array("runs", {1, 2}, fields + values + values, 2));
    ASSERT_TRUE(file) << file.error().message.en;
    ASSERT_EQ(file->structs.size(), 1u);
    EXPECT_EQ(file->structs[0].name, "run");
    ASSERT_EQ(file->structs[0].fields.size(), 1u);
    EXPECT_EQ(file->structs[0].fields[0].name, "speed");
    EXPECT_THAT(file->structs[0].fields[0].values, ElementsAre(1, 2, 3));
    ASSERT_EQ(file->structs[0].left_out.size(), 2u);
    EXPECT_EQ(file->structs[0].left_out[1].kind.en, "empty");
    ASSERT_EQ(file->left_out.size(), 1u) << "an array of structures";
  }
  const Writer w;
  const std::string length = w.small(5, w.values<int32_t>({8}));
  const std::string name("speed\0\0\0", 8);
  for (const std::string& inner :
       {std::string(), length, w.small(5, w.values<int32_t>({0})) + w.element(1, name),
        w.small(5, w.values<int32_t>({7})) + w.element(1, name), length + w.element(1, name),
        length + w.element(1, name) + w.element(9, ""),
        length + w.element(1, name) + w.array("", {2, 1}, w.element(9, ""))}) {
    EXPECT_EQ(parse(w.header() + w.array("run", {1, 1}, inner, 2)).error().code, Code::kCorrupt);
  }
}

TEST(MatFile, FindsTheOneArrayOfAnEnding) {
  const Writer w;
  const std::string one = w.element(9, w.values<double>({1}));
  const auto file =
      parse(w.header() + w.array("X1_DE_time", {1, 1}, one) + w.array("X1_FE_time", {1, 1}, one));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->find_ending("DE_time"), file->find("X1_DE_time"));
  EXPECT_EQ(file->find_ending("_time"), nullptr) << "two of them";
  EXPECT_EQ(file->find_ending("RPM"), nullptr);
}

enum class Broken {
  kNothing,
  kHeaderCut,
  kNoMarks,
  kVersion4,
  kHdf5,
  kElementCut,
  kElementTooLong,
  kSmallTooLong,
  kTopIsNumbers,
  kNoFlags,
  kFlagsCut,
  kOneDimension,
  kManyDimensions,
  kNegativeSize,
  kSizeOverflows,
  kNoName,
  kNameOdd,
  kNoData,
  kDataShort,
  kDataLong,
  kDataOfNoNumbers,
  kCompressedCut,
  kCompressedNoise,
  kCompressedNoArray,
  kInflatesBeyondLimit,
  kTooManyBytes,
  kTooManyVariables,
  kEnd,
};

std::string broken_file(Broken kind) {
  const Writer w;
  const std::string one = w.element(9, w.values<double>({1}));
  const std::string flags = w.element(6, w.number(6) + w.number(0));
  const std::string shape = w.element(5, w.values<int32_t>({1, 1}));
  const std::string name = w.element(1, "x");
  const std::string good = w.array("x", {1, 1}, one);
  switch (kind) {
    case Broken::kHeaderCut:
      return w.header().substr(0, 127);
    case Broken::kNoMarks:
      return std::string(128, 'x');
    case Broken::kVersion4:
      return w.header().substr(0, 124) + std::string("\x00\x03IM", 4);
    case Broken::kHdf5:
      return w.header().substr(0, 124) + std::string("\x00\x02IM", 4);
    case Broken::kElementCut:
      return w.header() + good.substr(0, 5);
    case Broken::kElementTooLong:
      return w.header() + w.number(14) + w.number(0xffffffff) + good;
    case Broken::kSmallTooLong:
      return w.header() + w.number(9 << 16 | 14) + good;
    case Broken::kTopIsNumbers:
      return w.header() + one;
    case Broken::kNoFlags:
      return w.header() + w.element(14, shape + name + one);
    case Broken::kFlagsCut:
      return w.header() + w.element(14, w.element(6, w.number(6)) + shape + name + one);
    case Broken::kOneDimension:
      return w.header() + w.array("x", {1}, one);
    case Broken::kManyDimensions:
      return w.header() + w.array("x", std::vector<int32_t>(33, 1), one);
    case Broken::kNegativeSize:
      return w.header() + w.array("x", {-1, -1}, one);
    case Broken::kSizeOverflows:
      return w.header() + w.array("x", {0x7fffffff, 0x7fffffff, 0x7fffffff}, one);
    case Broken::kNoName:
      return w.header() + w.element(14, flags + shape);
    case Broken::kNameOdd:
      return w.header() + w.array("a\nb", {1, 1}, one);
    case Broken::kNoData:
      return w.header() + w.array("x", {1, 1}, "");
    case Broken::kDataShort:
      return w.header() + w.array("x", {1, 1000}, one);
    case Broken::kDataLong:
      return w.header() + w.array("x", {1, 1}, w.element(9, w.values<double>({1, 2})));
    case Broken::kDataOfNoNumbers:
      return w.header() + w.array("x", {1, 8}, w.element(16, "12345678"));
    case Broken::kCompressedCut: {
      const std::string packed = compressed(w, good);
      return w.header() + w.number(15) + w.number(static_cast<uint32_t>(packed.size() - 12)) +
             packed.substr(8, packed.size() - 12);
    }
    case Broken::kCompressedNoise:
      return w.header() + w.number(15) + w.number(8) + "abcdefgh";
    case Broken::kCompressedNoArray:
      return w.header() + compressed(w, one);
    case Broken::kInflatesBeyondLimit:
      return w.header() + compressed(w, std::string(1 << 20, 'x'));
    case Broken::kTooManyBytes:
      return w.header() + w.array("x", {1, 20'000}, w.element(1, std::string(20'000, '\1')));
    case Broken::kTooManyVariables:
      return w.header() + good + good + good + good;
    case Broken::kNothing:
    case Broken::kEnd:
      break;
  }
  return {};
}

TEST(MatFile, RefusesEachBrokenFileInBothLanguages) {
  const MatLimits limits{.most_bytes = 100'000, .most_variables = 3};
  for (int kind = 0; kind < static_cast<int>(Broken::kEnd); ++kind) {
    const auto file = parse(broken_file(static_cast<Broken>(kind)), limits);
    ASSERT_FALSE(file) << "broken file " << kind;
    EXPECT_FALSE(file.error().message.zh.empty()) << kind;
    const Code code = file.error().code;
    EXPECT_TRUE(code == Code::kCorrupt || code == Code::kUnsupported || code == Code::kTooLarge)
        << kind;
  }
}

TEST(MatFile, CutAnywhereIsRefusedOrShorter) {
  const Writer w;
  const std::string whole =
      w.header() + w.array("x", {1, 3}, w.element(9, w.values<double>({1, 2, 3}))) +
      compressed(w, w.array("y", {1, 1}, w.element(9, w.values<double>({4}))));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto file = parse(whole.substr(0, size));
    EXPECT_TRUE(!file || file->arrays.size() < 2) << size;
  }
}

TEST(MatFile, ReadsARecordingOfCwru) {
  const auto path = mw::testing_support::existing(
      testing_support::source_path("build/data/cwru/12k_DE/IR_007_105_0.mat"));
  if (!path) GTEST_SKIP() << "build/data/cwru is not there: tar xJf ../shared/data/cwru.tar.xz";
  const auto file = read_mat_file(*path);
  ASSERT_TRUE(file) << file.error().message.en;
  ASSERT_NE(file->find_ending("DE_time"), nullptr);
  EXPECT_EQ(file->find_ending("DE_time")->values.size(), 121'265u);
  EXPECT_THAT(file->find_ending("RPM")->values, ElementsAre(1797));
}

}  // namespace
}  // namespace mw::maintenance
