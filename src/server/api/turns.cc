#include "server/api/turns.h"

#include <algorithm>
#include <exception>
#include <new>

#include "security/rights.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

// As many as people and keys may have work here: each has one, so this is no queue of strangers.
constexpr int kMostWaiting = 1000;
// Four of the largest bodies (64 MiB of CSV), of 24 GiB that also hold models.
constexpr std::size_t kMostHeldBytes = std::size_t{256} << 20;

}  // namespace

Turns::Turns(Text busy, LogSink log)
    : busy_(std::move(busy)), log_(std::move(log)), thread_(1, kMostWaiting) {}

void Turns::take(const std::shared_ptr<Exchange>& exchange, const Handler& handler) {
  const std::string who = security::audit_name(exchange->request().who);
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    std::shared_ptr<Exchange>& mine = open_[who];
    if (mine && mine->open()) {
      exchange->respond(error_response(Error::make(
          Code::kResourceExhausted, busy_.en + " of yours is under way: try again after it",
          "您有" + busy_.zh + "正在进行，请稍后重试")));
      return;
    }
    mine = exchange;
  }
  const std::size_t body_bytes = exchange->request().body.size();
  if (hold(body_bytes)) {
    if (thread_.try_post([this, exchange, handler] { run(exchange, handler); })) return;
    let_go(body_bytes);
  }
  exchange->respond(error_response(Error::make(
      Code::kResourceExhausted, "too many requests are waiting", "等待处理的请求过多")));
}

bool Turns::hold(std::size_t body_bytes) {
  const std::lock_guard<std::mutex> guard(mutex_);
  // One body alone may be of any size that its route takes.
  if (held_bytes_ > 0 && body_bytes > kMostHeldBytes - std::min(held_bytes_, kMostHeldBytes)) {
    return false;
  }
  held_bytes_ += body_bytes;
  return true;
}

void Turns::let_go(std::size_t body_bytes) {
  const std::lock_guard<std::mutex> guard(mutex_);
  held_bytes_ -= body_bytes;
}

void Turns::run(const std::shared_ptr<Exchange>& exchange, const Handler& handler) {
  const std::size_t body_bytes = exchange->request().body.size();
  // As for every handler: the standard library may throw, and one request must not end the server.
  try {
    if (exchange->open()) handler(exchange);
  } catch (const std::bad_alloc&) {
    exchange->fail(Error::make(Code::kResourceExhausted, "not enough memory for this request",
                               "内存不足，无法处理该请求"));
  } catch (const std::exception& problem) {
    if (log_)
      log_(LogLevel::kError, "server", "work in turn threw: " + std::string(problem.what()));
    exchange->fail(Error::make(Code::kInternal, "an internal error; the log has the details",
                               "内部错误，详见日志"));
  }
  let_go(body_bytes);
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto mine = open_.find(security::audit_name(exchange->request().who));
  if (mine != open_.end() && mine->second == exchange) open_.erase(mine);
}

}  // namespace mw::server
