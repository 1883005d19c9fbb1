#include "core/thread_priority.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

namespace mw {
namespace {

TEST(ThreadPriority, YieldsOnItsOwnThreadAndThoseThatItStarts) {
  const int before = getpriority(PRIO_PROCESS, 0);
  int mine = 0, started = 0;
  std::thread([&] {
    yield_to_other_threads();
    mine = getpriority(PRIO_PROCESS, 0);
    std::thread([&] { started = getpriority(PRIO_PROCESS, 0); }).join();
  }).join();
  EXPECT_EQ(mine, 19);
  EXPECT_EQ(started, 19);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before) << "others go on as they were";
}

}  // namespace
}  // namespace mw
