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

TEST(ThreadPool, AShortLoopBeforeALongOneIsNotEnteredAgain) {
  // A worker that finds the short loop exhausted while the owner opens the long one must not claim
  // a chunk of either: that crashed when the count stood outside the ticket.
  ThreadPool pool(4);
  for (int loop = 0; loop < 20000; ++loop) {
    const int chunks = loop % 2 == 0 ? 2 : 9;
    std::atomic<int> calls = 0;
    std::atomic<bool> outside = false;
    pool.run(chunks, [&](int chunk) {
      ++calls;
      if (chunk < 0 || chunk >= chunks) outside = true;
    });
    ASSERT_EQ(calls, chunks);
    ASSERT_FALSE(outside);
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
