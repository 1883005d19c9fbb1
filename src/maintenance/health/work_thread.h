#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace mw::maintenance {

/// Does what it is given, one after the other, on a thread that begins with the first of it.
/// What waits when it ends is not begun; it waits for what runs.
class WorkThread {
 public:
  WorkThread() = default;
  ~WorkThread() { stop(); }
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;

  /// `work` must not throw.
  void post(std::function<void()> work);
  /// Nothing is done that is given later.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mw::maintenance
