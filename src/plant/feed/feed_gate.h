#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

namespace mw::plant {

/// What lets a feed know that the store holds all it was given so far: samples pass through while
/// it is open, and a feed closes it for a moment, when all that went in has come out.
///
/// A feed that looked while samples were on their way into the store would take note of later ones
/// that overtook them, and never come back for these.
class FeedGate {
 public:
  class Pass {
   public:
    explicit Pass(FeedGate& gate) : gate_(gate) { gate_.enter(); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() { gate_.leave(); }

   private:
    FeedGate& gate_;
  };

  /// Calls `look` while nothing is inside. It must be quick and pass no gate: everybody waits.
  void closed(const std::function<void()>& look) {
    std::unique_lock lock(mutex_);
    ++closing_;  // who comes now waits, or a busy plant would never let it close
    wake_.wait(lock, [&] { return inside_ == 0; });
    look();
    --closing_;
    lock.unlock();
    wake_.notify_all();
  }

 private:
  void enter() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return closing_ == 0; });
    ++inside_;
  }
  void leave() {
    {
      const std::lock_guard lock(mutex_);
      --inside_;
    }
    wake_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  uint64_t inside_ = 0;
  int closing_ = 0;
};

}  // namespace mw::plant
