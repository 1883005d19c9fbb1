#include "plant/sparkplug/sparkplug_order.h"

#include <algorithm>
#include <utility>

namespace mw::plant {
void SparkplugOrder::restart(uint64_t seq) {
  expected_ = next_of(seq);
  std::map<uint64_t, Held> held;
  for (auto& [distance, each] : held_) {
    held.emplace((base_ + distance - expected_) & 0xff, std::move(each));
  }
  held_ = std::move(held);
  base_ = expected_;
}

bool SparkplugOrder::take(uint64_t seq) {
  if (seq != expected_) return false;
  expected_ = next_of(seq);
  return true;
}

bool SparkplugOrder::hold(uint64_t seq, Held held, int64_t steady_ns, std::size_t most_bytes) {
  if (bytes_ + held.payload.size() > most_bytes) return false;
  if (held_.empty()) {
    since_ns_ = steady_ns;
    base_ = expected_;
  }
  const std::size_t size = held.payload.size();
  // The same number again: one of them is another's, and which one nobody can say.
  if (!held_.emplace((seq - base_) & 0xff, std::move(held)).second) return false;
  bytes_ += size;
  return true;
}

std::optional<SparkplugOrder::Held> SparkplugOrder::next() {
  const auto found = held_.find((expected_ - base_) & 0xff);
  if (found == held_.end()) return std::nullopt;
  Held out = std::move(found->second);
  held_.erase(found);
  bytes_ -= out.payload.size();
  expected_ = next_of(expected_);
  return out;
}

std::vector<SparkplugOrder::Held> SparkplugOrder::give_up(uint64_t& missing) {
  std::vector<Held> out;
  missing = 0;
  uint64_t reached = (expected_ - base_) & 0xff;
  for (auto& [distance, held] : held_) {
    missing += distance - std::min(distance, reached);
    reached = distance + 1;
    out.push_back(std::move(held));
  }
  if (!held_.empty()) expected_ = (base_ + reached) & 0xff;
  held_.clear();
  bytes_ = 0;
  return out;
}

std::vector<SparkplugOrder::Held> SparkplugOrder::before(std::optional<uint64_t> birth_ms) {
  std::vector<Held> out;
  std::map<uint64_t, Held> after;
  bytes_ = 0;
  for (auto& [distance, held] : held_) {
    const bool later = birth_ms && held.timestamp_ms && *held.timestamp_ms >= *birth_ms;
    if (later) {
      bytes_ += held.payload.size();
      after.emplace(distance, std::move(held));
    } else {
      out.push_back(std::move(held));
    }
  }
  held_ = std::move(after);
  return out;
}

}  // namespace mw::plant
