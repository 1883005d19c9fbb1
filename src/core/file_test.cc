#include "core/file.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace mw {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/mw_file_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(FileTest, AtomicWriteReplacesTheWholeContentAndLeavesNothingElse) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "first, longer content"));
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "second"));
  EXPECT_EQ(*read_file(folder_ / "a", 100), "second");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) files += entry.exists();
  EXPECT_EQ(files, 1);
}

TEST_F(FileTest, ContentInPartsIsWrittenInTheirOrder) {
  const std::string_view parts[] = {"one ", "", "two ", "three"};
  ASSERT_TRUE(write_file_atomically(folder_ / "a", parts));
  EXPECT_EQ(*read_file(folder_ / "a", 100), "one two three");
}

TEST_F(FileTest, ReadingAMissingFileNamesIt) {
  const auto got = read_file(folder_ / "missing", 100);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::kNotFound);
  EXPECT_NE(got.error().message.en.find("missing"), std::string::npos);
}

TEST_F(FileTest, ReadingStopsAtTheLimit) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "0123456789"));
  EXPECT_EQ(read_file(folder_ / "a", 9).error().code, Code::kTooLarge);
}

TEST_F(FileTest, MappingGivesTheBytesAndAnEmptyFileGivesNone) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "xyz"));
  const auto mapped = MappedFile::open(folder_ / "a");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->bytes().size(), 3u);
  EXPECT_EQ(static_cast<char>(mapped->bytes()[2]), 'z');
  ASSERT_TRUE(write_file_atomically(folder_ / "empty", ""));
  EXPECT_TRUE(MappedFile::open(folder_ / "empty")->bytes().empty());
}

TEST_F(FileTest, MappingAFolderIsRefused) {
  EXPECT_EQ(MappedFile::open(folder_).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace mw
