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
/// The chunks of a loop are claimed one by one, so a thread that the system has taken off its core
/// holds up at most the chunk in its hands: the owner does the rest. (With a fixed share a thread,
/// decoding on a busy two-core machine fell from 300 to 40 tokens/s.) Which thread runs a chunk
/// never changes a result.
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
  void run_erased(int chunks, Call call, const void* context);
  void worker();
  /// Claims and runs chunks of loop `loop` until none is left.
  void work_on(uint32_t loop);

  const int threads_;
  // The loop that runs. Written by the owner while no chunk can be claimed; a worker may read a
  // torn mixture, but then its claim fails, because the ticket has moved on.
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> context_{nullptr};
  // Loop number << 32 | chunks << 16 | next chunk. The count has to be part of it: read apart, the
  // count of the next loop made an exhausted ticket look open.
  alignas(64) std::atomic<uint64_t> ticket_{0};
  alignas(64) std::atomic<uint32_t> unfinished_{0};
  alignas(64) std::atomic<uint32_t> loop_{0};  // what sleeping workers wait on
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> workers_;
};

/// Splits `items` into `count` contiguous ranges: [begin, end) of the one at `index`.
inline std::pair<int, int> share(int items, int index, int count) {
  const int64_t total = items;
  return {static_cast<int>(total * index / count), static_cast<int>(total * (index + 1) / count)};
}

}  // namespace mw
