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

std::vector<FinishedRequest> RequestHistory::newest(std::size_t limit, uint64_t seen) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const uint64_t unseen = added_ > seen ? added_ - seen : 0;
  const auto count =
      static_cast<std::ptrdiff_t>(std::min<uint64_t>({unseen, limit, requests_.size()}));
  return {requests_.rbegin(), requests_.rbegin() + count};
}

std::optional<FinishedRequest> RequestHistory::find(const std::string& id) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = std::find_if(requests_.begin(), requests_.end(),
                                  [&id](const FinishedRequest& each) { return each.id == id; });
  if (found == requests_.end()) return std::nullopt;
  return *found;
}

uint64_t RequestHistory::added() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return added_;
}

}  // namespace mw::server
