#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "server/http/exchange.h"
#include "server/http/request_reader.h"
#include "server/internal/response_head.h"
#include "server/internal/transport.h"
#include "server/router.h"

namespace mw::server {

class ServerCore;

/// One client's connection: reads requests, has them answered one after the other, writes.
/// It always reads, also while an answer is written, and so sees at once when the client leaves.
/// Threads  the io thread only.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore& core, std::unique_ptr<Transport> transport, std::string remote_address);
  ~Connection();

  void start();
  /// Enforces deadlines.
  void sweep(int64_t now_ns);
  /// The server stops: close when idle, finish the running answer otherwise.
  void drain();
  /// The server has waited long enough: end the running answer with an error.
  void cut_short();
  void close();

 private:
  enum class Phase { kHandshake, kIdle, kHeader, kBody, kAnswering, kLingering, kClosed };

  net::awaitable<void> read_loop();
  net::awaitable<void> write_loop();
  void enter(Phase phase);
  void pump();
  bool parse_next();
  bool on_header();
  bool account_body();
  void begin_exchange();
  void refuse(HttpResponse response);
  void refuse(const Error& error);
  bool answer_options();
  void flush();
  void put_head(const HttpResponse& response, bool streamed, std::size_t body_bytes);
  void finish_exchange();
  void on_peer_closed();
  void time_out(const char* what);
  void wake_writer();

  ServerCore& core_;
  std::unique_ptr<Transport> transport_;
  const std::string remote_address_;
  RequestReader reader_;
  net::steady_timer writer_signal_;
  Phase phase_ = Phase::kHandshake;
  int64_t phase_since_ns_ = 0;
  std::string in_;        // read, not yet parsed
  std::string out_;       // to be written
  bool writing_ = false;  // a write is under way
  bool close_after_write_ = false;
  bool peer_done_ = false;  // it sends nothing more
  bool pumping_ = false;
  int64_t write_progress_ns_ = 0;
  std::size_t discarded_bytes_ = 0;

  // The request at hand.
  std::shared_ptr<Exchange> exchange_;
  Router::Match match_;
  std::string request_id_;
  std::string cross_origin_;
  Identity who_;
  int64_t received_ns_ = 0;
  std::size_t body_accounted_ = 0;
  int status_ = 0;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool old_version_ = false;  // HTTP/1.0
  bool chunked_ = false;
  bool streaming_ = false;
};

}  // namespace mw::server
