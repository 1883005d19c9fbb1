#include "core/file_lock.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/temporary_folder.h"

namespace mw {
namespace {

TEST(FileLock, OneHolderAtATime) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  {
    const auto held = FileLock::acquire(path);
    ASSERT_TRUE(held);
    const auto second = FileLock::try_acquire(path);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->has_value());
  }
  const auto after = FileLock::try_acquire(path);
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->has_value());
}

TEST(FileLock, WaitsForTheHolderAndSaysSo) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  auto held = std::make_unique<FileLock>(*FileLock::acquire(path));
  int waited = 0;
  const auto lock = FileLock::acquire(path, {}, [&] {
    if (++waited == 2) held.reset();
  });
  EXPECT_TRUE(lock);
  EXPECT_EQ(waited, 2);
}

TEST(FileLock, WaitEndsWhenAskedTo) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  const auto held = FileLock::acquire(path);
  std::stop_source stop;
  const auto lock = FileLock::acquire(path, stop.get_token(), [&] { stop.request_stop(); });
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, Code::kCancelled);
}

TEST(FileLock, FolderThatIsMissingIsAnError) {
  EXPECT_EQ(FileLock::acquire("/nowhere/lock").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mw
