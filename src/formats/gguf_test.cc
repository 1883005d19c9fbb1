// Scope: well-formed files (every value type, alignment, shapes), and a table of broken files, each
// with the field that the error must name. The files are made byte by byte, since the writer cannot
// write a wrong one. Fuzzed besides: fuzz/targets/gguf_fuzz.cc.

#include "formats/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>

#include "formats/gguf_writer.h"

namespace mw::formats {
namespace {

using ::testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// A file under construction; each call appends.
struct Bytes {
  std::string data;

  template <class T>
  Bytes& put(T value) {
    data.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Bytes& u32(uint32_t value) { return put(value); }
  Bytes& u64(uint64_t value) { return put(value); }
  Bytes& text(std::string_view value) {
    u64(value.size());
    data += value;
    return *this;
  }
  Bytes& header(uint64_t tensors, uint64_t keys, uint32_t version = 3) {
    data += "GGUF";
    return u32(version).u64(tensors).u64(keys);
  }
  Bytes& tensor(std::string_view name, std::initializer_list<uint64_t> dims, uint32_t type,
                uint64_t offset) {
    text(name).u32(static_cast<uint32_t>(dims.size()));
    for (const uint64_t dim : dims) u64(dim);
    return u32(type).u64(offset);
  }
  Bytes& pad(std::size_t alignment = 32) {
    data.resize((data.size() + alignment - 1) / alignment * alignment);
    return *this;
  }
  Bytes& zeros(std::size_t count) {
    data.append(count, '\0');
    return *this;
  }
};

std::string complete_file() {
  GgufWriter writer;
  writer.add_text("general.architecture", "llama");
  writer.add_u32("llama.block_count", 30);
  writer.add_u64("llama.context_length", 8192);
  writer.add_f32("llama.rope.freq_base", 1e5F);
  writer.add_bool("tokenizer.ggml.add_bos_token", true);
  const std::vector<std::string> tokens = {"a", "", "\xc4\xa0t"};
  writer.add_texts("tokenizer.ggml.tokens", tokens);
  const std::vector<int32_t> types = {1, -3, 6};
  writer.add_i32s("tokenizer.ggml.token_type", types);
  const std::vector<float> scores = {0.5F, -1.0F};
  writer.add_f32s("tokenizer.ggml.scores", scores);
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  writer.add_tensor("a.weight", std::array<int64_t, 2>{2, 3}, values);
  const std::string block(34, '\1');
  writer.add_tensor("b.weight", GgmlType::kQ8_0, std::array<int64_t, 1>{32}, bytes_of(block));
  return *writer.build();
}

TEST(Gguf, ReadsWhatTheWriterWrote) {
  const std::string data = complete_file();
  const auto file = GgufFile::parse(bytes_of(data));
  ASSERT_TRUE(file) << file.error().message.en;
  EXPECT_EQ(file->version(), 3U);
  EXPECT_EQ(*file->text("general.architecture"), "llama");
  EXPECT_EQ(*file->integer("llama.block_count"), 30U);
  EXPECT_EQ(*file->integer("llama.context_length"), 8192U);
  EXPECT_EQ(*file->number("llama.rope.freq_base"), 1e5);
  EXPECT_EQ(*file->number("llama.block_count"), 30.0);
  EXPECT_TRUE(*file->flag("tokenizer.ggml.add_bos_token", false));
  EXPECT_EQ(*file->texts("tokenizer.ggml.tokens"),
            (std::vector<std::string>{"a", "", "\xc4\xa0t"}));
  EXPECT_EQ(*file->integers("tokenizer.ggml.token_type"), (std::vector<int32_t>{1, -3, 6}));
  EXPECT_EQ(*file->numbers("tokenizer.ggml.scores"), (std::vector<float>{0.5F, -1.0F}));
}

TEST(Gguf, ShapesAreRowMajorAndTensorsLieInTheFile) {
  const std::string data = complete_file();
  const auto file = GgufFile::parse(bytes_of(data));
  ASSERT_TRUE(file);
  ASSERT_EQ(file->tensors().size(), 2U);
  const GgufTensor* a = file->tensor("a.weight");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(a->elements(), 6);
  float last = 0;
  std::memcpy(&last, a->bytes.data() + 20, 4);
  EXPECT_EQ(last, 6.0F);
  const GgufTensor* b = file->tensor("b.weight");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->type, GgmlType::kQ8_0);
  EXPECT_EQ(b->bytes.size(), 34U);
  EXPECT_EQ((b->bytes.data() - bytes_of(data).data()) % 32, 0);
  EXPECT_EQ(file->tensor("c.weight"), nullptr);
}

TEST(Gguf, AMissingKeyAndOneOfAnotherTypeAreToldApart) {
  const std::string data = complete_file();
  const auto file = GgufFile::parse(bytes_of(data));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text("nothing").error().code, Code::kNotFound);
  EXPECT_EQ(file->integer("general.architecture").error().code, Code::kCorrupt);
  EXPECT_THAT(file->integer("general.architecture").error().message.en,
              HasSubstr("'general.architecture': expected an integer from 0"));
  EXPECT_THAT(file->texts("tokenizer.ggml.token_type").error().message.en,
              HasSubstr("expected an array of strings, got i32[3]"));
  EXPECT_FALSE(file->integers("tokenizer.ggml.scores"));
  EXPECT_FALSE(file->numbers("tokenizer.ggml.tokens"));
  EXPECT_FALSE(file->text("tokenizer.ggml.tokens"));
  EXPECT_TRUE(*file->flag("nothing", true));
  EXPECT_FALSE(file->flag("llama.block_count", true));
}

TEST(Gguf, EveryValueTypeIsReadAndListed) {
  Bytes bytes;
  bytes.header(0, 13);
  bytes.text("u8").u32(0).put(uint8_t{200});
  bytes.text("i8").u32(1).put(int8_t{-100});
  bytes.text("u16").u32(2).put(uint16_t{60000});
  bytes.text("i16").u32(3).put(int16_t{-30000});
  bytes.text("u32").u32(4).put(uint32_t{4000000000});
  bytes.text("i32").u32(5).put(int32_t{-5});
  bytes.text("f32").u32(6).put(0.5F);
  bytes.text("bool").u32(7).put(uint8_t{1});
  bytes.text("string").u32(8).text("line\n\x1b[31mred");
  bytes.text("u64").u32(10).put(uint64_t{1} << 63);
  bytes.text("i64").u32(11).put(int64_t{-7});
  bytes.text("f64").u32(12).put(0.25);
  bytes.text("nested").u32(9).u32(9).u64(2);
  bytes.u32(0).u64(3).put(uint8_t{1}).put(uint8_t{2}).put(uint8_t{3});
  bytes.u32(8).u64(1).text("x");
  const auto file = GgufFile::parse(bytes_of(bytes.data));
  ASSERT_TRUE(file) << file.error().message.en;
  EXPECT_EQ(*file->integer("u8"), 200U);
  EXPECT_EQ(*file->integer("u32"), 4000000000U);
  EXPECT_FALSE(file->integer("i8"));   // negative
  EXPECT_FALSE(file->integer("u64"));  // over 2^63 - 1
  EXPECT_EQ(*file->number("i16"), -30000.0);
  EXPECT_EQ(*file->number("f64"), 0.25);
  std::string listing;
  for (const GgufEntry& entry : file->entries()) {
    listing += entry.key + ":" + entry.type + "=" + entry.shown + "\n";
  }
  EXPECT_EQ(listing,
            "u8:u8=200\ni8:i8=-100\nu16:u16=60000\ni16:i16=-30000\nu32:u32=4000000000\n"
            "i32:i32=-5\nf32:f32=0.5\nbool:bool=true\nstring:string=line\\n?[31mred\n"
            "u64:u64=\ni64:i64=-7\nf64:f64=0.25\nnested:array[2]=\n");
}

TEST(Gguf, TensorDataFollowsTheAlignmentKey) {
  GgufWriter writer(128);
  const std::vector<float> one = {1};
  writer.add_tensor("a", std::array<int64_t, 1>{1}, one);
  writer.add_tensor("b", std::array<int64_t, 1>{1}, one);
  const std::string data = *writer.build();
  const auto file = GgufFile::parse(bytes_of(data));
  ASSERT_TRUE(file);
  for (const GgufTensor& tensor : file->tensors()) {
    EXPECT_EQ((tensor.bytes.data() - bytes_of(data).data()) % 128, 0) << tensor.name;
  }
}

TEST(Gguf, AVocabularyOnlyFileNeedsNoDataSection) {
  Bytes bytes;
  bytes.header(0, 1, 2).text("k").u32(7).put(uint8_t{0});
  EXPECT_TRUE(GgufFile::parse(bytes_of(bytes.data)));
}

TEST(Gguf, TheWriterRefusesATensorThatDoesNotFitItsShape) {
  GgufWriter writer;
  const std::vector<float> three = {1, 2, 3};
  writer.add_tensor("a", std::array<int64_t, 2>{2, 2}, three);
  EXPECT_FALSE(writer.build());
}

TEST(Gguf, OpenMapsAFileAndNamesItInErrors) {
  const std::string path = ::testing::TempDir() + "gguf_test_open.gguf";
  std::ofstream(path, std::ios::binary) << complete_file();
  auto opened = GgufFile::open(path);
  ASSERT_TRUE(opened) << opened.error().message.en;
  const GgufFile moved = std::move(opened).value();
  float last = 0;
  std::memcpy(&last, moved.tensor("a.weight")->bytes.data() + 20, 4);
  EXPECT_EQ(last, 6.0F);
  std::ofstream(path, std::ios::binary) << "GGUX";
  EXPECT_THAT(GgufFile::open(path).error().message.en, HasSubstr(path));
  std::ofstream(path, std::ios::binary | std::ios::trunc).flush();
  EXPECT_EQ(GgufFile::open(path).error().code, Code::kCorrupt);
  EXPECT_EQ(GgufFile::open(path + ".missing").error().code, Code::kNotFound);
}

struct BrokenFile {
  const char* name;
  std::function<void(Bytes&)> make;
  const char* error;  // part of the message
  Code code = Code::kCorrupt;
};

constexpr uint64_t kHuge = std::numeric_limits<uint64_t>::max();
constexpr uint32_t kF32 = 0;
constexpr uint32_t kQ8_0 = 8;

const std::vector<BrokenFile>& broken_files() {
  static const std::vector<BrokenFile> files = {
      {"Empty", [](Bytes&) {}, "magic"},
      {"MagicOfAnotherFormat", [](Bytes& b) { b.data = "GGML\3\0\0\0"; }, "magic"},
      {"EndsInTheMagic", [](Bytes& b) { b.data = "GGU"; }, "magic"},
      {"EndsInTheVersion", [](Bytes& b) { b.data = "GGUF\3"; }, "version: the file ends"},
      {"Version1", [](Bytes& b) { b.header(0, 0, 1); }, "expected GGUF version 2 or 3, got 1",
       Code::kUnsupported},
      {"Version4", [](Bytes& b) { b.header(0, 0, 4); }, "got 4", Code::kUnsupported},
      {"BigEndian", [](Bytes& b) { b.header(0, 0, 0x03000000); }, "big-endian", Code::kUnsupported},
      {"EndsInTheTensorCount",
       [](Bytes& b) {
         b.header(0, 0);
         b.data.resize(10);
       },
       "tensor_count: the file ends"},
      {"EndsInTheKeyCount",
       [](Bytes& b) {
         b.header(0, 0);
         b.data.resize(20);
       },
       "kv_count: the file ends"},
      {"HugeKeyCount", [](Bytes& b) { b.header(0, kHuge).zeros(64); }, "kv_count"},
      {"KeyCountOverTheBytesLeft", [](Bytes& b) { b.header(0, 5).zeros(64); }, "kv_count: 5 keys"},
      {"HugeTensorCount", [](Bytes& b) { b.header(kHuge, 0).zeros(64); }, "tensor_count"},
      {"TensorCountOverTheLimit", [](Bytes& b) { b.header(65537, 0).zeros(65537 * 33); },
       "limit 65536"},
      {"TensorCountOverTheBytesAfterTheKeys",
       [](Bytes& b) { b.header(2, 1).text("k").u32(8).text(std::string(100, 'x')).zeros(40); },
       "tensor_count: 2 tensors do not fit"},
      {"HugeKeyLength", [](Bytes& b) { b.header(0, 1).u64(kHuge).zeros(64); }, "key[0]: string of"},
      {"KeyLengthOverTheLimit", [](Bytes& b) { b.header(0, 1).u64(65536).zeros(70000); },
       "at most 65535"},
      {"KeyLongerThanTheFile", [](Bytes& b) { b.header(0, 1).u64(1000).zeros(64); },
       "but only 64 are left"},
      {"EmptyKey", [](Bytes& b) { b.header(0, 1).text("").u32(7).zeros(10); }, "printable ASCII"},
      {"KeyWithAControlCharacter",
       [](Bytes& b) { b.header(0, 1).text("a\x1b[2J").u32(7).zeros(10); }, "printable ASCII"},
      {"DuplicateKey",
       [](Bytes& b) { b.header(0, 2).text("k").u32(7).put('\0').text("k").u32(7).put('\0'); },
       "key 'k': the key occurs twice"},
      {"ValueType13", [](Bytes& b) { b.header(0, 1).text("k").u32(13).zeros(10); },
       "key 'k': value type 13"},
      {"ValueCutOff", [](Bytes& b) { b.header(0, 1).text("k").u32(12).zeros(7); },
       "key 'k': the file ends"},
      {"Bool2", [](Bytes& b) { b.header(0, 1).text("k").u32(7).put('\2'); }, "a bool is 2"},
      {"BoolArrayWith255",
       [](Bytes& b) { b.header(0, 1).text("k").u32(9).u32(7).u64(2).put('\1').put('\xff'); },
       "a bool is 255"},
      {"HugeStringValue", [](Bytes& b) { b.header(0, 1).text("k").u32(8).u64(kHuge).zeros(9); },
       "key 'k': string of 18446744073709551615 bytes"},
      {"StringLongerThanTheFile",
       [](Bytes& b) { b.header(0, 1).text("k").u32(8).u64(100).zeros(9); }, "but only 9 are left"},
      {"ArrayElementType13",
       [](Bytes& b) { b.header(0, 1).text("k").u32(9).u32(13).u64(1).zeros(9); }, "value type 13"},
      {"ArrayCountTimesSizeOverflows",
       [](Bytes& b) { b.header(0, 1).text("k").u32(9).u32(10).u64(uint64_t{1} << 61).zeros(64); },
       "array of 2305843009213693952 elements"},
      {"ArrayOfStringsWithoutRoom",
       [](Bytes& b) { b.header(0, 1).text("k").u32(9).u32(8).u64(1000).zeros(64); },
       "array of 1000 elements, but only 64 bytes"},
      {"ArrayOfStringsCutOff",
       [](Bytes& b) { b.header(0, 1).text("k").u32(9).u32(8).u64(2).text("abcd").u64(9); },
       "string of 9 bytes"},
      {"ArraysNestTooDeep",
       [](Bytes& b) {
         b.header(0, 1).text("k").u32(9);
         for (int i = 0; i < 5; ++i) b.u32(9).u64(1);
         b.u32(0).u64(0);
       },
       "arrays nest deeper than 4"},
      {"Alignment0", [](Bytes& b) { b.header(0, 1).text("general.alignment").u32(4).u32(0); },
       "general.alignment: expected a power of two"},
      {"Alignment4", [](Bytes& b) { b.header(0, 1).text("general.alignment").u32(4).u32(4); },
       "got 4"},
      {"Alignment48", [](Bytes& b) { b.header(0, 1).text("general.alignment").u32(4).u32(48); },
       "got 48"},
      {"Alignment8192", [](Bytes& b) { b.header(0, 1).text("general.alignment").u32(4).u32(8192); },
       "got 8192"},
      {"AlignmentAsText",
       [](Bytes& b) { b.header(0, 1).text("general.alignment").u32(8).text("32"); },
       "'general.alignment': expected an integer"},
      {"TensorNameTooLong",
       [](Bytes& b) { b.header(1, 0).tensor(std::string(65, 'n'), {4}, kF32, 0).pad().zeros(32); },
       "tensor[0].name: string of 65 bytes"},
      {"EmptyTensorName", [](Bytes& b) { b.header(1, 0).tensor("", {4}, kF32, 0).pad().zeros(32); },
       "tensor[0].name"},
      {"DuplicateTensorName",
       [](Bytes& b) {
         b.header(2, 0).tensor("a", {8}, kF32, 0).tensor("a", {8}, kF32, 32).pad().zeros(64);
       },
       "tensor 'a': the name occurs twice"},
      {"NoDimensions", [](Bytes& b) { b.header(1, 0).tensor("a", {}, kF32, 0).pad().zeros(64); },
       "tensor 'a' n_dims: expected 1 to 4, got 0"},
      {"FiveDimensions",
       [](Bytes& b) {
         b.header(1, 0).tensor("a", {1, 1, 1, 1, 1}, kF32, 0).pad().zeros(32);
       },
       "got 5"},
      {"HugeDimensionCount", [](Bytes& b) { b.header(1, 0).text("a").u32(0xffffffff).zeros(100); },
       "got 4294967295"},
      {"DimensionZero",
       [](Bytes& b) {
         b.header(1, 0).tensor("a", {4, 0}, kF32, 0).pad().zeros(32);
       },
       "a dimension is 0"},
      {"DimensionsOverflow",
       [](Bytes& b) {
         b.header(1, 0).tensor("a", {uint64_t{1} << 32, uint64_t{1} << 32}, kF32, 0).pad();
       },
       "overflows"},
      {"DimensionsOverflowToASmallProduct",
       [](Bytes& b) {
         b.header(1, 0).tensor("a", {(uint64_t{1} << 63) + 16, 2}, kF32, 0).pad().zeros(256);
       },
       "overflows"},
      {"NegativeDimension",
       [](Bytes& b) { b.header(1, 0).tensor("a", {kHuge}, kF32, 0).pad().zeros(32); }, "overflows"},
      {"DataLargerThanTheFile",
       [](Bytes& b) { b.header(1, 0).tensor("a", {1 << 20}, kF32, 0).pad().zeros(32); },
       "larger than the file"},
      {"RowIsNoMultipleOfTheBlock",
       [](Bytes& b) {
         b.header(1, 0).tensor("a", {16, 2}, kQ8_0, 0).pad().zeros(64);
       },
       "not a multiple of the 32 of a Q8_0 block"},
      {"WithdrawnType4", [](Bytes& b) { b.header(1, 0).tensor("a", {32}, 4, 0).pad().zeros(64); },
       "tensor 'a': element type id 4 was withdrawn", Code::kUnsupported},
      {"WithdrawnType37", [](Bytes& b) { b.header(1, 0).tensor("a", {32}, 37, 0).pad().zeros(64); },
       "id 37 was withdrawn", Code::kUnsupported},
      {"UnknownType40", [](Bytes& b) { b.header(1, 0).tensor("a", {32}, 40, 0).pad().zeros(64); },
       "tensor 'a': element type id 40 is not known", Code::kUnsupported},
      {"HugeType",
       [](Bytes& b) { b.header(1, 0).tensor("a", {32}, 0xffffffff, 0).pad().zeros(64); },
       "id 4294967295", Code::kUnsupported},
      {"OffsetNotAligned",
       [](Bytes& b) { b.header(1, 0).tensor("a", {4}, kF32, 16).pad().zeros(64); },
       "tensor 'a' offset: 16 is not a multiple of the alignment 32"},
      {"OffsetPastTheEnd",
       [](Bytes& b) { b.header(1, 0).tensor("a", {8}, kF32, 64).pad().zeros(64); },
       "tensor 'a' offset: 64 plus 32 bytes is outside"},
      {"OffsetPlusSizeWraps",
       [](Bytes& b) { b.header(1, 0).tensor("a", {8}, kF32, kHuge - 31).pad().zeros(64); },
       "is outside the data section"},
      {"TensorsOverlap",
       [](Bytes& b) {
         b.header(2, 0).tensor("a", {16}, kF32, 0).tensor("b", {8}, kF32, 32).pad().zeros(64);
       },
       "tensor 'b' offset: its bytes overlap those of 'a'"},
      {"TensorsShareOnePlace",
       [](Bytes& b) {
         b.header(2, 0).tensor("a", {8}, kF32, 0).tensor("b", {8}, kF32, 0).pad().zeros(32);
       },
       "overlap"},
      {"EndsBeforeTheDataSection", [](Bytes& b) { b.header(1, 0).tensor("a", {1}, kF32, 0); },
       "data section: the file ends before"},
      {"DataCutOff", [](Bytes& b) { b.header(1, 0).tensor("a", {8}, kF32, 0).pad().zeros(31); },
       "is outside the data section of 31 bytes"},
      {"TrailingBytes", [](Bytes& b) { b.header(1, 0).tensor("a", {8}, kF32, 0).pad().zeros(64); },
       "32 bytes follow the last tensor"},
      {"TensorInfoCutOff", [](Bytes& b) { b.header(1, 0).text("a").u32(4).zeros(30); },
       "tensor 'a' dims: the file"},
  };
  return files;
}

class BrokenGguf : public ::testing::TestWithParam<BrokenFile> {};

TEST_P(BrokenGguf, IsRefusedAndTheErrorNamesTheField) {
  Bytes bytes;
  GetParam().make(bytes);
  const auto file = GgufFile::parse(bytes_of(bytes.data));
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message.en, HasSubstr(GetParam().error));
  EXPECT_EQ(file.error().code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenGguf, ::testing::ValuesIn(broken_files()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(BrokenGguf, EveryProperPrefixOfAFileIsRefused) {
  const std::string data = complete_file();
  // The last tensor ends 30 bytes before the file does: padding may be missing.
  for (std::size_t size = 0; size < data.size() - 30; ++size) {
    // A copy of exactly that size, so that the sanitizer sees a read past the end.
    const std::vector<char> prefix(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(GgufFile::parse(std::as_bytes(std::span(prefix)))) << size;
  }
}

TEST(BrokenGguf, AnyOneByteChangedIsReadOrRefusedButNeverCrashes) {
  const std::string data = complete_file();
  int refused = 0;
  for (std::size_t at = 0; at < data.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::vector<char> changed(data.begin(), data.end());
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const auto file = GgufFile::parse(std::as_bytes(std::span(changed)));
      if (!file) {
        ++refused;
        continue;
      }
      for (const GgufEntry& entry : file->entries()) (void)file->texts(entry.key);
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace mw::formats
