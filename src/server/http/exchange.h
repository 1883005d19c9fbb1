#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/error.h"
#include "server/http/http_types.h"

namespace mw::server {

/// How a stream begins and how it is kept alive.
struct StreamHead {
  HttpResponse head;  // status 200 and headers; its body is not used
  /// What to append when the stream has to end with an error ("data: {...}\n\n").
  std::function<std::string(const Error&)> format_error;
  std::string ping;           // written when nothing else was for `ping_every_ms`; empty: none
  int ping_every_ms = 15000;  // proxies cut silent connections after 30 to 60 s
  /// Headers wait for the first write, so that an error before it still has its own status; but
  /// not longer than this (a proxy wants a first byte).
  int late_start_ms = 10000;
};

/// One request and the way to answer it, between a route (any thread) and its connection (the io
/// thread). Writing never blocks: what the reader has not taken yet is queued up to a limit; over
/// it the reader is too slow and is dropped. One piece of any size is taken where nothing waits.
///
/// Threads  the first group of members from any thread; the second by the connection only.
class Exchange {
 public:
  Exchange(HttpRequest request, std::size_t queue_limit_bytes);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const HttpRequest& request() const { return request_; }

  /// The whole answer. False when it is too late: a stream has started, an answer was given, or
  /// nobody listens any more.
  bool respond(HttpResponse response);
  /// Gets a stream ready; the first write() (or late_start_ms, counted from the first call) sends
  /// its head. Called again before that, it replaces the head.
  void begin_stream(StreamHead head);
  /// False when nobody listens any more. The caller may go on: it only loses its words.
  bool write(std::string_view bytes);
  /// Ends the stream.
  void finish();
  /// Bytes written and not yet handed to the socket.
  std::size_t queued_bytes() const;
  bool open() const;
  /// Fires, on the io thread, when nobody waits for the answer any more: the client went away or
  /// read too slowly, the route's time is over, the server stops. `then` may be called at once.
  void on_stop(std::function<void()> then);
  std::stop_token stop_token() const { return stop_source_.get_token(); }

  struct Outgoing {
    std::optional<HttpResponse> head;  // to send now, before `bytes`
    bool streamed = false;             // body comes in pieces of unknown total length
    std::string bytes;
    bool finished = false;  // nothing follows
  };
  /// `wake` is called, under a lock and from any thread, when there is something to take.
  void attach(std::function<void()> wake);
  Outgoing take();
  bool overflowed() const;
  /// Late start, pings. `now_ns` is steady_ns().
  void tick(int64_t now_ns);
  /// Ends the exchange with an error that the client can still read.
  void fail(const Error& error);
  /// The client is gone: nothing more is sent.
  void abandon();
  /// All was sent: forget whom to wake and what to call.
  void detach();

 private:
  enum class State { kWaiting, kPrepared, kStreaming, kFinished, kAbandoned };
  void wake_locked();
  void run_stop();

  const HttpRequest request_;
  const std::size_t queue_limit_bytes_;
  std::stop_source stop_source_;

  mutable std::mutex mutex_;
  State state_ = State::kWaiting;
  bool streamed_ = false;
  bool overflowed_ = false;
  bool stopped_ = false;
  bool detached_ = false;
  bool wake_pending_ = false;
  std::function<void()> wake_;
  std::function<void()> then_;
  std::optional<HttpResponse> head_;  // not yet taken
  StreamHead stream_;
  std::string bytes_;
  int64_t prepared_ns_ = 0;
  int64_t last_write_ns_ = 0;
};

}  // namespace mw::server
