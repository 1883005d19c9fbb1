#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "plant/catalogue.h"
#include "plant/ingest.h"
#include "plant/internal/flat_line.h"
#include "plant/plant.h"
#include "plant/sample.h"

namespace mw::plant {

/// The newest value of each tag and what is known about it now: a tag that says nothing for its
/// watchdog period, or nothing newer than its value, or whose link is down, turns bad here, one
/// that should move and does not uncertain.
///
/// Reading  whoever asks at `now_ns` sees what holds then: that a period has passed by then, the
///          read itself finds; it does not wait for the next tick().
/// Time  ages are counted from when a sample reached us, so a device with a wrong clock or late
///       samples of a past hour do not make a tag look silent.
/// Threads  safe from any thread.
class LiveTable {
 public:
  explicit LiveTable(std::shared_ptr<const Catalogue> catalogue);

  /// What the store held when the process started.
  void restore(const Sample& latest, TimeNs state_since_ns, TimeNs now_ns,
               const FlatLine& flat = {});
  /// How samples came; a broker that is down says nothing of tags that come another way.
  enum class Way { kBroker, kOther };
  void take(std::span<const Sample> samples, Arrival arrival = Arrival::kLive,
            Way way = Way::kBroker);
  void set_broker(BrokerStatus broker);
  BrokerStatus broker() const;

  /// Tags that come over a link of their own, not over the broker. It is up until set_link().
  using LinkId = std::size_t;
  LinkId add_link(std::span<const TagIndex> tags);
  void set_link(LinkId link, bool up, TimeNs since_ns);
  /// The link is known to be down since `at_ns`: its tags turn bad at once. Returns a mark for each
  /// that was not bad already, to be stored.
  std::vector<Sample> cut_link(LinkId link, TimeNs at_ns);

  /// Looks for tags that fell silent, get nothing newer or lost their link since the call before.
  /// Returns one mark for each (bad, without value, at the time it was found, by a read or here) to
  /// be stored, so that history shows the gap too.
  std::vector<Sample> tick(TimeNs now_ns);

  /// `view` is what the asker may see (Catalogue::visible_to).
  Snapshot snapshot(const Catalogue& view, TimeNs now_ns) const;
  TagValue value(const Tag& tag, TimeNs now_ns) const;
  /// What changed since `cursor`, which starts at 0 and is moved on.
  Change changes(const Catalogue& view, uint64_t& cursor, TimeNs now_ns) const;

 private:
  struct Entry {
    std::optional<Sample> latest;  // the last that was no mark
    TimeNs heard_ns = 0;           // server time of the last arrival
    TimeNs newest_ns = 0;          // of the last that was newer than `latest`, or said it again
    TimeNs text_since_ns = 0;      // of states and texts
    FlatLine flat;
    QualityReason mark = QualityReason::kSilent;
    Way way = Way::kBroker;  // of the last live sample
    uint64_t version = 0;    // 0: never changed
  };
  struct Link {
    bool up = true;
    TimeNs since_ns = 0;
  };
  struct Status {
    AssetStatus now;
    uint64_t version = 0;
    std::vector<TagIndex> tags;
    TagIndex state_tag = 0;
    bool has_state = false;
    bool stale = true;  // `now` has to be computed again
  };

  static int64_t watchdog_ns(const Tag& tag);
  void hear_locked(const Sample& sample, bool current, Way way);
  void look_locked(TimeNs now_ns) const;
  void catch_up_locked(TimeNs now_ns) const {
    if (now_ns >= due_ns_) look_locked(now_ns);
  }
  TagValue value_locked(const Tag& tag) const;
  Link link_of_locked(const Tag& tag) const;
  std::string state_locked(const Status& status) const;
  void touch(const Tag& tag) const;
  void refresh_locked() const;
  AssetStatus compute_locked(const Asset& asset, const Status& status) const;

  const std::shared_ptr<const Catalogue> catalogue_;
  std::vector<std::size_t> asset_of_tag_;  // index: TagIndex
  mutable std::mutex mutex_;
  mutable std::vector<Entry> entries_;      // index: TagIndex
  mutable std::vector<Status> statuses_;    // index: position in catalogue_->assets()
  mutable std::vector<std::size_t> stale_;  // positions whose status has to be computed again
  mutable uint64_t version_ = 0;
  mutable TimeNs due_ns_ = 0;          // before it no tag turns bad by itself
  mutable std::vector<Sample> marks_;  // found, not yet handed out by tick()
  BrokerStatus broker_;
  uint64_t broker_version_ = 0;
  std::vector<Link> links_;
  std::unordered_map<TagIndex, LinkId> link_of_tag_;  // those that do not come over the broker
};

}  // namespace mw::plant
