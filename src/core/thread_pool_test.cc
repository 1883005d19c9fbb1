#include "core/thread_pool.h"

#include <gtest/gtest.h>

#include <chrono>

namespace mw {
namespace {

TEST(ThreadPool, EachThreadWorksOnceALoop) {
  for (const int threads : {1, 2, 3, 5}) {
    ThreadPool pool(threads);
    std::vector<int> calls(static_cast<std::size_t>(threads), 0);
    for (int loop = 0; loop < 500; ++loop) {
      pool.run([&](int index, int count) {
        ASSERT_EQ(count, threads);
        ++calls[static_cast<std::size_t>(index)];
      });
    }
    for (const int count : calls) EXPECT_EQ(count, 500);
  }
}

TEST(ThreadPool, WakesSleepingWorkers) {
  ThreadPool pool(2);
  std::atomic<int> calls = 0;
  for (int loop = 0; loop < 3; ++loop) {
    pool.run([&](int, int) { ++calls; });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(calls, 6);
}

TEST(ThreadPool, SharesCoverEachItemOnce) {
  for (const int items : {0, 1, 7, 64}) {
    int next = 0;
    for (int index = 0; index < 3; ++index) {
      const auto [begin, end] = share(items, index, 3);
      EXPECT_EQ(begin, next);
      next = end;
    }
    EXPECT_EQ(next, items);
  }
}

}  // namespace
}  // namespace mw
