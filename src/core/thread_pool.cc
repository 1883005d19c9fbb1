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
constexpr uint32_t end_of(uint64_t ticket) { return (ticket >> 16) & 0xffff; }
constexpr uint32_t next_of(uint64_t ticket) { return ticket & 0xffff; }

}  // namespace

ThreadPool::ThreadPool(int threads)
    : threads_(threads), shares_(static_cast<std::size_t>(threads)) {
  MW_CHECK(threads >= 1);
  for (int index = 1; index < threads; ++index) {
    workers_.emplace_back([this, index] { worker(index); });
  }
}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  for (Share& each : shares_) {
    each.loop.fetch_add(1);
    each.loop.notify_one();
  }
  for (std::thread& each : workers_) each.join();
}

void ThreadPool::run_erased(int chunks, Call call, const void* context) {
  if (threads_ == 1 || chunks <= 1) {
    for (int chunk = 0; chunk < chunks; ++chunk) call(context, chunk);
    return;
  }
  MW_CHECK(chunks < 65536);
  ++loop_;
  unfinished_.store(static_cast<uint32_t>(chunks), std::memory_order_relaxed);
  for (int index = threads_ - 1; index >= 0; --index) {
    Share& each = shares_[static_cast<std::size_t>(index)];
    const auto [begin, end] = share(chunks, index, threads_);
    each.call.store(call, std::memory_order_relaxed);
    each.context.store(context, std::memory_order_relaxed);
    each.ticket.store(
        uint64_t{loop_} << 32 | static_cast<uint64_t>(end) << 16 | static_cast<uint64_t>(begin),
        std::memory_order_release);
    if (index == 0 || begin == end) continue;
    each.loop.store(loop_, std::memory_order_release);
    each.loop.notify_one();
  }
  work_on(0, loop_);
  const auto all_done = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
  while (!spin(all_done)) {
    const uint32_t left = unfinished_.load(std::memory_order_acquire);
    if (left != 0) unfinished_.wait(left, std::memory_order_acquire);
  }
}

void ThreadPool::work_on(int index, uint32_t loop) {
  Share& own = shares_[static_cast<std::size_t>(index)];
  for (int i = 0; i < threads_; ++i) {
    const uint32_t done =
        work_off(shares_[static_cast<std::size_t>((index + i) % threads_)], own, loop);
    if (done != 0 && unfinished_.fetch_sub(done, std::memory_order_acq_rel) == done) {
      unfinished_.notify_one();
    }
  }
}

uint32_t ThreadPool::work_off(Share& share, const Share& own, uint32_t loop) {
  uint32_t done = 0;
  uint64_t ticket = share.ticket.load(std::memory_order_acquire);
  while (loop_of(ticket) == loop && next_of(ticket) < end_of(ticket)) {
    const Call call = own.call.load(std::memory_order_relaxed);
    const void* context = own.context.load(std::memory_order_relaxed);
    // Succeeds only while the loop still has this chunk to give, and it cannot end before.
    if (!share.ticket.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
      continue;
    }
    call(context, static_cast<int>(next_of(ticket)));
    ++done;
    ticket = share.ticket.load(std::memory_order_acquire);
  }
  return done;
}

void ThreadPool::worker(int index) {
  const Share& own = shares_[static_cast<std::size_t>(index)];
  uint32_t seen = 0;
  while (true) {
    const auto called = [&own, seen] { return own.loop.load(std::memory_order_acquire) != seen; };
    if (!spin(called)) own.loop.wait(seen, std::memory_order_acquire);
    const uint32_t loop = own.loop.load(std::memory_order_acquire);
    if (loop == seen) continue;
    seen = loop;
    if (stopping_) return;
    work_on(index, loop);
  }
}

}  // namespace mw
