#include "server/api/event_hub.h"

#include <chrono>

#include "server/api/model_json.h"
#include "server/api/request_json.h"
#include "server/http/api_error.h"
#include "server/http/session_cookie.h"
#include "server/http/sse.h"

namespace mw::server {
namespace {

constexpr int kLookMs = 25;                   // between two looks for news of the plant
constexpr std::size_t kRequestsAnEvent = 20;  // 8 kB; whoever wants more asks /api/requests

bool holds(const ApiParts& parts, const Exchange& exchange) {
  const HttpRequest& request = exchange.request();
  return parts.people == nullptr || parts.people->still_holds(request.who, session_token(request));
}

}  // namespace

EventHub::EventHub(const ApiParts& parts, SystemReport& system, RequestHistory& requests,
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
  const std::lock_guard<std::mutex> tick(tick_mutex_);
  audiences_.clear();
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const auto& stream : streams_) stream->exchange->finish();
  streams_.clear();
}

Result<void> EventHub::add(const std::shared_ptr<Exchange>& exchange) {
  auto stream = std::make_shared<Stream>();
  stream->exchange = exchange;
  const std::lock_guard<std::mutex> tick(tick_mutex_);
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (static_cast<int>(streams_.size()) >= max_streams_) {
      return Error::make(Code::kResourceExhausted,
                         std::to_string(max_streams_) + " event streams are open; close a tab",
                         "已打开 " + std::to_string(max_streams_) + " 个事件流，请关闭一些页面");
    }
  }
  // Who was let in when the request came may have lost that since.
  if (!holds(parts_, *exchange)) {
    return Error::make(Code::kUnauthenticated, "your rights have changed: open it again",
                       "您的权限已变更，请重新打开");
  }
  end_what_changed();
  if (parts_.plant) stream->audience = audience_of(exchange->request().who);
  StreamHead head;
  head.format_error = own_error_event;
  exchange->begin_stream(event_stream_head(std::move(head)));
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    streams_.push_back(stream);
  }
  // The first events at once, not with the next second; the others of its audience hear what is
  // new as well, since a look has it once.
  if (stream->audience) tell_plant(*stream->audience, open_streams());
  tell_others(*stream, to_text(system_.json(exchange->request().who)),
              to_text(models_json(parts_)));
  return {};
}

std::shared_ptr<EventAudience> EventHub::audience_of(const Identity& who) {
  std::shared_ptr<EventAudience>& audience = audiences_[EventAudience::key_of(who)];
  if (audience == nullptr) audience = std::make_shared<EventAudience>(parts_, who, fresh_);
  return audience;
}

EventHub::Streams EventHub::open_streams() {
  const std::lock_guard<std::mutex> guard(mutex_);
  return {streams_.begin(), streams_.end()};
}

void EventHub::end_what_holds_no_more() {
  const std::lock_guard<std::mutex> guard(mutex_);
  streams_.remove_if([this](const auto& stream) {
    const bool allowed = holds(parts_, *stream->exchange);
    if (!allowed) stream->exchange->finish();  // who logs in again gets a new one
    return !allowed || !stream->exchange->open();
  });
}

void EventHub::end_what_changed() {
  if (parts_.people == nullptr) return;
  const uint64_t now = parts_.people->generation();
  if (std::exchange(generation_, now) != now) end_what_holds_no_more();
}

void EventHub::tick() {
  const std::lock_guard<std::mutex> guard(tick_mutex_);
  if (parts_.people != nullptr) generation_ = parts_.people->generation();
  if (parts_.clock != nullptr) {
    requests_.forget_before((parts_.clock->now_ns() - parts_.keep_requests_ns) / kNsPerMs);
  }
  end_what_holds_no_more();  // a session ends by time as well, without any change
  const Streams open = open_streams();
  std::erase_if(audiences_, [](const auto& each) { return each.second.use_count() == 1; });
  const bool with_system = ticks_++ % 2 == 0;
  if (with_system) system_.sample();
  if (open.empty()) return;
  std::string system[2];  // for who may see a part of the plant, and all of it
  if (with_system) {
    system[0] = to_text(system_.json({}));
    system[1] = to_text(system_.json(Identity::local_viewer()));
  }
  const std::string models = to_text(models_json(parts_));
  for (const auto& [key, audience] : audiences_) tell_plant(*audience, open);
  for (const auto& stream : open) {
    tell_others(*stream, system[stream->exchange->request().who.may_see_line("*") ? 1 : 0], models);
  }
}

bool EventHub::keeps_up(Stream& stream) {
  if (stream.exchange->queued_bytes() <= kLagBytes) return true;
  stream.whole = true;
  stream.models_sent.clear();
  stream.alarms_seen = 0;
  stream.alarms_sent.clear();
  return false;
}

void EventHub::tell_plant(EventAudience& audience, const Streams& streams) {
  audience.look();
  for (const auto& stream : streams) {
    if (stream->audience.get() != &audience || !keeps_up(*stream)) continue;
    const bool whole = std::exchange(stream->whole, false);
    stream->exchange->write(whole ? audience.whole() : audience.change());
  }
}

void EventHub::tell_others(Stream& stream, const std::string& system, const std::string& models) {
  if (!keeps_up(stream)) return;
  std::string events;
  if (!system.empty()) events += sse_event("system", system);
  if (models != stream.models_sent) {
    events += sse_event("models", models);
    stream.models_sent = models;
  }
  if (parts_.alarms && stream.audience) {
    // The version first: what changes in between is sent again.
    const uint64_t version = parts_.alarms->version();
    if (version != stream.alarms_seen) {
      const std::string& alarms = stream.audience->alarms(version);
      // It grows with lines that this reader may not see, too: they must not show in when it comes.
      if (alarms != stream.alarms_sent) events += alarms;
      stream.alarms_sent = alarms;
      stream.alarms_seen = version;
    }
  }
  const uint64_t added = requests_.added();
  if (added > stream.requests_seen) {
    // One that ends between these two lines is sent twice: readers tell them by their id.
    const auto newest = requests_.newest(kRequestsAnEvent, stream.requests_seen,
                                         owner_seen_by(stream.exchange->request().who));
    if (!newest.empty()) events += sse_event("requests", to_text(requests_json(newest)));
    stream.requests_seen = added;
  }
  if (!events.empty()) stream.exchange->write(events);
}

void EventHub::tell_new_values() {
  const std::lock_guard<std::mutex> guard(tick_mutex_);
  end_what_changed();
  const Streams open = open_streams();
  for (const auto& [key, audience] : audiences_) {
    const std::string news = audience->news();
    if (news.empty()) continue;
    for (const auto& stream : open) {
      // Whoever waits for all of it gets this with the next tick.
      if (stream->audience != audience || stream->whole || !keeps_up(*stream)) continue;
      stream->exchange->write(news);
    }
  }
}

}  // namespace mw::server
