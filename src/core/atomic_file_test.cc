#include "core/atomic_file.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw {
namespace {

using testing_support::TemporaryFolder;

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(AtomicFile, AppearsWholeAtItsCommitAndNotBefore) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "report";
  ASSERT_TRUE(write_file_atomically(path, "old"));
  {
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("new "));
    AtomicFile moved = std::move(*file);
    ASSERT_TRUE(moved.write("text"));
    EXPECT_EQ(*read_file(path, 100), "old");
    ASSERT_TRUE(moved.commit());
  }
  EXPECT_EQ(*read_file(path, 100), "new text");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, LeavesNothingWhereItWasNotCommitted) {
  const TemporaryFolder folder;
  {
    auto file = AtomicFile::create(folder.path() / "report");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("half"));
  }
  EXPECT_EQ(files_in(folder.path()), 0u);
  EXPECT_FALSE(AtomicFile::create(folder.path() / "absent" / "report"));
}

}  // namespace
}  // namespace mw
