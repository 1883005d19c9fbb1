#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/feed/feed_gate.h"
#include "plant/feed/feed_position.h"
#include "plant/sample_store.h"

namespace mw::plant {

struct FeedItem {
  Sample sample;
  bool late = false;  // it came after a later one of its tag had been sent
};

/// What goes out next, and what to note once it has.
struct FeedBatch {
  std::vector<FeedItem> items;   // by source time
  std::size_t thinned_tags = 0;  // whose oldest samples retention had removed before they were sent

  struct Read {  // of a tag
    TagIndex tag = 0;
    TimeNs up_to_ns = 0;
    uint64_t samples = 0;
    bool all = false;  // that there was when the gate was closed
  };
  std::vector<Read> reads;
  std::vector<FeedPosition::Done::Late> late;
  bool empty() const { return reads.empty() && late.empty(); }
};

struct FeedBacklog {
  uint64_t samples = 0;
  TimeNs since_ns = 0;  // arrival of the oldest that waits; 0: none does
};

/// A feed's place in the store: gives each sample of its tags in the order of their time, each tag
/// by itself, and those that come late as they come. What was given and confirmed is noted on disk;
/// what was not is given again, after the death of the process as well. So everything goes out at
/// least once, and a sample, which is its tag and time, can be known again.
///
/// Memory  a fixed part for each tag and one batch, however much waits.
/// Threads  coming() and came() any, the others one.
class FeedCursor {
 public:
  /// `gate` is passed by all that append to `store`, which call coming() and came(). A tag without
  /// a position begins after what the store has, or with `from_start` before it.
  static Result<std::unique_ptr<FeedCursor>> open(const std::string& path,
                                                  const Catalogue& catalogue,
                                                  std::vector<TagIndex> tags, bool from_start,
                                                  const SampleStore& store, FeedGate& gate);

  /// Inside the gate, before samples are stored: notes which of them are late.
  /// Errors  those could not be noted on disk; they are in memory and noted as soon as can be.
  Result<void> coming(std::span<const Sample> samples);
  /// Inside the gate, once they are stored.
  void came(std::span<const Sample> samples);

  /// Counts what waited before this process began; backlog() lacks it until then.
  Result<void> count();
  /// About `most` samples of the tags in `allowed`, those that wait longest first.
  Result<FeedBatch> read(std::size_t most, const std::set<TagIndex>& allowed);
  /// The receiver has it.
  Result<void> done(const FeedBatch& batch);
  FeedBacklog backlog() const;

 private:
  struct Waiting {
    uint64_t samples = 0;
    TimeNs since_ns = 0;
    void add(TimeNs arrived_ns);
  };
  struct Place {
    TimeNs sent_ns = INT64_MIN;    // confirmed up to here
    TimeNs given_ns = INT64_MIN;   // what comes with a time up to here is late
    TimeNs newest_ns = INT64_MIN;  // in the store
    Waiting waiting, after;        // all; those that came since the gate was closed
  };
  struct Stretch {  // of a tag that read() is to give
    TagIndex tag = 0;
    TimeNs after_ns = 0, up_to_ns = 0;
  };

  FeedCursor(std::unique_ptr<FeedPosition> position, const Catalogue& catalogue,
             const SampleStore& store, FeedGate& gate)
      : position_(std::move(position)), catalogue_(catalogue), store_(store), gate_(gate) {}
  Result<void> begin(const std::vector<TagIndex>& tags, bool from_start);
  Result<void> note_unnoted();
  std::vector<Stretch> close_gate(const std::set<TagIndex>& allowed);
  Result<void> read_tag(const Stretch& stretch, std::size_t most, FeedBatch& batch);
  Result<void> read_late(std::size_t most, const std::set<TagIndex>& allowed, FeedBatch& batch);

  const std::unique_ptr<FeedPosition> position_;
  const Catalogue& catalogue_;
  const SampleStore& store_;
  FeedGate& gate_;
  mutable std::mutex mutex_;
  std::unordered_map<TagIndex, Place> places_;
  std::set<TagIndex> allowed_;  // at the last read()
  Waiting late_;
  std::vector<LateStretch> unnoted_;  // late, and not on disk yet
  uint64_t news_ = 1;                 // grows with all that comes
  uint64_t at_gate_ = 0;              // news_ when the gate was closed last
  uint64_t idle_at_ = 0;              // news_ when there was nothing to give
  int64_t late_limit_ = 0;            // those up to here are in the store
};

}  // namespace mw::plant
