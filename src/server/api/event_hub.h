#pragma once

#include <atomic>
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
/// then changes) and within 100 ms what the plant tells of new values, each two seconds `system`,
/// on change `models` and `alarms`, and `requests` that finished. With so many readers that telling
/// them takes long it tells less often: a fifth of a core at most.
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
  /// What the plant told since the last round, as the thread does in between; for tests.
  void tell_new_values();

 private:
  /// What the plant told and was not sent yet; filled by a thread of the plant.
  struct News {
    std::mutex mutex;
    std::unordered_map<std::string, plant::TagValue> values;
    std::unordered_map<std::string, plant::AssetStatus> assets;
  };
  struct Stream {
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<News> news = std::make_shared<News>();
    std::unique_ptr<plant::Subscription> subscription;
    bool whole = true;                                  // the next plant event is complete
    std::unordered_map<std::string, std::string> sent;  // last event text of each tag and asset
    std::string models_sent;
    uint64_t alarms_seen = 0;  // their version
    uint64_t requests_seen = 0;

    /// Whether it is not what was sent last under that key; remembers it.
    bool is_new(const std::string& key, const Json& value);
  };
  void send(Stream& stream, bool with_system, const std::string& system, const std::string& models);
  Json plant_event(Stream& stream) const;
  /// Empty when there is nothing new.
  std::string news_event(Stream& stream) const;
  void subscribe(Stream& stream);

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
  const std::shared_ptr<std::atomic<bool>> fresh_ = std::make_shared<std::atomic<bool>>(false);
  std::thread thread_;
};

}  // namespace mw::server
