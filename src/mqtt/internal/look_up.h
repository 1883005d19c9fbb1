#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"

namespace mw::mqtt {

/// What a thread of another waits for; outlives whoever stops waiting.
struct Event {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::optional<Result<void>> result;

  void set(Result<void> value) {
    const std::lock_guard lock(mutex);
    if (!result) result = std::move(value);
    changed.notify_all();
  }
  /// Nothing: the time is over, or `stop` asked.
  std::optional<Result<void>> wait(std::chrono::steady_clock::time_point until,
                                   const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    changed.wait_until(lock, stop, until, [&] { return result.has_value(); });
    return result;
  }
};

/// Of "tcp://HOST:PORT" and "ssl://[::1]:PORT".
std::string host_of(const std::string& address);

/// Paho looks the name up under the one lock of all its clients, the plant's too: a name server
/// that does not answer would hold up samples. Looked up here before, it has it at once. Nothing:
/// the time is over, or `stop` asked.
std::optional<Result<void>> look_up(const std::string& host,
                                    std::chrono::steady_clock::time_point until,
                                    const std::stop_token& stop);

}  // namespace mw::mqtt
