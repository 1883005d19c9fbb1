#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "certificates/peer.h"
#include "core/result.h"

namespace mw::certificates {

/// A TCP connection on which each step ends by one deadline, or when `stop` asks.
/// Errors   kUnavailable (no such name, refused, cut), kDeadlineExceeded, kCancelled.
/// Threads  one at a time.
class OpenLine {
 public:
  static Result<OpenLine> open(const Peer& peer, std::chrono::milliseconds timeout,
                               std::stop_token stop);
  OpenLine(OpenLine&&) noexcept;
  ~OpenLine();

  Result<void> send(std::string_view bytes);
  /// What has come, at least a byte.
  Result<std::string> receive();

 private:
  struct Handle;
  explicit OpenLine(std::unique_ptr<Handle> handle);
  Result<void> wait_for(short events) const;

  std::unique_ptr<Handle> handle_;
};

}  // namespace mw::certificates
