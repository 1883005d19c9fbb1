// Scope: what the writer puts on disk, against the reader: values copied from another file, sizes,
// and tensors that make no file. What build() makes is tested in gguf_test.cc.

#include "formats/gguf_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "core/file.h"
#include "formats/gguf.h"
#include "tests/support/temporary_folder.h"

namespace mw::formats {
namespace {

using ::testing::HasSubstr;
using testing_support::TemporaryFolder;

GgufWriter with_all_kinds_of_values() {
  GgufWriter writer;
  writer.add_text("general.name", "m\"ill\n");
  writer.add_u32("a.u32", 7);
  writer.add_u64("a.u64", 1ULL << 40);
  writer.add_f32("a.f32", 0.5F);
  writer.add_bool("a.bool", true);
  const std::vector<std::string> texts = {"", "one", "\xe4\xb8\xad"};
  writer.add_texts("a.texts", texts);
  const std::vector<int32_t> numbers = {1, -2, 3};
  writer.add_i32s("a.numbers", numbers);
  const std::vector<float> floats = {0.25F, -8.0F};
  writer.add_f32s("a.floats", floats);
  return writer;
}

TEST(GgufWriter, CopiesEveryKindOfValueFromAnotherFile) {
  const GgufWriter source = with_all_kinds_of_values();
  const auto bytes = source.build();
  ASSERT_TRUE(bytes);
  const auto file = GgufFile::parse(std::as_bytes(std::span(*bytes)));
  ASSERT_TRUE(file);
  GgufWriter copy;
  for (const GgufEntry& entry : file->entries()) copy.add_value(entry.key, *file->value(entry.key));
  EXPECT_EQ(*copy.build(), *bytes);
}

TEST(GgufWriter, WritesTheSameBytesToDiskAsToMemory) {
  const TemporaryFolder folder;
  std::vector<float> values(33 * 3);
  std::iota(values.begin(), values.end(), 1.0F);
  const std::vector<int64_t> shape = {3, 33};
  GgufWriter writer = with_all_kinds_of_values();
  writer.add_tensor("a.weight", shape, values);
  writer.add_borrowed_tensor("b.weight", GgmlType::kF32, shape, std::as_bytes(std::span(values)));
  ASSERT_TRUE(writer.write(folder.path() / "m.gguf"));
  const auto on_disk = read_file(folder.path() / "m.gguf", 1 << 20);
  ASSERT_TRUE(on_disk);
  EXPECT_EQ(*on_disk, *writer.build());
  EXPECT_EQ(on_disk->size(), writer.file_bytes());
}

struct BadTensor {
  const char* name;
  GgmlType type;
  std::vector<int64_t> shape;
  std::size_t bytes;
};

TEST(GgufWriter, RefusesToWriteWhatIsNoTensor) {
  const TemporaryFolder folder;
  const std::vector<std::byte> zeros(1 << 12);
  const std::string long_name(65, 'n');
  const BadTensor cases[] = {
      {"", GgmlType::kF32, {4}, 16},
      {long_name.c_str(), GgmlType::kF32, {4}, 16},
      {"w", GgmlType::kF32, {}, 4},
      {"w", GgmlType::kF32, {1, 1, 1, 1, 4}, 16},
      {"w", GgmlType::kF32, {5}, 16},
      {"w", GgmlType::kF32, {0, 4}, 0},
      {"w", GgmlType::kF32, {-1, -4}, 16},
      {"w", GgmlType::kQ4_0, {16, 2}, 18},  // rows of no whole block
      {"w", GgmlType::kF32, {int64_t{1} << 40, int64_t{1} << 40}, 16},
      {"w", static_cast<GgmlType>(4), {32}, 18},
  };
  for (const BadTensor& each : cases) {
    GgufWriter writer;
    writer.add_borrowed_tensor(each.name, each.type, each.shape,
                               std::span(zeros).first(each.bytes));
    const auto written = writer.write(folder.path() / "m.gguf");
    ASSERT_FALSE(written) << each.name << " of " << each.shape.size() << " dimensions";
    EXPECT_EQ(written.error().code, Code::kCorrupt);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "m.gguf"));
  }
  GgufWriter twice;
  const std::vector<int64_t> shape = {4};
  for (int i = 0; i < 2; ++i) {
    twice.add_borrowed_tensor("w", GgmlType::kF32, shape, std::span(zeros).first(16));
  }
  const auto written = twice.write(folder.path() / "m.gguf");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message.en, HasSubstr("'w'"));
}

}  // namespace
}  // namespace mw::formats
