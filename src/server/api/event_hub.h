#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "server/api.h"
#include "server/api/system_report.h"
#include "server/http/exchange.h"
#include "server/request_history.h"

namespace mw::server {

/// GET /api/events: one stream a tab with all that changes. Each second `plant` (complete first,
/// then changes), each two seconds `system`, on change `models` and `alarms`, and `requests` that
/// finished.
///
/// A reader that lags is not sent what it missed piece by piece: it is skipped until its queue is
/// empty and then gets the present condition whole.
///
/// Threads  one of its own, from start() to stop(); add() from any.
class EventHub {
 public:
  EventHub(const ApiParts& parts, SystemReport& system, const RequestHistory& requests,
           int max_streams = 128);
  ~EventHub();

  void start();
  void stop();
  /// Errors: kResourceExhausted when there are too many streams.
  Result<void> add(const std::shared_ptr<Exchange>& exchange);
  /// One round, as the thread does each second; for tests.
  void tick();

 private:
  struct Stream {
    std::shared_ptr<Exchange> exchange;
    bool whole = true;                                  // the next plant event is complete
    std::unordered_map<std::string, std::string> sent;  // last event text of each tag and asset
    std::string models_sent;
    uint64_t alarms_seen = 0;  // their version
    uint64_t requests_seen = 0;
  };
  void send(Stream& stream, bool with_system, const std::string& system, const std::string& models);
  Json plant_event(Stream& stream) const;

  const ApiParts& parts_;
  SystemReport& system_;
  const RequestHistory& requests_;
  const int max_streams_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::list<std::shared_ptr<Stream>> streams_;
  std::mutex tick_mutex_;  // streams are written by one thread at a time
  uint64_t ticks_ = 0;
  std::thread thread_;
};

}  // namespace mw::server
