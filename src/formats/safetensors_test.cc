// Scope: well-formed files, and a table of broken ones, each with what the error must name; sets of
// files under an index, whole and broken. Fuzzed besides: fuzz/targets/safetensors_fuzz.cc.

#include "formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "formats/safetensors_set.h"
#include "tests/support/safetensors_bytes.h"
#include "tests/support/temporary_folder.h"

namespace mw::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::safetensors_bytes;

Result<SafetensorsFile> parse(const std::string& bytes) {
  return SafetensorsFile::parse(std::as_bytes(std::span(bytes)));
}

TEST(Safetensors, ReadsTensorsInPlaceInTheOrderOfTheirBytes) {
  const std::string bytes = safetensors_bytes(
      R"({"__metadata__":{"format":"pt"},
          "b":{"dtype":"BF16","shape":[2,3],"data_offsets":[4,16]},
          "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
          "mask":{"dtype":"BOOL","shape":[1,2],"data_offsets":[16,18]}})",
      std::string("\0\0\x80\x3f", 4) + std::string(12, 'x') + "\1\1");
  const auto file = parse(bytes);
  ASSERT_TRUE(file) << file.error().message.en;
  ASSERT_EQ(file->tensors().size(), 3U);
  EXPECT_EQ(file->tensors()[0].name, "a");
  EXPECT_EQ(file->metadata().at("format"), "pt");
  EXPECT_EQ(file->file_bytes(), bytes.size());
  const SafetensorsTensor* b = file->tensor("b");
  ASSERT_NE(b, nullptr);
  EXPECT_THAT(b->shape, ElementsAre(2, 3));
  const auto stored = stored_tensor(*b);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->type, GgmlType::kBF16);
  EXPECT_EQ(stored->bytes.data(),
            reinterpret_cast<const std::byte*>(bytes.data() + bytes.size() - 14));
  EXPECT_EQ(file->tensor("c"), nullptr);
  const auto mask = stored_tensor(*file->tensor("mask"));
  ASSERT_FALSE(mask);
  EXPECT_EQ(mask.error().code, Code::kUnsupported);
  EXPECT_THAT(mask.error().message.en, HasSubstr("tensor mask: weights of type BOOL"));
}

struct Broken {
  const char* what;
  std::string header;
  std::string data;
  const char* named;
};

TEST(Safetensors, RefusesBrokenFilesAndNamesWhatIsWrong) {
  const auto one = [](const char* entry) { return std::string("{\"t\":") + entry + "}"; };
  const std::string four(4, 'x');
  const Broken cases[] = {
      {"not JSON", "{\"t\"", four, "header"},
      {"a list", "[]", "", "header"},
      {"nested too deep", "{\"t\":[[[[[[1]]]]]]}", "", "header"},
      {"an entry that is a number", one("7"), four, "tensor 't'"},
      {"no type", one(R"({"shape":[1],"data_offsets":[0,4]})"), four, "element type ''"},
      {"a type that is a number", one(R"({"dtype":1,"shape":[1],"data_offsets":[0,4]})"), four,
       "tensor 't' dtype"},
      {"an unknown type", one(R"({"dtype":"F4","shape":[1],"data_offsets":[0,4]})"), four,
       "element type 'F4'"},
      {"no shape", one(R"({"dtype":"F32","data_offsets":[0,4]})"), four, "tensor 't' shape"},
      {"a negative dimension", one(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), four,
       "tensor 't' shape"},
      {"a dimension that is text", one(R"({"dtype":"F32","shape":["1"],"data_offsets":[0,4]})"),
       four, "tensor 't' shape"},
      {"a product that overflows",
       one(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"), "",
       "overflows"},
      {"nine dimensions",
       one(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})"), four,
       "at most 8"},
      {"no offsets", one(R"({"dtype":"F32","shape":[1]})"), four, "data_offsets"},
      {"one offset", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0]})"), four,
       "data_offsets"},
      {"offsets the wrong way", one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), four,
       "data_offsets"},
      {"a span of another size", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), four,
       "expected a span of 8"},
      {"a span past the end", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), four,
       "data_offsets"},
      {"a gap at the front", one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})"),
       four + four, "begin at 0"},
      {"bytes after the last", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
       four + "y", "belong to no tensor"},
      {"an overlap",
       R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
           "b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})",
       four + "yy", "tensor 'b'"},
      {"a name twice",
       R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
           "a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
       four + four, ""},
      {"a name with a control character", "{\"a\\nb\":{}}", "", "tensor name"},
      {"no name", "{\"\":{}}", "", "tensor name"},
      {"metadata that is a list", R"({"__metadata__":[]})", "", "__metadata__"},
      {"metadata of numbers", R"({"__metadata__":{"a":1}})", "", "__metadata__"},
  };
  for (const Broken& each : cases) {
    const auto file = parse(safetensors_bytes(each.header, each.data));
    ASSERT_FALSE(file) << each.what;
    EXPECT_THAT(file.error().message.en, HasSubstr(each.named)) << each.what;
  }
}

TEST(Safetensors, RefusesLengthsThatDoNotFit) {
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("1234567"));
  EXPECT_FALSE(parse(std::string(8, '\xff') + "{}"));
  std::string huge = safetensors_bytes("{}", "");
  huge.resize((std::size_t{9} << 20), ' ');
  const uint64_t length = huge.size() - 8;
  std::memcpy(huge.data(), &length, sizeof length);
  const auto file = parse(huge);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::kTooLarge);
}

class Set : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) {
    ASSERT_TRUE(write_file_atomically(folder_.path() / name, content));
  }
  void write_tensor(const std::string& file, const std::string& name) {
    write(file, safetensors_bytes(
                    "{\"" + name + R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x"));
  }
  void write_index(const std::string& map) {
    write("model.safetensors.index.json", "{\"metadata\":{},\"weight_map\":" + map + "}");
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(Set, TakesTheOneFileOfAFolder) {
  write_tensor("model.safetensors", "a");
  const auto set = SafetensorsSet::open(folder_.path());
  ASSERT_TRUE(set) << set.error().message.en;
  EXPECT_NE(set->tensor("a"), nullptr);
  EXPECT_THAT(set->files(), ElementsAre("model.safetensors"));
}

TEST_F(Set, TakesTheFilesOfAnIndex) {
  write_tensor("model-00001-of-00002.safetensors", "a");
  write_tensor("model-00002-of-00002.safetensors", "b");
  write_index(R"({"b":"model-00002-of-00002.safetensors","a":"model-00001-of-00002.safetensors"})");
  const auto set = SafetensorsSet::open(folder_.path());
  ASSERT_TRUE(set) << set.error().message.en;
  ASSERT_NE(set->tensor("b"), nullptr);
  EXPECT_EQ(set->tensors().size(), 2U);
  EXPECT_EQ(set->tensor("c"), nullptr);
}

TEST_F(Set, RefusesAnIndexThatDoesNotHold) {
  write_tensor("x.safetensors", "a");
  for (const auto& [map, named] : std::vector<std::pair<std::string, std::string>>{
           {"7", "weight_map"},
           {R"({"a":7})", "tensor 'a'"},
           {R"({"a":"../x.safetensors"})", "tensor 'a'"},
           {R"({"a":"/etc/passwd"})", "tensor 'a'"},
           {R"({"a":".hidden"})", "tensor 'a'"},
           {R"({"a":"gone.safetensors"})", "gone.safetensors is not there"},
           {R"({"b":"x.safetensors"})", "tensor 'b' is not in x.safetensors"}}) {
    write_index(map);
    const auto set = SafetensorsSet::open(folder_.path());
    ASSERT_FALSE(set) << map;
    EXPECT_EQ(set.error().code, Code::kCorrupt) << map;
    EXPECT_THAT(set.error().message.en, HasSubstr(named)) << map;
  }
}

TEST_F(Set, SaysWhatAFolderLacks) {
  const auto set = SafetensorsSet::open(folder_.path());
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, Code::kNotFound);
  EXPECT_THAT(set.error().message.en, HasSubstr("model.safetensors"));
}

}  // namespace
}  // namespace mw::formats
