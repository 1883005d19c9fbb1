#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "core/clock.h"
#include "core/identity.h"
#include "core/log.h"
#include "server/openai/stored_response.h"

namespace mw::server::openai {

struct ResponseStoreOptions {
  std::filesystem::path folder;  // empty: in memory, until the process ends
  int keep_days = 30;            // older ones are erased; 0: nothing is kept at all
  std::size_t most = 10'000;     // the oldest make way
  uint64_t most_bytes = uint64_t{256} << 20;
};

/// Keeps responses for who made them (ADR 0065): one file each, readable by the server's user only.
///
/// Rights   whose identity made a response may find and erase it; to all others it does not exist.
/// Erasing  erase() returns when the file is gone; what ages out or makes way goes within an hour.
/// Disk     put() returns before the file is written, which a thread of its own does. While the
///          disk refuses, a response stays in memory, and the log says so.
/// Threads  any.
class ResponseStore {
 public:
  ResponseStore(ResponseStoreOptions options, std::shared_ptr<const Clock> clock, LogSink log);
  ~ResponseStore();

  bool enabled() const { return options_.keep_days > 0; }
  void put(const StoredResponse& stored);
  /// Errors: kNotFound, kCorrupt, kIo.
  Result<StoredResponse> find(const std::string& owner, const std::string& id) const;
  Result<void> erase(const std::string& owner, const std::string& id);

  /// All that somebody made; how many they were. What cannot be read is nobody's and stays.
  Result<std::size_t> erase_all(const std::string& owner);

  /// Waits until all that was put is on disk or was refused by it.
  void settle();

 private:
  struct Entry {
    int64_t created_ns = 0;
    uint64_t bytes = 0;
    std::shared_ptr<const std::string> unwritten;  // null: on disk
  };

  void load_folder();
  void write_loop();
  void write_one(std::unique_lock<std::mutex>& lock);
  void drop_old_locked();
  void forget_locked(const std::string& id);
  std::filesystem::path file_of(const std::string& id) const;

  const ResponseStoreOptions options_;
  const std::shared_ptr<const Clock> clock_;
  const LogSink log_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Entry> entries_;
  std::set<std::pair<int64_t, std::string>> by_age_;  // created_ns, id
  uint64_t bytes_ = 0;
  std::deque<std::string> to_write_;
  std::deque<std::string> to_remove_;  // files of what was forgotten
  std::string writing_;                // its file is being written at the moment
  bool stopping_ = false;
  std::thread writer_;  // none without a folder
};

/// What a response is kept under.
std::string owner_of(const Identity& who);

}  // namespace mw::server::openai
