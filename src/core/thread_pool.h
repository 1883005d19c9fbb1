#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace mw {

/// A fixed team of threads for short parallel loops, called by one owner thread that works too.
///
/// Each thread begins with a share of the chunks: the first threads have the first chunks, in every
/// loop, so that what a thread wrote in one loop it finds in its own cache in the next. It claims
/// them one by one, then those that others have not come to: a thread that the system has taken off
/// its core holds up at most the chunk in its hands. (With fixed shares, decoding on a busy
/// two-core machine fell from 300 to 40 tokens/s.) Which thread runs a chunk never changes a
/// result.
///
/// A cache line takes 250 ns from one core to the other where these do not share a cache (two cores
/// of a virtual machine on AMD Zen 4), so a loop moves as few as it can: a line with the share goes
/// to each worker, one with the count of what is done comes back.
///
/// Threads  `run` may be called by one thread at a time. Workers spin for up to 50 us between
///          loops (0.3 us to start one inside a token), then sleep on a futex.
class ThreadPool {
 public:
  /// `threads` counts the caller; 1 means no workers.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  /// Calls work(chunk) once for each chunk in [0, chunks), fewer than 65,536, and returns when all
  /// are done.
  template <class Work>
  void run(int chunks, const Work& work) {
    run_erased(
        chunks, [](const void* context, int chunk) { (*static_cast<const Work*>(context))(chunk); },
        &work);
  }

 private:
  using Call = void (*)(const void* context, int chunk);

  /// A thread's share of the loop that runs. Written by the owner while no chunk of it can be
  /// claimed; its thread may read a torn mixture, but then each claim fails, because the tickets
  /// have moved on.
  struct alignas(64) Share {
    std::atomic<uint32_t> loop{0};  // what its thread waits on while it sleeps
    std::atomic<Call> call{nullptr};
    std::atomic<const void*> context{nullptr};
    // Loop number << 32 | end of the share << 16 | next chunk. The end has to be part of it: read
    // apart, the end of the next loop made an exhausted ticket look open.
    std::atomic<uint64_t> ticket{0};
  };

  void run_erased(int chunks, Call call, const void* context);
  void worker(int index);
  /// Claims and runs chunks of loop `loop` until none is left: first those of share `index`.
  void work_on(int index, uint32_t loop);
  /// Claims and runs what is left of `share`, as `own` says; returns how many chunks.
  uint32_t work_off(Share& share, const Share& own, uint32_t loop);

  const int threads_;
  uint32_t loop_ = 0;
  std::vector<Share> shares_;
  std::atomic<bool> stopping_{false};
  alignas(64) std::atomic<uint32_t> unfinished_{0};
  std::vector<std::thread> workers_;
};

/// Splits `items` into `count` contiguous ranges: [begin, end) of the one at `index`.
inline std::pair<int, int> share(int items, int index, int count) {
  const int64_t total = items;
  return {static_cast<int>(total * index / count), static_cast<int>(total * (index + 1) / count)};
}

}  // namespace mw
