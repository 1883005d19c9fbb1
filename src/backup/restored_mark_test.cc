#include "backup/restored_mark.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::backup {
namespace {

TEST(RestoredMark, SaysOfWhenTheBackupWas) {
  const testing_support::TemporaryFolder folder;
  EXPECT_FALSE(read_restored_mark(folder.path()));
  ASSERT_TRUE(
      write_restored_mark(folder.path(), {"2026-11-27T14:03:00Z", 1'764'000'000'000, false}));
  const auto mark = read_restored_mark(folder.path());
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->made, "2026-11-27T14:03:00Z");
  EXPECT_EQ(mark->restored_ns, 1'764'000'000'000);
  EXPECT_FALSE(mark->sound);
}

TEST(RestoredMark, SaysNothingThatTheFileDoesNotSay) {
  const testing_support::TemporaryFolder folder;
  for (const char* text : {"", "[]", "{}", R"({"made": 1, "restored_ns": 1, "sound": true})",
                           R"({"made": "x", "restored_ns": "1", "sound": true})",
                           R"({"made": "x", "restored_ns": 1.5, "sound": true})",
                           R"({"made": "x", "restored_ns": 1, "sound": 1})"}) {
    ASSERT_TRUE(write_file_atomically(folder.path() / "restored.json", text));
    EXPECT_FALSE(read_restored_mark(folder.path())) << text;
  }
}

}  // namespace
}  // namespace mw::backup
