#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/api.h"
#include "server/api/event_audience.h"
#include "server/api/system_report.h"
#include "server/http/exchange.h"
#include "server/request_history.h"

namespace mw::server {

/// GET /api/events: one stream a tab with all that changes. Each second `plant` (complete first,
/// then changes) and within 100 ms what the plant tells of new values, each two seconds `system`,
/// on change `models` and `alarms`, and `requests` that finished. With so many readers that telling
/// them takes long it tells less often: a fifth of a core at most.
///
/// Rights are looked at before each event: a change of them in any process ends a stream before it
/// is told anything more.
///
/// What readers who may see the same are told is made once for all of them (EventAudience). A
/// reader that lags is not sent what it missed piece by piece: it is skipped until its queue is
/// short again and then gets the present condition whole.
///
/// Threads  one of its own, from start() to stop(); add() from any.
class EventHub {
 public:
  static constexpr std::size_t kLagBytes = 16 * 1024;  // who has more to read lags

  EventHub(const ApiParts& parts, SystemReport& system, RequestHistory& requests,
           int max_streams = 1024);
  ~EventHub();

  void start();
  void stop();
  /// Errors: kResourceExhausted when there are too many streams.
  Result<void> add(const std::shared_ptr<Exchange>& exchange);
  /// One round, as the thread does each second; for tests.
  void tick();
  /// What the plant told since the last round, as the thread does in between; for tests.
  void tell_new_values();

 private:
  struct Stream {
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<EventAudience> audience;  // null without a plant
    bool whole = true;                        // the next plant event is complete
    std::string models_sent;
    uint64_t alarms_seen = 0;  // their version
    std::string alarms_sent;
    uint64_t requests_seen = 0;
  };
  using Streams = std::vector<std::shared_ptr<Stream>>;

  std::shared_ptr<EventAudience> audience_of(const Identity& who);
  Streams open_streams();
  /// Ends the streams of those who are not let in as the same any more.
  void end_what_holds_no_more();
  /// The same where people or rights may have changed since: before anything is told.
  void end_what_changed();
  /// Whether it read what it was sent; else it gets all of it anew once it has.
  static bool keeps_up(Stream& stream);
  static void tell_plant(EventAudience& audience, const Streams& streams);
  void tell_others(Stream& stream, const std::string& system, const std::string& models);

  const ApiParts& parts_;
  SystemReport& system_;
  RequestHistory& requests_;
  const int max_streams_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::list<std::shared_ptr<Stream>> streams_;
  std::mutex tick_mutex_;  // streams and audiences are told by one thread at a time
  std::unordered_map<std::string, std::shared_ptr<EventAudience>> audiences_;
  uint64_t ticks_ = 0;
  uint64_t generation_ = 0;  // of people and rights when all streams were looked at
  const std::shared_ptr<std::atomic<bool>> fresh_ = std::make_shared<std::atomic<bool>>(false);
  std::thread thread_;
};

}  // namespace mw::server
