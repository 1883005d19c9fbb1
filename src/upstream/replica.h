#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/language.h"

namespace mw::upstream {

enum class Health { kUnknown, kUp, kDown };

/// What is known of a replica, for people.
struct ReplicaStatus {
  std::string address;  // "https://host:8000/v1"
  Health health = Health::kUnknown;
  bool resting = false;  // not asked for a while after failures, or because it said that it is busy
  Text problem;          // of the last failure, while it lasts
  int running = 0;
  uint64_t answered = 0;
  uint64_t failed = 0;
};

/// Whether one replica is asked: its health as probes see it, and a circuit breaker as requests do.
///
/// Two failures of requests in a row (one, where it cannot even be reached) open it for a second,
/// doubled with each further one up to a minute; then a single request is let through, and its
/// success closes it. While probes fail it is not asked at all, and whoever still waits for its
/// first token is told to give up.
///
/// Threads  any; times are steady_ns().
class Replica {
 public:
  explicit Replica(std::string address) : address_(std::move(address)) {}

  /// A request under way. What becomes of it is told by one of the members, else it counts for
  /// nothing (its client left).
  class Call {
   public:
    explicit Call(Replica& replica, bool trial) : replica_(replica), trial_(trial) {}
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    void answered();
    /// `unreachable`: nothing of the request can be to blame.
    void broke(int64_t now_ns, Text why, bool unreachable);
    /// It says that it has too much to do.
    void busy(int64_t now_ns, int64_t for_ns);
    /// Its first token came: it is no longer given up when probes fail.
    void speaking();
    /// Asks for the end of the request, from any side.
    std::stop_source stop;

   private:
    friend class Replica;
    Replica& replica_;
    const bool trial_;
    bool speaking_ = false;
  };

  /// A place for a request; nullptr when it is not to be asked now.
  std::unique_ptr<Call> enter(int64_t now_ns, const std::string& model);
  /// How long until it may be asked again, as far as is known; 0: now.
  int64_t rest_ns(int64_t now_ns) const;

  /// With what it lists, where it lists anything.
  void probe_succeeded(std::optional<std::vector<std::string>> models);
  void probe_failed(Text why);

  ReplicaStatus status(int64_t now_ns) const;
  /// Ids that it lists; nothing before it did.
  std::optional<std::vector<std::string>> models() const;
  const std::string& address() const { return address_; }

 private:
  bool has_model_locked(const std::string& model) const;

  const std::string address_;
  mutable std::mutex mutex_;
  Health health_ = Health::kUnknown;
  std::optional<std::vector<std::string>> models_;
  Text problem_;
  int failures_ = 0;           // of requests, one after the other
  int64_t open_until_ns_ = 0;  // breaker
  int64_t busy_until_ns_ = 0;
  bool trial_ = false;        // the one request after a rest is under way
  std::vector<Call*> calls_;  // under way
  uint64_t answered_ = 0;
  uint64_t failed_ = 0;
};

}  // namespace mw::upstream
