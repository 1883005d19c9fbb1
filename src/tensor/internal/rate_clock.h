#pragma once

// How calibrate.cc times its runs on a machine that others use too.

#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "core/clock.h"
#include "core/thread_pool.h"

namespace mw::tensor {

/// Processor time of the calling thread.
inline int64_t thread_cpu_ns() {
  struct timespec now {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * kNsPerSecond + now.tv_nsec;
}

/// Runs work on a team several times and gives the best rate, in 1e9 a second.
///
/// Two ways. What a core has for itself (registers, L2, products whose input stays in L2) goes by
/// the processor time of the threads, which others on the machine do not touch: under a load of 9
/// on two cores 470 GMAC/s each time, where the clock said half of it in every second run. What
/// cores share, or share out, goes by the clock, in runs where all threads had a core nearly all
/// the time.
class RateClock {
 public:
  /// `budget_ns` for each rate; 15 of it for all waiting for quiet runs together.
  explicit RateClock(int64_t budget_ns) : budget_ns_(budget_ns), patience_ns_(15 * budget_ns) {}

  /// A rate was taken from disturbed runs, as there were no others.
  bool busy() const { return busy_; }

  /// Calls work(chunk) on the team, and adds up the processor time that chunks took.
  template <class Work>
  void run_chunks(ThreadPool& pool, int chunks, const Work& work) {
    pool.run(chunks, [&](int chunk) {
      const int64_t start_ns = thread_cpu_ns();
      work(chunk);
      cpu_ns_.fetch_add(thread_cpu_ns() - start_ns, std::memory_order_relaxed);
    });
  }

  /// `work` calls run_chunks and does `amount`; `check` follows each run and is not timed.
  template <class Work, class Check>
  double best_own_rate(const ThreadPool& pool, double amount, const Work& work,
                       const Check& check) {
    int64_t best_ns = INT64_MAX;
    const int64_t begin_ns = steady_ns();
    for (int run = 0; run < kLeastRuns || steady_ns() - begin_ns < budget_ns_; ++run) {
      cpu_ns_ = 0;
      work();
      best_ns = std::min(best_ns, std::max<int64_t>(1, cpu_ns_.load()));
      check();
    }
    return amount * pool.threads() / static_cast<double>(best_ns);
  }

  template <class Work, class Check>
  double best_shared_rate(const ThreadPool& pool, double amount, const Work& work,
                          const Check& check) {
    int64_t best_ns = INT64_MAX;
    int64_t best_quiet_ns = INT64_MAX;
    int quiet_runs = 0;
    const int64_t begin_ns = steady_ns();
    for (int run = 0;; ++run) {
      const int64_t over_ns = steady_ns() - begin_ns - budget_ns_;
      if (run >= kLeastRuns && over_ns >= 0 && (quiet_runs >= 2 || over_ns >= patience_ns_)) {
        if (quiet_runs < 2) patience_ns_ = std::max<int64_t>(0, patience_ns_ - over_ns);
        break;
      }
      cpu_ns_ = 0;
      const int64_t start_ns = steady_ns();
      work();
      const int64_t took_ns = std::max<int64_t>(1, steady_ns() - start_ns);
      const double had_core =
          static_cast<double>(cpu_ns_.load()) / (static_cast<double>(took_ns) * pool.threads());
      best_ns = std::min(best_ns, took_ns);
      if (had_core >= kQuietShare) {
        ++quiet_runs;
        best_quiet_ns = std::min(best_quiet_ns, took_ns);
      } else {
        // Threads that have slept get a core before those that have not.
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      check();
    }
    if (quiet_runs == 0) busy_ = true;
    return amount / static_cast<double>(quiet_runs > 0 ? best_quiet_ns : best_ns);
  }

 private:
  static constexpr int kLeastRuns = 3;
  /// A run in which threads had a core for less than this share of the time was disturbed.
  static constexpr double kQuietShare = 0.9;

  const int64_t budget_ns_;
  int64_t patience_ns_;
  std::atomic<int64_t> cpu_ns_{0};  // of the chunks of one run
  bool busy_ = false;
};

}  // namespace mw::tensor
