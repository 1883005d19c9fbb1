#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "plant/catalogue.h"
#include "plant/connector.h"
#include "plant/ingest.h"
#include "plant/internal/rate_meter.h"

namespace mw::plant {

/// What is known of one connector, told by whoever runs it. All of them report through this, so
/// that "silent" or "since" mean the same for a broker and for a PLC.
///
/// Threads  safe from any thread.
class ConnectorHealth {
 public:
  struct Description {
    std::string name, kind, address;
    std::set<TagIndex> tags;  // that it is configured to bring; empty: any
  };
  /// Silent: connected without a sample for longer than the longest watchdog of its tags.
  ConnectorHealth(Description description, const Catalogue& catalogue, const Clock& clock);

  void connected();
  /// The link is down. `since` stays that of the first failure in a row.
  void failed(Text problem);
  /// Something went wrong while the link stands.
  void complained(Text problem);
  void took(const IngestOutcome& outcome);
  void refused(uint64_t count = 1);
  /// `since_ns` is when the oldest of them came; 0: not known, or nothing waits.
  void set_backlog(uint64_t waiting, TimeNs since_ns = 0);
  void set_certificate_expiry(std::optional<TimeNs> expires_ns);

  ConnectorStatus status() const;
  /// True when `who` may see every line that it serves, all lines ("*") where it may bring any tag:
  /// its counts would tell of the others.
  bool visible_to(const Identity& who) const;

 private:
  void enter_locked(ConnectorState state, TimeNs now_ns);

  const Clock& clock_;
  std::set<std::string> lines_;
  int64_t silent_after_ns_ = 0;
  mutable RateMeter rate_;
  mutable std::mutex mutex_;
  ConnectorStatus status_;
  // The greatest skew of this minute and the one before.
  struct Freshest {
    int64_t minute = 0;
    std::optional<int64_t> now, before;
  } freshest_;
};

/// One way in that runs by itself from its making to its end.
class Connector {
 public:
  virtual ~Connector() = default;
  virtual const ConnectorHealth& health() const = 0;
  /// Asks it to end soon, without waiting; its destruction waits.
  virtual void request_stop() = 0;
};

/// Ends them all, in the time that the slowest takes.
void stop_connectors(std::vector<std::unique_ptr<Connector>>& connectors);

}  // namespace mw::plant
