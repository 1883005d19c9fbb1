#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "plant/sparkplug/sparkplug_topic.h"

namespace mw::plant {

/// The order of one edge node's messages by their sequence numbers, 0 to 255 and round again. What
/// comes too early waits for what is missing, for as long as the reorder timeout.
class SparkplugOrder {
 public:
  struct Held {
    SparkplugVerb verb;
    std::string device, payload;
    std::optional<uint64_t> timestamp_ms;
  };

  /// A birth came with this number.
  void restart(uint64_t seq);
  /// True when the number is the next one; then it was that.
  bool take(uint64_t seq);
  /// Keeps one that is not the next. False when there is no room for it: then it is too late to
  /// wait, as after `due`.
  bool hold(uint64_t seq, Held held, int64_t steady_ns, std::size_t most_bytes);
  /// The next one of those kept, when it is here.
  std::optional<Held> next();
  /// All that are kept, in order: they are given up waiting for. `missing` says how many never
  /// came.
  std::vector<Held> give_up(uint64_t& missing);
  /// Takes out those that were sent before a birth; the rest came before it by another way.
  std::vector<Held> before(std::optional<uint64_t> birth_ms);

  bool waits() const { return !held_.empty(); }
  /// Since when; of waits().
  int64_t since_ns() const { return since_ns_; }

 private:
  static uint64_t next_of(uint64_t seq) { return (seq + 1) & 0xff; }

  uint64_t expected_ = 0;
  std::map<uint64_t, Held> held_;  // by how far behind `base_` the number is
  uint64_t base_ = 0;
  std::size_t bytes_ = 0;
  int64_t since_ns_ = 0;
};

}  // namespace mw::plant
