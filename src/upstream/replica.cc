#include "upstream/replica.h"

#include <algorithm>

#include "core/clock.h"

namespace mw::upstream {
namespace {

constexpr int kFailuresToOpen = 2;
constexpr int64_t kFirstRestNs = kNsPerSecond;
constexpr int64_t kLongestRestNs = 60 * kNsPerSecond;

}  // namespace

Replica::Call::~Call() {
  const std::lock_guard<std::mutex> guard(replica_.mutex_);
  std::erase(replica_.calls_, this);
  if (trial_) replica_.trial_ = false;
}

void Replica::Call::answered() {
  const std::lock_guard<std::mutex> guard(replica_.mutex_);
  ++replica_.answered_;
  replica_.failures_ = 0;
  replica_.open_until_ns_ = 0;
  if (replica_.health_ == Health::kUp) replica_.problem_ = {};
}

void Replica::Call::broke(int64_t now_ns, Text why, bool unreachable) {
  const std::lock_guard<std::mutex> guard(replica_.mutex_);
  ++replica_.failed_;
  replica_.problem_ = std::move(why);
  replica_.failures_ = std::max(replica_.failures_ + 1, unreachable ? kFailuresToOpen : 0);
  if (replica_.failures_ < kFailuresToOpen) return;
  const int doublings = std::min(replica_.failures_ - kFailuresToOpen, 6);
  replica_.open_until_ns_ = now_ns + std::min(kFirstRestNs << doublings, kLongestRestNs);
}

void Replica::Call::busy(int64_t now_ns, int64_t for_ns) {
  const std::lock_guard<std::mutex> guard(replica_.mutex_);
  replica_.busy_until_ns_ = now_ns + std::clamp<int64_t>(for_ns, kNsPerSecond, kLongestRestNs);
}

void Replica::Call::speaking() {
  const std::lock_guard<std::mutex> guard(replica_.mutex_);
  speaking_ = true;
}

bool Replica::has_model_locked(const std::string& model) const {
  return !models_ || std::find(models_->begin(), models_->end(), model) != models_->end();
}

std::unique_ptr<Replica::Call> Replica::enter(int64_t now_ns, const std::string& model) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (health_ == Health::kDown || now_ns < busy_until_ns_ || !has_model_locked(model)) return {};
  const bool open = failures_ >= kFailuresToOpen;
  if (open && (now_ns < open_until_ns_ || trial_)) return {};
  trial_ = trial_ || open;
  auto call = std::make_unique<Call>(*this, open);
  calls_.push_back(call.get());
  return call;
}

int64_t Replica::rest_ns(int64_t now_ns) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return std::max<int64_t>({busy_until_ns_ - now_ns, open_until_ns_ - now_ns, 0});
}

void Replica::probe_succeeded(std::optional<std::vector<std::string>> models) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (health_ == Health::kDown) open_until_ns_ = 0;  // it came back: one request may try it
  health_ = Health::kUp;
  models_ = std::move(models);
  if (failures_ == 0) problem_ = {};
}

void Replica::probe_failed(Text why) {
  std::vector<std::stop_source> waiting;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    health_ = Health::kDown;
    problem_ = std::move(why);
    for (const Call* call : calls_) {
      if (!call->speaking_) waiting.push_back(call->stop);
    }
  }
  for (std::stop_source& stop : waiting) stop.request_stop();
}

ReplicaStatus Replica::status(int64_t now_ns) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  ReplicaStatus out;
  out.address = address_;
  out.health = health_;
  out.resting = now_ns < busy_until_ns_ || now_ns < open_until_ns_;
  out.problem = problem_;
  out.running = static_cast<int>(calls_.size());
  out.answered = answered_;
  out.failed = failed_;
  return out;
}

std::optional<std::vector<std::string>> Replica::models() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return models_;
}

}  // namespace mw::upstream
