#include "core/free_memory.h"

#include <gtest/gtest.h>

#include "tests/support/file_tree.h"

namespace mw {
namespace {

class FreeMemory : public ::testing::Test {
 protected:
  void put(const char* name, const std::string& text) const { tree_.put(name, text); }
  const testing_support::FileTree tree_;
  const std::filesystem::path& root_ = tree_.root();
};

TEST_F(FreeMemory, IsUnknownWhereTheSystemDoesNotSay) {
  EXPECT_FALSE(free_memory_bytes(root_).has_value());
  put("proc/meminfo", "MemTotal: lots\nMemAvailable: x kB\n");
  EXPECT_FALSE(free_memory_bytes(root_).has_value());
}

TEST_F(FreeMemory, IsWhatTheMachineHasAvailable) {
  put("proc/meminfo", "MemTotal:  2000 kB\nMemFree:  10 kB\nMemAvailable:   1000 kB\n");
  EXPECT_EQ(*free_memory_bytes(root_), 1'024'000U);
}

TEST_F(FreeMemory, AContainerHasWhatItsTightestGroupHasLeft) {
  put("proc/meminfo", "MemAvailable:   1000000 kB\n");
  put("proc/self/cgroup", "0::/plant/engine\n");
  put("sys/fs/cgroup/plant/engine/memory.max", "max\n");
  put("sys/fs/cgroup/plant/engine/memory.current", "100\n");
  EXPECT_EQ(*free_memory_bytes(root_), 1'024'000'000U);
  put("sys/fs/cgroup/plant/memory.max", "5000000\n");
  put("sys/fs/cgroup/plant/memory.current", "3000000\n");
  EXPECT_EQ(*free_memory_bytes(root_), 2'000'000U);
  put("sys/fs/cgroup/plant/memory.stat", "anon 1\ninactive_file 600000\nactive_file 400000\n");
  EXPECT_EQ(*free_memory_bytes(root_), 3'000'000U);
  put("sys/fs/cgroup/plant/memory.current", "6000000\n");
  EXPECT_EQ(*free_memory_bytes(root_), 0U);
}

TEST_F(FreeMemory, TheOldLayoutIsReadToo) {
  put("proc/self/cgroup", "3:memory:/box\n");
  put("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9000\n");
  put("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "2000\n");
  put("sys/fs/cgroup/memory/box/memory.stat", "total_inactive_file 500\n");
  EXPECT_EQ(*free_memory_bytes(root_), 7500U);
}

TEST(FreeMemoryHere, IsSomething) { EXPECT_GT(free_memory_bytes().value(), 1U << 20); }

}  // namespace
}  // namespace mw
