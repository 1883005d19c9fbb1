// Who looks on, and what has changed for them.
#include "plant/internal/plant_impl.h"

namespace mw::plant {

struct PlantImpl::Subscriber {
  std::shared_ptr<const Catalogue> view;
  std::function<void(const Change&)> callback;
  std::mutex mutex;  // held while the callback runs
  bool ended = false;
  uint64_t cursor = 0;
};

class PlantImpl::SubscriptionImpl final : public Subscription {
 public:
  explicit SubscriptionImpl(std::shared_ptr<Subscriber> subscriber)
      : subscriber_(std::move(subscriber)) {}
  ~SubscriptionImpl() override {
    const std::lock_guard lock(subscriber_->mutex);
    subscriber_->ended = true;
  }

 private:
  const std::shared_ptr<Subscriber> subscriber_;
};

std::unique_ptr<Subscription> PlantImpl::subscribe(
    const Identity& who, std::function<void(const Change& change)> callback) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->view = catalogue(who);
  subscriber->callback = std::move(callback);
  const std::lock_guard lock(subscribers_mutex_);
  subscribers_.push_back(subscriber);
  return std::make_unique<SubscriptionImpl>(subscriber);
}

void PlantImpl::tell_subscribers() {
  std::vector<std::shared_ptr<Subscriber>> current;
  {
    const std::lock_guard lock(subscribers_mutex_);
    std::erase_if(subscribers_, [](const std::shared_ptr<Subscriber>& subscriber) {
      const std::lock_guard ended_lock(subscriber->mutex);
      return subscriber->ended;
    });
    current = subscribers_;
  }
  for (const std::shared_ptr<Subscriber>& subscriber : current) {
    const std::lock_guard lock(subscriber->mutex);
    if (subscriber->ended) continue;
    const Change change = live_.changes(*subscriber->view, subscriber->cursor, clock_.now_ns());
    if (!change.values.empty() || !change.assets.empty() || change.broker) {
      subscriber->callback(change);
    }
  }
}

}  // namespace mw::plant
