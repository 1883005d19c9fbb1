#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mw::server {

/// A few threads and a bounded queue, for handlers that may block. (core/thread_pool.h is for
/// short parallel loops with one owner; this is for many independent jobs.)
class WorkerPool {
 public:
  WorkerPool(int threads, int queue_limit);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False when the queue is full or the pool stops. A job that throws ends the process: catch.
  bool try_post(std::function<void()> job);
  /// Drops what has not started, waits for what has. Twice is fine.
  void stop();

 private:
  void work();

  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mw::server
