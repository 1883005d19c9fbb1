#include "notify/sender.h"

#include <algorithm>

namespace mw::notify {
namespace {

constexpr int kMostAtOnce = 50;
constexpr int64_t kLookAgainNs = 60 * kNsPerSecond;
constexpr int64_t kKeepNs =
    365 * kNsPerDay;  // who was told what, for as long as an alarm may stand

}  // namespace

Sender::Sender(SenderOptions options) : options_(std::move(options)) {
  for (const auto& [name, channel] : options_.channels) {
    health_[name].name = name;
    woken_[name] = true;  // what an earlier process left
  }
  for (const auto& [name, channel] : options_.channels) {
    threads_.emplace_back([this, &key = name, &to = *channel](std::stop_token stop) {
      run(std::move(stop), key, to);
    });
  }
}

Sender::~Sender() {
  for (std::jthread& each : threads_) each.request_stop();
}

Result<bool> Sender::put(const std::string& channel, const Message& message) {
  if (!has(channel)) {
    return Error::make(Code::kNotFound, "there is no channel '" + channel + "'",
                       "没有通知渠道“" + channel + "”", "channel");
  }
  MW_ASSIGN(const bool fresh, options_.outbox->put(channel, message, options_.clock->now_ns()));
  if (fresh) {
    const std::lock_guard<std::mutex> guard(mutex_);
    woken_[channel] = true;
    wake_.notify_all();
  }
  return fresh;
}

Result<bool> Sender::withdraw(const std::string& channel, const std::string& key) {
  return options_.outbox->withdraw(channel, key, options_.clock->now_ns());
}

std::vector<ChannelHealth> Sender::health() const {
  std::vector<ChannelHealth> out;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const auto& [name, each] : health_) out.push_back(each);
  }
  for (ChannelHealth& each : out) {
    each.waiting = options_.outbox->count_waiting(each.name).value_or(0);
  }
  return out;
}

void Sender::run(std::stop_token stop, const std::string& name, Channel& channel) {
  int failures = 0;
  while (!stop.stop_requested()) {
    const int64_t pause_ns = deliver(stop, name, channel, failures);
    std::unique_lock<std::mutex> lock(mutex_);
    // While the other side refuses, news do not hurry the next try.
    wake_.wait_for(lock, stop, std::chrono::nanoseconds(pause_ns),
                   [&] { return woken_[name] && failures == 0; });
    woken_[name] = false;
  }
}

Result<void> Sender::hand_over(std::stop_token stop, Channel& channel,
                               const std::vector<OutboxEntry>& entries) {
  std::vector<Message> messages;
  for (const OutboxEntry& each : entries) messages.push_back(each.message);
  const Result<void> sent = channel.send(messages, std::move(stop));
  const TimeNs now = options_.clock->now_ns();
  // Killed before this is on disk, they are sent again after the restart.
  if (sent) return options_.outbox->sent(entries, now);
  const Code code = sent.error().code;
  if (code == Code::kCancelled) return sent;
  const bool arrived = code == Code::kDeadlineExceeded || code == Code::kIo;
  MW_TRY(options_.outbox->failed(entries, sent.error().message, arrived, now,
                                 now - options_.give_up_after_ns));
  return sent;
}

int64_t Sender::deliver(std::stop_token stop, const std::string& name, Channel& channel,
                        int& failures) {
  const auto pause = [&] {
    const int doublings = std::min(failures - 1, 20);
    return std::min(options_.first_pause_ns << doublings, options_.most_pause_ns);
  };
  const auto note = [&](Text problem) {
    ++failures;
    const TimeNs now = options_.clock->now_ns();
    const std::lock_guard<std::mutex> guard(mutex_);
    ChannelHealth& health = health_[name];
    if (!health.problem || health.problem->en != problem.en) {
      options_.log(LogLevel::kWarning, "notify", name + ": " + problem.en);
    }
    health.problem = std::move(problem);
    health.problem_ns = now;
    health.next_ns = now + pause();
  };
  auto entries = options_.outbox->waiting(name, kMostAtOnce);
  if (!entries) {
    note(entries.error().message);
    return pause();
  }
  if (entries->empty()) {
    if (const auto forgotten = options_.outbox->forget(options_.clock->now_ns() - kKeepNs);
        !forgotten) {
      options_.log(LogLevel::kWarning, "notify", forgotten.error().message.en);
    }
    // What failed last was taken back or given up: nothing is wrong that anybody knows of.
    failures = 0;
    const std::lock_guard<std::mutex> guard(mutex_);
    health_[name].problem.reset();
    return kLookAgainNs;
  }
  entries = options_.outbox->sending(*entries);
  if (entries && entries->empty()) return 0;  // all taken back meanwhile
  Result<void> sent = entries ? hand_over(stop, channel, *entries) : entries.error();
  if (!sent && stop.stop_requested()) return 0;  // asked to end: no problem of the channel's
  if (!sent) {
    note(sent.error().message);
    return pause();
  }
  failures = 0;
  const std::lock_guard<std::mutex> guard(mutex_);
  health_[name] = {name, 0, options_.clock->now_ns(), std::nullopt, 0, 0};
  return 0;  // there may be more
}

}  // namespace mw::notify
