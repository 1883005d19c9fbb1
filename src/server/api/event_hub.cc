#include "server/api/event_hub.h"

#include <chrono>

#include "server/api/alarm_json.h"
#include "server/api/model_json.h"
#include "server/api/plant_json.h"
#include "server/api/request_json.h"
#include "server/http/api_error.h"
#include "server/http/session_cookie.h"
#include "server/http/sse.h"

namespace mw::server {
namespace {

constexpr int kLookMs = 25;                   // between two looks for news of the plant
constexpr std::size_t kRequestsAnEvent = 20;  // 8 kB; whoever wants more asks /api/requests

}  // namespace

EventHub::EventHub(const ApiParts& parts, SystemReport& system, const RequestHistory& requests,
                   int max_streams)
    : parts_(parts), system_(system), requests_(requests), max_streams_(max_streams) {}

EventHub::~EventHub() { stop(); }

void EventHub::start() {
  thread_ = std::thread([this] {
    std::unique_lock<std::mutex> lock(mutex_);
    int64_t next_tick_ns = 0, next_news_ns = 0;
    while (!stopping_) {
      lock.unlock();
      const int64_t begun_ns = steady_ns();
      if (begun_ns >= next_tick_ns) {
        tick();
        next_tick_ns = begun_ns + kNsPerSecond;
      } else if (begun_ns >= next_news_ns && fresh_->exchange(false)) {
        tell_new_values();
        next_news_ns = begun_ns + 5 * (steady_ns() - begun_ns);
      }
      lock.lock();
      wake_.wait_for(lock, std::chrono::milliseconds(kLookMs), [this] { return stopping_; });
    }
  });
}

void EventHub::stop() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const auto& stream : streams_) stream->exchange->finish();
  streams_.clear();
}

Result<void> EventHub::add(const std::shared_ptr<Exchange>& exchange) {
  auto stream = std::make_shared<Stream>();
  stream->exchange = exchange;
  subscribe(*stream);
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (static_cast<int>(streams_.size()) >= max_streams_) {
      return Error::make(Code::kResourceExhausted,
                         std::to_string(max_streams_) + " event streams are open; close a tab",
                         "已打开 " + std::to_string(max_streams_) + " 个事件流，请关闭一些页面");
    }
    StreamHead head;
    head.head.content_type = "text/event-stream; charset=utf-8";
    head.head.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
    head.format_error = own_error_event;
    head.ping = kSsePing;
    exchange->begin_stream(std::move(head));
    streams_.push_back(stream);
  }
  // The first events at once, not with the next second.
  const std::lock_guard<std::mutex> guard(tick_mutex_);
  send(*stream, true, to_text(system_.json()), to_text(models_json(parts_)));
  return {};
}

void EventHub::tick() {
  std::vector<std::shared_ptr<Stream>> open;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    streams_.remove_if([this](const auto& stream) {
      const HttpRequest& request = stream->exchange->request();
      const bool allowed = parts_.people == nullptr ||
                           parts_.people->still_holds(request.who, session_token(request));
      if (!allowed) stream->exchange->finish();  // who logs in again gets a new one
      return !allowed || !stream->exchange->open();
    });
    open.assign(streams_.begin(), streams_.end());
  }
  const std::lock_guard<std::mutex> guard(tick_mutex_);
  const bool with_system = ticks_++ % 2 == 0;
  if (with_system) system_.sample();
  if (open.empty()) return;
  const std::string system = with_system ? to_text(system_.json()) : std::string();
  const std::string models = to_text(models_json(parts_));
  for (const auto& stream : open) send(*stream, with_system, system, models);
}

void EventHub::send(Stream& stream, bool with_system, const std::string& system,
                    const std::string& models) {
  if (stream.exchange->queued_bytes() > 0) {
    stream.whole = true;
    stream.models_sent.clear();
    stream.alarms_seen = 0;
    return;
  }
  std::string events;
  if (parts_.plant) events += sse_event("plant", to_text(plant_event(stream)));
  if (with_system) events += sse_event("system", system);
  if (models != stream.models_sent) {
    events += sse_event("models", models);
    stream.models_sent = models;
  }
  if (parts_.alarms && parts_.plant) {
    // The version first: what changes in between is sent again.
    const uint64_t version = parts_.alarms->version();
    if (version != stream.alarms_seen) {
      const Identity& who = stream.exchange->request().who;
      const auto catalogue = parts_.plant->catalogue(who);
      events += sse_event("alarms", to_text(alarms_json(*parts_.alarms, who, *catalogue, false)));
      stream.alarms_seen = version;
    }
  }
  const uint64_t added = requests_.added();
  if (added > stream.requests_seen) {
    // One that ends between these two lines is sent twice: readers tell them by their id.
    const auto newest = requests_.newest(kRequestsAnEvent, stream.requests_seen);
    events += sse_event("requests", to_text(requests_json(newest)));
    stream.requests_seen = added;
  }
  if (!events.empty()) stream.exchange->write(events);
}

void EventHub::subscribe(Stream& stream) {
  if (!parts_.plant) return;
  stream.subscription =
      parts_.plant->subscribe(stream.exchange->request().who,
                              [news = stream.news, fresh = fresh_](const plant::Change& change) {
                                {
                                  const std::lock_guard<std::mutex> guard(news->mutex);
                                  for (const plant::TagValue& value : change.values)
                                    news->values[value.tag] = value;
                                  for (const plant::AssetStatus& status : change.assets) {
                                    news->assets[status.asset] = status;
                                  }
                                }
                                *fresh = true;
                              });
}

void EventHub::tell_new_values() {
  std::vector<std::shared_ptr<Stream>> open;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    open.assign(streams_.begin(), streams_.end());
  }
  const std::lock_guard<std::mutex> guard(tick_mutex_);
  for (const auto& stream : open) {
    // A reader that lags gets all of it whole once it has read (send()).
    if (stream->exchange->queued_bytes() > 0 || stream->whole) continue;
    const std::string event = news_event(*stream);
    if (!event.empty()) stream->exchange->write(event);
  }
}

std::string EventHub::news_event(Stream& stream) const {
  std::unordered_map<std::string, plant::TagValue> values;
  std::unordered_map<std::string, plant::AssetStatus> assets;
  {
    const std::lock_guard<std::mutex> guard(stream.news->mutex);
    values.swap(stream.news->values);
    assets.swap(stream.news->assets);
  }
  if (values.empty() && assets.empty()) return {};
  const auto catalogue = parts_.plant->catalogue(stream.exchange->request().who);
  Json out = {{"now_ms", to_ms(parts_.plant->now_ns())},
              {"values", Json::array()},
              {"states", Json::array()}};
  for (const auto& [tag, value] : values) {
    Json entry = value_json(value);
    if (stream.is_new("tag " + tag, entry)) out["values"].push_back(std::move(entry));
  }
  for (const auto& [asset, status] : assets) {
    Json entry = state_json(status, *catalogue);
    if (stream.is_new("asset " + asset, entry)) out["states"].push_back(std::move(entry));
  }
  if (out["values"].empty() && out["states"].empty()) return {};
  return sse_event("plant", to_text(out));
}

bool EventHub::Stream::is_new(const std::string& key, const Json& value) {
  std::string text = to_text(value);
  std::string& last = sent[key];
  if (last == text) return false;
  last = std::move(text);
  return true;
}

Json EventHub::plant_event(Stream& stream) const {
  const Identity& who = stream.exchange->request().who;
  const plant::Snapshot snapshot = parts_.plant->snapshot(who);
  const auto catalogue = parts_.plant->catalogue(who);
  if (std::exchange(stream.whole, false)) stream.sent.clear();
  Json out = {{"now_ms", to_ms(snapshot.now_ns)},
              {"values", Json::array()},
              {"states", Json::array()},
              {"broker", to_json(snapshot.broker)},
              {"connectors", connectors_json(snapshot)}};
  for (const plant::TagValue& value : snapshot.values) {
    Json entry = value_json(value);
    if (stream.is_new("tag " + value.tag, entry)) out["values"].push_back(std::move(entry));
  }
  for (const plant::AssetStatus& status : snapshot.assets) {
    Json entry = state_json(status, *catalogue);
    if (stream.is_new("asset " + status.asset, entry)) out["states"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace mw::server
