#include "core/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace mw {
namespace {

TEST(ThreadPool, EachChunkRunsOnceALoop) {
  for (const int threads : {1, 2, 3, 5}) {
    ThreadPool pool(threads);
    for (const int chunks : {0, 1, 2, 7, 40}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(chunks));
      for (int loop = 0; loop < 300; ++loop) {
        pool.run(chunks, [&](int chunk) { ++calls[static_cast<std::size_t>(chunk)]; });
        for (const auto& count : calls) ASSERT_EQ(count, loop + 1);
      }
    }
  }
}

TEST(ThreadPool, WakesSleepingWorkersAndLetsThemShareTheWork) {
  ThreadPool pool(2);
  for (int loop = 0; loop < 3; ++loop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> waiting = 0;
    // Both chunks wait for each other: this ends only when two threads run them.
    pool.run(2, [&](int) {
      ++waiting;
      while (waiting < 2) std::this_thread::yield();
    });
  }
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
