#pragma once

#include <functional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "plant/feed/feed_cursor.h"

namespace mw::plant {

/// Where samples go. All of it on the feed's own thread.
class FeedSink {
 public:
  virtual ~FeedSink() = default;

  /// Returns once the other side has confirmed all of it. While the other side is away it waits,
  /// without end, and calls `meanwhile` now and then.
  /// Errors  some may have arrived; the same items come again later. kCancelled when `stop` asks.
  virtual Result<void> send(std::span<const FeedItem> items, const std::stop_token& stop,
                            const std::function<void()>& meanwhile) = 0;
  /// Waits for about so long while there is nothing to send.
  virtual void idle(int wait_ms) = 0;

  struct Link {
    bool up = false;
    Text problem;  // why it is not
  };
  virtual Link link() const = 0;

  /// The tags whose samples may be sent from now on, for who tells of them by itself.
  virtual void allow(const std::set<TagIndex>&) {}
  /// What the other side wanted of us and did not get since the last call, to be put on record.
  virtual std::vector<std::string> take_refusals() { return {}; }
};

}  // namespace mw::plant
