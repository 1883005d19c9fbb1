#include "server/request_history.h"

#include <algorithm>

namespace mw::server {

std::string finish_label(runtime::FinishReason reason) {
  switch (reason) {
    case runtime::FinishReason::kStop:
      return "stop";
    case runtime::FinishReason::kLength:
      return "length";
    case runtime::FinishReason::kCancelled:
      return "cancelled";
    case runtime::FinishReason::kError:
      return "error";
  }
  return "error";
}

void RequestHistory::add(FinishedRequest request) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (requests_.size() == capacity_) requests_.pop_front();
  requests_.push_back(std::move(request));
  ++added_;
}

std::vector<FinishedRequest> RequestHistory::newest(std::size_t limit, uint64_t seen,
                                                    const std::string& owner) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  uint64_t unseen = added_ > seen ? added_ - seen : 0;  // or fewer: some were forgotten
  std::vector<FinishedRequest> out;
  for (auto each = requests_.rbegin(); each != requests_.rend() && unseen > 0; ++each, --unseen) {
    if (out.size() == limit) break;
    if (owner.empty() || each->owner == owner) out.push_back(*each);
  }
  return out;
}

void RequestHistory::forget_before(int64_t received_ms) {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::erase_if(requests_,
                [&](const FinishedRequest& each) { return each.received_ms < received_ms; });
}

void RequestHistory::forget(const std::string& owner) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (FinishedRequest& each : requests_) {
    if (each.owner != owner) continue;
    each.owner = "?";  // its times stay: they tell of the machine, not of anybody
    each.client = "?";
  }
}

std::optional<FinishedRequest> RequestHistory::find(const std::string& id,
                                                    const std::string& owner) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found =
      std::find_if(requests_.begin(), requests_.end(), [&](const FinishedRequest& each) {
        return each.id == id && (owner.empty() || each.owner == owner);
      });
  if (found == requests_.end()) return std::nullopt;
  return *found;
}

uint64_t RequestHistory::added() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return added_;
}

}  // namespace mw::server
