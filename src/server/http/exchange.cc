#include "server/http/exchange.h"

#include "core/clock.h"
#include "server/http/api_error.h"

namespace mw::server {

Exchange::Exchange(HttpRequest request, std::size_t queue_limit_bytes)
    : request_(std::move(request)), queue_limit_bytes_(queue_limit_bytes) {}

bool Exchange::respond(HttpResponse response) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (state_ != State::kWaiting && state_ != State::kPrepared) return false;
  state_ = State::kFinished;
  streamed_ = false;
  bytes_ = std::move(response.body);
  response.body.clear();
  head_ = std::move(response);
  wake_locked();
  return true;
}

void Exchange::begin_stream(StreamHead head) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (state_ != State::kWaiting && state_ != State::kPrepared) return;
  if (state_ == State::kWaiting) prepared_ns_ = steady_ns();
  state_ = State::kPrepared;
  streamed_ = true;
  stream_ = std::move(head);
}

bool Exchange::write(std::string_view bytes) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (state_ == State::kPrepared) {
    state_ = State::kStreaming;
    head_ = std::move(stream_.head);
  }
  if (state_ != State::kStreaming || overflowed_) return false;
  // Stopping runs callbacks (Generator::cancel) and this may be the generator's own thread with
  // its lock held: only mark it, the io thread ends it.
  // What waits alone says nothing about the reader, however large it is: the values of 1,000
  // machines in one event.
  if (!bytes_.empty() && bytes_.size() + bytes.size() > queue_limit_bytes_) {
    overflowed_ = true;
    wake_pending_ = false;  // the last call may have met a write under way, and come to nothing
  } else {
    bytes_ += bytes;
    last_write_ns_ = steady_ns();
  }
  wake_locked();
  return !overflowed_;
}

void Exchange::finish() {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (state_ == State::kPrepared) head_ = std::move(stream_.head);
  if (state_ != State::kPrepared && state_ != State::kStreaming) return;
  state_ = State::kFinished;
  wake_locked();
}

std::size_t Exchange::queued_bytes() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return bytes_.size();
}

bool Exchange::open() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return state_ != State::kFinished && state_ != State::kAbandoned && !overflowed_;
}

void Exchange::on_stop(std::function<void()> then) {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (!stopped_) {
      // What is called holds the exchange alive: kept after the end, it would be a cycle.
      if (!detached_) then_ = std::move(then);
      return;
    }
  }
  then();
}

void Exchange::attach(std::function<void()> wake) {
  const std::lock_guard<std::mutex> guard(mutex_);
  wake_ = std::move(wake);
  if (head_.has_value() || overflowed_) wake_locked();
}

Exchange::Outgoing Exchange::take() {
  const std::lock_guard<std::mutex> guard(mutex_);
  wake_pending_ = false;
  Outgoing out;
  out.head = std::exchange(head_, std::nullopt);
  out.streamed = streamed_;
  out.bytes = std::exchange(bytes_, {});
  out.finished = state_ == State::kFinished || state_ == State::kAbandoned;
  return out;
}

bool Exchange::overflowed() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return overflowed_;
}

void Exchange::tick(int64_t now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const bool late =
      state_ == State::kPrepared && now_ns - prepared_ns_ > stream_.late_start_ms * kNsPerMs;
  const bool silent = state_ == State::kStreaming && !stream_.ping.empty() &&
                      now_ns - last_write_ns_ > stream_.ping_every_ms * kNsPerMs;
  if (!late && !silent) return;
  if (late) {
    state_ = State::kStreaming;
    head_ = std::move(stream_.head);
  }
  // A reader that has not taken the last ping needs no second one.
  if (bytes_.empty()) bytes_ += stream_.ping;
  last_write_ns_ = now_ns;
  wake_locked();
}

void Exchange::fail(const Error& error) {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (state_ == State::kWaiting || state_ == State::kPrepared) {
      HttpResponse response = error_response(error);
      streamed_ = false;
      bytes_ = std::move(response.body);
      response.body.clear();
      head_ = std::move(response);
      state_ = State::kFinished;
    } else if (state_ == State::kStreaming) {
      if (stream_.format_error) bytes_ += stream_.format_error(error);
      state_ = State::kFinished;
    }
    wake_locked();
  }
  run_stop();
}

void Exchange::abandon() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    state_ = State::kAbandoned;
    bytes_.clear();
    head_.reset();
    wake_ = nullptr;
  }
  run_stop();
}

void Exchange::detach() {
  std::function<void()> then;
  const std::lock_guard<std::mutex> guard(mutex_);
  detached_ = true;
  wake_ = nullptr;
  then = std::move(then_);
}

void Exchange::wake_locked() {
  if (wake_pending_ || !wake_) return;
  wake_pending_ = true;
  wake_();
}

void Exchange::run_stop() {
  std::function<void()> then;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (stopped_) return;
    stopped_ = true;
    then = std::move(then_);
  }
  stop_source_.request_stop();
  if (then) then();
}

}  // namespace mw::server
