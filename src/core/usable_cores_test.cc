#include "core/usable_cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "tests/support/file_tree.h"

namespace mw {
namespace {

class UsableCores : public ::testing::Test {
 protected:
  void put(const char* name, const std::string& text) const { tree_.put(name, text); }
  const testing_support::FileTree tree_;
  const std::filesystem::path& root_ = tree_.root();
};

TEST_F(UsableCores, WithoutControlGroupsThereIsNoQuota) {
  EXPECT_FALSE(cpu_quota_cores(root_).has_value());
}

TEST_F(UsableCores, TheTightestQuotaOnTheWayUpCounts) {
  put("proc/self/cgroup", "0::/plant/engine\n");
  put("sys/fs/cgroup/plant/engine/cpu.max", "max 100000\n");
  put("sys/fs/cgroup/plant/cpu.max", "250000 100000\n");
  put("sys/fs/cgroup/cpu.max", "800000 100000\n");
  EXPECT_DOUBLE_EQ(*cpu_quota_cores(root_), 2.5);
}

TEST_F(UsableCores, AContainerSeesItsQuotaAtTheTop) {
  put("proc/self/cgroup", "0::/\n");
  put("sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(*cpu_quota_cores(root_), 1.5);
}

TEST_F(UsableCores, TheOldLayoutIsReadTooAndMinusOneIsNoQuota) {
  put("proc/self/cgroup", "4:cpu,cpuacct:/box\n3:memory:/box\n");
  put("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(cpu_quota_cores(root_).has_value());
  put("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "300000\n");
  put("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(*cpu_quota_cores(root_), 3);
}

TEST_F(UsableCores, OddTextIsNoQuota) {
  for (const char* text : {"", "max", "100000", "-5 100000\n", "100000 0\n", "nan nan", "a b"}) {
    put("sys/fs/cgroup/cpu.max", text);
    EXPECT_FALSE(cpu_quota_cores(root_).has_value()) << text;
  }
  put("proc/self/cgroup", "no colons\n::\n0::/../../../etc\n");
  EXPECT_FALSE(cpu_quota_cores(root_).has_value());
}

TEST_F(UsableCores, AThreadBoundToOneCoreHasOne) {
  int cores = 0;
  std::thread([&cores] {
    cpu_set_t all;
    ASSERT_EQ(::sched_getaffinity(0, sizeof all, &all), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (!CPU_ISSET(cpu, &all)) continue;
      CPU_SET(cpu, &one);
      break;
    }
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    cores = usable_cores();
  }).join();
  EXPECT_EQ(cores, 1);
  EXPECT_GE(usable_cores(), 1);
}

}  // namespace
}  // namespace mw
