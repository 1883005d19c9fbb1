#include "core/thread_pool.h"

#include <immintrin.h>

#include "core/check.h"
#include "core/clock.h"

namespace mw {
namespace {
constexpr int64_t kSpinNs = 50'000;

/// Spins until `done()`; false when the time was up first.
template <class Done>
bool spin(const Done& done) {
  const int64_t start = steady_ns();
  while (true) {
    for (int i = 0; i < 64; ++i) {
      if (done()) return true;
      _mm_pause();
    }
    if (steady_ns() - start > kSpinNs) return false;
  }
}
}  // namespace

ThreadPool::ThreadPool(int threads) : threads_(threads) {
  MW_CHECK(threads >= 1);
  for (int index = 1; index < threads; ++index) {
    workers_.emplace_back([this, index] { worker(index); });
  }
}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  generation_.fetch_add(1);
  generation_.notify_all();
  for (std::thread& each : workers_) each.join();
}

void ThreadPool::run_erased(Call call, const void* context) {
  if (threads_ == 1) {
    call(context, 0, 1);
    return;
  }
  call_ = call;
  context_ = context;
  unfinished_.store(threads_ - 1, std::memory_order_relaxed);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  call(context, 0, threads_);
  const auto all_done = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
  while (!spin(all_done)) {
    const int left = unfinished_.load(std::memory_order_acquire);
    if (left != 0) unfinished_.wait(left, std::memory_order_acquire);
  }
}

void ThreadPool::worker(int index) {
  uint32_t seen = 0;
  while (true) {
    const auto called = [this, seen] {
      return generation_.load(std::memory_order_acquire) != seen;
    };
    if (!spin(called)) generation_.wait(seen, std::memory_order_acquire);
    if (generation_.load(std::memory_order_acquire) == seen) continue;
    ++seen;
    if (stopping_) return;
    call_(context_, index, threads_);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
  }
}

}  // namespace mw
