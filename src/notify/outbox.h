#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "notify/channel.h"
#include "sqlite/database.h"

namespace mw::notify {

enum class MessageState { kWaiting, kSent, kWithdrawn, kGivenUp };
std::string_view state_name(MessageState state);

/// A message with what became of it.
struct OutboxEntry {
  int64_t id = 0;
  std::string channel;
  Message message;
  MessageState state = MessageState::kWaiting;
  TimeNs created_ns = 0;
  TimeNs done_ns = 0;  // 0 while it waits
  int attempts = 0;
  Text problem;  // of the last attempt; empty: none
};

/// Messages on their way (notify.db, docs/formats/notify_db.md): what put() took is told, whatever
/// is killed meanwhile. Each write is on disk when it returns.
/// Threads  any.
class Outbox {
 public:
  static Result<std::unique_ptr<Outbox>> open(const std::string& path);

  /// False: the channel had a message of that key before; nothing is told twice.
  Result<bool> put(const std::string& channel, const Message& message, TimeNs now_ns);
  /// Not needed any more. True: nobody has it and nobody will get it (it waited, was given up, or
  /// is not there). False: it was sent, or may have been.
  Result<bool> withdraw(const std::string& channel, const std::string& key, TimeNs now_ns);

  /// Those that wait, oldest first.
  Result<std::vector<OutboxEntry>> waiting(const std::string& channel, int limit);
  Result<int> count_waiting(const std::string& channel);
  /// Before they are handed over: from now on they may have arrived. Gives those that still wait:
  /// the others were taken back since they were read.
  Result<std::vector<OutboxEntry>> sending(const std::vector<OutboxEntry>& entries);
  Result<void> sent(const std::vector<OutboxEntry>& entries, TimeNs now_ns);
  /// They go on waiting; those made before `give_up_before_ns` are given up. `arrived`: they may
  /// have, all the same.
  Result<void> failed(const std::vector<OutboxEntry>& entries, const Text& problem, bool arrived,
                      TimeNs now_ns, TimeNs give_up_before_ns);

  /// Newest first.
  Result<std::vector<OutboxEntry>> newest(int limit);
  /// Takes away what was done with before `before_ns`.
  Result<void> forget(TimeNs before_ns);

 private:
  explicit Outbox(sqlite::Database database) : database_(std::move(database)) {}
  Result<std::vector<OutboxEntry>> read(const std::string& where, std::string_view channel,
                                        int limit);
  /// Gives those whose row changed.
  Result<std::vector<OutboxEntry>> update(const char* sql, const std::vector<OutboxEntry>& entries,
                                          const std::function<void(sqlite::Statement&)>& bind);

  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mw::notify
