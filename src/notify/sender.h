#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/log.h"
#include "notify/outbox.h"

namespace mw::notify {

/// How a channel does.
struct ChannelHealth {
  std::string name;
  int waiting = 0;              // messages
  TimeNs last_sent_ns = 0;      // 0: not since the start
  std::optional<Text> problem;  // why the last attempt failed; nothing: it did not
  TimeNs problem_ns = 0;
  TimeNs next_ns = 0;  // of the next attempt, while there is a problem
};

struct SenderOptions {
  std::shared_ptr<Outbox> outbox;
  std::map<std::string, std::unique_ptr<Channel>> channels;  // by name
  const Clock* clock = nullptr;                              // must outlive it
  LogSink log = no_log();
  int64_t first_pause_ns = 5 * kNsPerSecond;  // doubled with each failure in a row
  int64_t most_pause_ns = 10 * kNsPerMinute;
  int64_t give_up_after_ns = kNsPerDay;  // a mail about yesterday's alarm helps nobody
};

/// Takes messages from the outbox to their channels, a thread for each, from its start on. What
/// waits for a channel when it gets through goes as one.
class Sender {
 public:
  explicit Sender(SenderOptions options);
  ~Sender();

  /// False: no such channel.
  bool has(const std::string& channel) const { return options_.channels.contains(channel); }
  /// Puts the message into the outbox and wakes its channel. Errors: the outbox's; kNotFound.
  Result<bool> put(const std::string& channel, const Message& message);
  Result<bool> withdraw(const std::string& channel, const std::string& key);
  std::vector<ChannelHealth> health() const;

 private:
  void run(std::stop_token stop, const std::string& name, Channel& channel);
  Result<void> hand_over(std::stop_token stop, Channel& channel,
                         const std::vector<OutboxEntry>& entries);
  /// How long until something is to be done.
  int64_t deliver(std::stop_token stop, const std::string& name, Channel& channel, int& failures);

  const SenderOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, ChannelHealth> health_;
  std::map<std::string, bool> woken_;
  std::vector<std::jthread> threads_;  // last: they end before the rest
};

}  // namespace mw::notify
