#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/log.h"
#include "plant/internal/connector_minutes.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// Keeps in the store how each connector did: looks each second, writes each minute, in one record
/// an hour and connector (ADR 0118). What a kill takes is the minute under way; what the store
/// refuses waits, up to a day of it.
///
/// Threads  one of its own from start() on; history() is safe from any.
class ConnectorRecorder {
 public:
  using Read = std::function<std::vector<ConnectorStatus>()>;
  /// All must outlive it.
  ConnectorRecorder(SampleStore& store, const Clock& clock, LogSink log, Read read);
  /// Writes the minute under way as well.
  ~ConnectorRecorder();

  void start();
  /// What the thread does each second; apart, for tests.
  void look();

  /// Ascending; the minute under way is among them.
  Result<std::vector<ConnectorMinute>> history(const std::string& connector,
                                               TimeWindow window) const;

 private:
  /// Minutes of one hour that are over, not all of which are in the store.
  struct Hour {
    std::vector<ConnectorMinute> minutes;
    bool taken_up = false;  // what an earlier process wrote of the same hour is among them
  };
  struct Book {
    std::optional<ConnectorMinute> open;
    std::map<TimeNs, Hour> hours;                 // by start
    bool unsaved = false;                         // what is in them
    uint64_t samples = 0, refused = 0, gaps = 0;  // of the status, as it was counted last
  };

  void run(const std::stop_token& stop);
  void count(Book& book, const ConnectorStatus& status, TimeNs minute_ns);
  static void close(Book& book);
  void write();
  void find_newest();
  Result<void> write_all();
  Result<void> take_up(const std::string& connector, TimeNs hour_ns, Hour& hour);
  void drop_old();
  void forget_written(TimeNs now_ns);

  SampleStore& store_;
  const Clock& clock_;
  const LogSink log_;
  const Read read_;
  const int64_t started_steady_ns_;
  // Held while hours go into the store, so that nobody counts them there and here; before mutex_.
  mutable std::mutex writing_;
  mutable std::mutex mutex_;  // books_
  std::map<std::string, Book> books_;
  // Only of the thread (or of who calls look()).
  std::optional<TimeNs> newest_before_ns_;  // of the store when we began; 0: it had none
  int64_t drop_due_ns_ = 0;                 // steady
  bool refused_ = false;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace mw::plant
