#pragma once

#include <memory>
#include <vector>

#include "core/log.h"
#include "plant/feed/feed_cursor.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// A store that tells feeds what comes into it. Whatever is appended goes through here.
/// Threads  as the store within; feeds are added and removed at any time.
class FedStore final : public SampleStore {
 public:
  FedStore(std::unique_ptr<SampleStore> inside, LogSink log)
      : inside_(std::move(inside)), log_(std::move(log)) {}

  FeedGate& gate() { return gate_; }
  /// `cursor` stays until it is removed.
  void add(FeedCursor& cursor);
  void remove(FeedCursor& cursor);

  Result<AppendOutcome> append(std::span<const Sample> samples) override;
  Result<std::optional<Sample>> latest(TagIndex tag) const override { return inside_->latest(tag); }
  Result<std::optional<Sample>> last_before(TagIndex tag, TimeNs ts_ns) const override {
    return inside_->last_before(tag, ts_ns);
  }
  Result<void> scan(TagIndex tag, TimeWindow window, const Visitor& visit) const override {
    return inside_->scan(tag, window, visit);
  }
  Result<void> pieces(TagIndex tag, TimeWindow window, int64_t widest_ns, PieceUse use,
                      const Visitor& on_sample, const RollupVisitor& on_rollup) const override {
    return inside_->pieces(tag, window, widest_ns, use, on_sample, on_rollup);
  }
  KeptFrom kept_from(TagIndex tag) const override { return inside_->kept_from(tag); }
  Result<ThinStep> thin(TagIndex tag, const KeptFrom& target) override {
    return inside_->thin(tag, target);
  }
  Result<void> put_records(std::span<const PlantRecord> records) override {
    return inside_->put_records(records);
  }
  Result<void> drop_records(std::string_view kind, TimeNs before_ns) override {
    return inside_->drop_records(kind, before_ns);
  }
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most) const override {
    return inside_->records(kind, place, window, most);
  }
  StoreStats stats() const override { return inside_->stats(); }

 private:
  const std::unique_ptr<SampleStore> inside_;
  const LogSink log_;
  FeedGate gate_;
  std::vector<FeedCursor*> cursors_;  // changed while the gate is closed
};

}  // namespace mw::plant
