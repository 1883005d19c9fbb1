#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace mw {

/// A fixed team of threads for short parallel loops, called by one owner thread that works too.
///
/// Threads  `run` may be called by one thread at a time. Workers spin for up to 50 us between
///          loops (a barrier of 0.3 us inside a token), then sleep on a futex.
class ThreadPool {
 public:
  /// `threads` counts the caller; 1 means no workers.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  /// Calls work(index, threads()) once on each thread and waits for all.
  template <class Work>
  void run(const Work& work) {
    run_erased([](const void* context, int index,
                  int count) { (*static_cast<const Work*>(context))(index, count); },
               &work);
  }

 private:
  using Call = void (*)(const void* context, int index, int count);
  void run_erased(Call call, const void* context);
  void worker(int index);

  const int threads_;
  Call call_ = nullptr;
  const void* context_ = nullptr;
  alignas(64) std::atomic<uint32_t> generation_{0};
  alignas(64) std::atomic<int> unfinished_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> workers_;
};

/// Splits `items` into one contiguous range a thread: [begin, end) for `index` of `count`.
inline std::pair<int, int> share(int items, int index, int count) {
  const int64_t total = items;
  return {static_cast<int>(total * index / count), static_cast<int>(total * (index + 1) / count)};
}

}  // namespace mw
