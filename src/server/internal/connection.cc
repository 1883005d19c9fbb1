#include "server/internal/connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>

#include "core/clock.h"
#include "server/http/api_error.h"
#include "server/internal/server_core.h"

namespace mw::server {
namespace {

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);
constexpr std::size_t kReadBytes = 8 * 1024;
constexpr std::size_t kWriteBytes = 64 * 1024;
// Requests sent ahead while one is answered, and chunk headers without an end.
constexpr std::size_t kMaxUnparsedBytes = 64 * 1024;
// After a refusal the client may still be sending. Closing then resets the connection and the
// client may never see why; so read on for a moment, at most this much.
constexpr int64_t kLingerNs = 2 * kNsPerSecond;
constexpr int64_t kLingerWhileDrainingNs = 200 * kNsPerMs;
constexpr std::size_t kLingerBytes = 8 * 1024 * 1024;

}  // namespace

Connection::Connection(ServerCore& core, std::unique_ptr<Transport> transport,
                       std::string remote_address)
    : core_(core),
      transport_(std::move(transport)),
      remote_address_(std::move(remote_address)),
      reader_(core.limits().header_bytes, core.limits().header_fields),
      writer_signal_(core.io(), net::steady_timer::time_point::max()) {
  enter(Phase::kHandshake);
}

Connection::~Connection() = default;

void Connection::start() {
  net::co_spawn(
      core_.io(), [self = shared_from_this()] { return self->read_loop(); }, net::detached);
  net::co_spawn(
      core_.io(), [self = shared_from_this()] { return self->write_loop(); }, net::detached);
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  phase_since_ns_ = steady_ns();
}

net::awaitable<void> Connection::read_loop() {
  const auto self = shared_from_this();
  if (!co_await transport_->handshake()) close();
  if (phase_ == Phase::kHandshake) enter(Phase::kIdle);
  std::array<char, kReadBytes> buffer;
  bool retried = false;
  while (phase_ != Phase::kClosed) {
    const std::size_t count = co_await transport_->read_some(buffer);
    if (phase_ == Phase::kClosed) break;
    if (phase_ == Phase::kLingering) {
      discarded_bytes_ += count;
      if (discarded_bytes_ > kLingerBytes) close();
      if (count == 0 && retried) {
        peer_done_ = true;
        if (!writing_ && out_.empty()) close();
        break;
      }
      // TLS ends its own reading with the first zero; what is under it can still be drained.
      retried = retried || count == 0;
      continue;
    }
    if (count == 0) {
      on_peer_closed();
      break;
    }
    in_.append(buffer.data(), count);
    pump();
    if (phase_ != Phase::kLingering && in_.size() > kMaxUnparsedBytes) close();
  }
}

void Connection::pump() {
  if (pumping_) return;
  pumping_ = true;
  while (parse_next()) {
  }
  pumping_ = false;
}

// One step; false when there is nothing more to do now.
bool Connection::parse_next() {
  switch (phase_) {
    case Phase::kIdle:
      // A client that sends ahead and does not read gets no further answers piled up.
      if (out_.size() > kMaxUnparsedBytes) return false;
      // RFC 9112 2.2: an empty line before a request is skipped.
      while (!in_.empty() && (in_.front() == '\r' || in_.front() == '\n')) in_.erase(0, 1);
      if (in_.empty()) return false;
      enter(Phase::kHeader);
      break;
    case Phase::kHeader:
    case Phase::kBody:
      break;
    default:
      return false;
  }
  const Result<std::size_t> used = reader_.consume(in_);
  if (!used) {
    refuse(used.error());
    return false;
  }
  in_.erase(0, *used);
  if (phase_ == Phase::kHeader) {
    if (!reader_.header_done()) return false;
    if (!on_header()) return true;  // refused; the next request may be in the buffer
    enter(Phase::kBody);
  } else if (!account_body()) {
    return false;
  }
  if (reader_.complete()) {
    begin_exchange();
    return true;
  }
  return *used > 0 && !in_.empty();
}

// Everything that can be said before the body is: who, from where, to what, how large.
bool Connection::on_header() {
  const HttpRequest& request = reader_.request();
  request_id_ = core_.next_request_id();
  received_ns_ = steady_ns();
  old_version_ = request.version_minor == 0;
  keep_alive_ = reader_.keep_alive() && !core_.draining();
  head_only_ = request.method == Method::kHead;
  cross_origin_.clear();
  match_ = {};
  who_ = {};
  HttpRequest checked;
  checked.headers = request.headers;
  checked.secure = transport_->secure();
  if (const auto allowed = core_.guard().check_origin(checked); !allowed) {
    refuse(allowed.error());
    return false;
  }
  const std::string* origin = request.header("Origin");
  if (origin != nullptr && core_.guard().may_read_across(*origin)) cross_origin_ = *origin;
  const std::string* accept = request.header("Accept");
  const bool wants_page = accept != nullptr && list_holds(*accept, "text/html");
  match_ = core_.router().match(request.method, request.path, wants_page);
  if (match_.route == nullptr) {
    if (request.method == Method::kOptions && answer_options()) return false;
    const bool known = !match_.allowed.empty();
    ApiError error = ApiError::from(
        Error::make(Code::kNotFound, "there is nothing at this address", "此地址不存在", "url"));
    if (known) {
      error.status = 405;
      error.message = {"this address takes " + match_.allowed, "此地址只接受 " + match_.allowed};
      error.type = "invalid_request_error";
      error.code = "method_not_allowed";
      error.param = "method";
    }
    HttpResponse response = error_response(error);
    if (known) response.headers.push_back({"Allow", match_.allowed});
    refuse(std::move(response));
    return false;
  }
  checked.remote_address = remote_address_;
  Result<Identity> who = core_.guard().identify(checked, *match_.route);
  if (!who) {
    HttpResponse response = error_response(who.error());
    // Basic lets a browser ask for the key by itself (any name, the key as password).
    const bool basic = core_.guard().asks_by_basic();
    if (who.error().code == Code::kUnauthenticated) {
      response.headers.push_back(
          {"WWW-Authenticate", basic ? "Basic realm=\"Millwright\", charset=\"UTF-8\""
                                     : "Bearer realm=\"Millwright\""});
    }
    refuse(std::move(response));
    return false;
  }
  who_ = std::move(*who);
  if (const auto fits = reader_.allow_body(match_.route->body_limit_bytes); !fits) {
    refuse(fits.error());
    return false;
  }
  if (!reader_.complete() && reader_.expects_continue()) {
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    wake_writer();
  }
  return true;
}

bool Connection::answer_options() {
  HttpResponse response;
  response.status = 204;
  const bool any = reader_.request().path == "*";
  if (match_.allowed.empty() && !any) return false;
  response.headers.push_back({"Allow", (any ? "GET, HEAD, POST" : match_.allowed) + ", OPTIONS"});
  if (!cross_origin_.empty()) {
    response.headers.push_back({"Access-Control-Allow-Methods", match_.allowed});
    response.headers.push_back(
        {"Access-Control-Allow-Headers", "authorization, content-type, x-api-key"});
    response.headers.push_back({"Access-Control-Max-Age", "600"});
  }
  refuse(std::move(response));
  return true;
}

bool Connection::account_body() {
  const std::size_t size = reader_.request().body.size();
  if (size <= body_accounted_) return true;
  if (!core_.take_body_memory(size - body_accounted_)) {
    refuse(Error::make(Code::kResourceExhausted, "too many request bodies at once",
                       "同时接收的请求体过多，请稍后再试"));
    return false;
  }
  body_accounted_ = size;
  return true;
}

void Connection::begin_exchange() {
  if (!account_body()) return;
  HttpRequest request = reader_.take();
  request.remote_address = remote_address_;
  request.request_id = request_id_;
  request.secure = transport_->secure();
  request.path_values = match_.values;
  request.who = who_;
  request.received_ns = received_ns_;
  enter(Phase::kAnswering);
  exchange_ = std::make_shared<Exchange>(std::move(request), core_.limits().queue_bytes);
  exchange_->attach([weak = weak_from_this(), &io = core_.io()] {
    net::post(io, [weak] {
      if (const auto self = weak.lock()) self->flush();
    });
  });
  core_.dispatch(exchange_, *match_.route);
}

// Answers without a handler. A client that has more to send is not listened to any longer.
void Connection::refuse(HttpResponse response) {
  const bool whole = reader_.header_done() && (reader_.complete() || !reader_.has_body());
  if (!whole) keep_alive_ = false;
  if (request_id_.empty()) request_id_ = core_.next_request_id();
  std::string body = head_only_ ? std::string() : std::move(response.body);
  const std::size_t body_bytes = head_only_ ? response.body.size() : body.size();
  put_head(response, false, body_bytes);
  out_ += body;
  if (whole) reader_.take();
  finish_exchange();
}

void Connection::refuse(const Error& error) {
  ApiError wire = ApiError::from(error);
  if (error.code == Code::kTooLarge && error.param == "header") wire.status = 431;
  if (error.code == Code::kUnsupported && error.param == "transfer-encoding") wire.status = 501;
  refuse(error_response(wire));
}

void Connection::put_head(const HttpResponse& response, bool streamed, std::size_t body_bytes) {
  HeadContext context;
  context.request_id = request_id_;
  chunked_ = streamed && !old_version_;
  context.chunked = chunked_;
  context.no_length = streamed && old_version_;
  if (old_version_) keep_alive_ = keep_alive_ && !streamed;
  context.keep_alive = keep_alive_;
  context.content_length = body_bytes;
  context.cross_origin = cross_origin_;
  context.processing_ms = received_ns_ == 0 ? 0 : (steady_ns() - received_ns_) / kNsPerMs;
  status_ = response.status;
  out_ += response_head(response, context);
}

void Connection::flush() {
  if (!exchange_ || phase_ == Phase::kClosed) return;
  if (exchange_->overflowed()) {
    core_.metrics().slow_readers_dropped.add();
    close();
    return;
  }
  // One piece at a time: what the socket does not take stays, and is counted, in the exchange.
  if (writing_ || !out_.empty()) return;
  Exchange::Outgoing piece = exchange_->take();
  if (piece.head.has_value()) {
    put_head(*piece.head, piece.streamed, piece.bytes.size());
    streaming_ = piece.streamed;
    if (streaming_) core_.metrics().streams.fetch_add(1);
  }
  if (head_only_) piece.bytes.clear();
  if (chunked_ && !head_only_) {
    if (!piece.bytes.empty()) {
      char size[24];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.bytes.size());
      out_ += size;
      out_ += piece.bytes;
      out_ += "\r\n";
    }
    if (piece.finished) out_ += "0\r\n\r\n";
  } else {
    out_ += piece.bytes;
  }
  if (piece.finished) {
    finish_exchange();
  } else {
    wake_writer();
  }
}

void Connection::finish_exchange() {
  const std::string operation =
      match_.route != nullptr ? match_.route->doc.operation : std::string("none");
  const double seconds =
      received_ns_ == 0 ? 0 : static_cast<double>(steady_ns() - received_ns_) / 1e9;
  core_.metrics().request_done(operation, status_, seconds);
  if (exchange_) {
    if (streaming_) core_.metrics().streams.fetch_sub(1);
    streaming_ = false;
    exchange_->detach();
    exchange_.reset();
  }
  core_.log()(LogLevel::kDebug, "server",
              request_id_ + " " + operation + " " + std::to_string(status_) + " " +
                  std::to_string(static_cast<int64_t>(seconds * 1e3)) + " ms");
  core_.give_body_memory(body_accounted_);
  body_accounted_ = 0;
  received_ns_ = 0;
  chunked_ = false;
  head_only_ = false;
  request_id_.clear();
  match_ = {};
  if (phase_ == Phase::kClosed) return;
  enter(Phase::kIdle);
  if (!keep_alive_ || core_.draining()) close_after_write_ = true;
  if (close_after_write_) enter(Phase::kLingering);
  wake_writer();
}

net::awaitable<void> Connection::write_loop() {
  const auto self = shared_from_this();
  while (phase_ != Phase::kClosed) {
    if (out_.empty()) {
      flush();
      pump();
      if (phase_ == Phase::kClosed) break;  // closed by either: nobody wakes this loop any more
      if (!out_.empty()) continue;
      if (close_after_write_) {
        co_await transport_->shut_down_writing();
        if (phase_ != Phase::kClosed) enter(Phase::kLingering);
        if (peer_done_) close();
        break;
      }
      co_await writer_signal_.async_wait(kNoThrow);
      continue;
    }
    const std::string bytes = std::exchange(out_, {});
    writing_ = true;
    write_progress_ns_ = steady_ns();
    for (std::size_t at = 0; at < bytes.size() && phase_ != Phase::kClosed;) {
      const std::string_view rest = std::string_view(bytes).substr(at, kWriteBytes);
      const std::size_t count = co_await transport_->write_some(rest);
      if (count == 0) close();
      at += count;
      write_progress_ns_ = steady_ns();
    }
    writing_ = false;
  }
}

void Connection::wake_writer() { writer_signal_.cancel(); }

void Connection::on_peer_closed() {
  if (phase_ == Phase::kIdle && (writing_ || !out_.empty())) {
    // It sent its request and half closed; the answer is complete and still on its way.
    peer_done_ = true;
    close_after_write_ = true;
    enter(Phase::kLingering);
    wake_writer();
    return;
  }
  close();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  const auto self = shared_from_this();
  phase_ = Phase::kClosed;
  if (exchange_) {
    exchange_->abandon();
    status_ = 499;
    finish_exchange();
  }
  transport_->close();
  wake_writer();
  core_.forget(*this, remote_address_);
}

void Connection::drain() {
  keep_alive_ = false;
  if (phase_ == Phase::kAnswering) {
    if (match_.route->endless) cut_short();
  } else if (!writing_ && out_.empty()) {
    close();
  }
}

void Connection::cut_short() {
  if (exchange_ && exchange_->open()) {
    exchange_->fail(
        Error::make(Code::kUnavailable, "the server is shutting down", "服务器正在关闭"));
  }
}

void Connection::time_out(const char* what) {
  core_.metrics().timeouts.add();
  core_.log()(LogLevel::kDebug, "server", remote_address_ + ": " + what + " timeout");
  if (phase_ != Phase::kHeader && phase_ != Phase::kBody) {
    close();
    return;
  }
  ApiError error = ApiError::from(Error::make(
      Code::kInvalidArgument, std::string("the request's ") + what + " did not arrive in time",
      "请求未能在规定时间内到达", what));
  error.status = 408;
  error.code = "request_timeout";
  refuse(error_response(error));
}

void Connection::sweep(int64_t now_ns) {
  const Limits& limits = core_.limits();
  const int64_t phase_ms = (now_ns - phase_since_ns_) / kNsPerMs;
  if (writing_ && (now_ns - write_progress_ns_) / kNsPerMs > limits.write_timeout_ms) {
    core_.metrics().slow_readers_dropped.add();
    close();
    return;
  }
  switch (phase_) {
    case Phase::kHandshake:
      if (phase_ms > limits.handshake_timeout_ms) time_out("handshake");
      break;
    case Phase::kIdle:
      if (phase_ms > limits.idle_timeout_ms) time_out("idle");
      break;
    case Phase::kHeader:
      if (phase_ms > limits.header_timeout_ms) time_out("header");
      break;
    case Phase::kBody:
      if (phase_ms > limits.body_timeout_ms) time_out("body");
      break;
    case Phase::kAnswering:
      exchange_->tick(now_ns);
      if (!match_.route->endless && phase_ms > match_.route->time_limit_ms && exchange_->open()) {
        core_.metrics().timeouts.add();
        exchange_->fail(Error::make(
            Code::kDeadlineExceeded,
            "not finished after " + std::to_string(match_.route->time_limit_ms / 1000) + " s",
            std::to_string(match_.route->time_limit_ms / 1000) + " 秒内未能完成"));
      }
      break;
    case Phase::kLingering:
      if (now_ns - phase_since_ns_ > (core_.draining() ? kLingerWhileDrainingNs : kLingerNs) &&
          !writing_ && out_.empty()) {
        close();
      }
      break;
    case Phase::kClosed:
      break;
  }
}

}  // namespace mw::server
