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

constexpr uint32_t loop_of(uint64_t ticket) { return static_cast<uint32_t>(ticket >> 32); }
constexpr uint32_t chunks_of(uint64_t ticket) { return (ticket >> 16) & 0xffff; }
constexpr uint32_t next_of(uint64_t ticket) { return ticket & 0xffff; }

}  // namespace

ThreadPool::ThreadPool(int threads) : threads_(threads) {
  MW_CHECK(threads >= 1);
  for (int index = 1; index < threads; ++index) workers_.emplace_back([this] { worker(); });
}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  loop_.fetch_add(1);
  loop_.notify_all();
  for (std::thread& each : workers_) each.join();
}

void ThreadPool::run_erased(int chunks, Call call, const void* context) {
  if (threads_ == 1 || chunks <= 1) {
    for (int chunk = 0; chunk < chunks; ++chunk) call(context, chunk);
    return;
  }
  MW_CHECK(chunks < 65536);
  call_.store(call, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  unfinished_.store(static_cast<uint32_t>(chunks), std::memory_order_relaxed);
  const uint32_t loop = loop_.load(std::memory_order_relaxed) + 1;
  ticket_.store(uint64_t{loop} << 32 | static_cast<uint64_t>(chunks) << 16,
                std::memory_order_release);
  loop_.store(loop, std::memory_order_release);
  loop_.notify_all();
  work_on(loop);
  const auto all_done = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
  while (!spin(all_done)) {
    const uint32_t left = unfinished_.load(std::memory_order_acquire);
    if (left != 0) unfinished_.wait(left, std::memory_order_acquire);
  }
}

void ThreadPool::work_on(uint32_t loop) {
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while (true) {
    if (loop_of(ticket) != loop || next_of(ticket) >= chunks_of(ticket)) return;
    const Call call = call_.load(std::memory_order_relaxed);
    const void* context = context_.load(std::memory_order_relaxed);
    // Succeeds only while the loop still has this chunk to give, and it cannot end before.
    if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
      continue;
    }
    call(context, static_cast<int>(next_of(ticket)));
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    ticket = ticket_.load(std::memory_order_acquire);
  }
}

void ThreadPool::worker() {
  uint32_t seen = 0;
  while (true) {
    const auto called = [this, seen] { return loop_.load(std::memory_order_acquire) != seen; };
    if (!spin(called)) loop_.wait(seen, std::memory_order_acquire);
    const uint32_t loop = loop_.load(std::memory_order_acquire);
    if (loop == seen) continue;
    seen = loop;
    if (stopping_) return;
    work_on(loop);
  }
}

}  // namespace mw
