#include "plant/internal/live_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plant/internal/abnormal.h"

namespace mw::plant {
namespace {

/// A device that repeats its last message, time and all, says that it still holds.
bool repeats(const Sample& sample, const Sample& latest) {
  const bool number =
      sample.value == latest.value || (std::isnan(sample.value) && std::isnan(latest.value));
  return sample.ts_ns == latest.ts_ns && number && sample.text == latest.text &&
         sample.quality == latest.quality;
}

bool same(const AssetStatus& a, const AssetStatus& b) {
  const auto equal = [](const Abnormal& x, const Abnormal& y) {
    return x.tag == y.tag && x.reason.en == y.reason.en;
  };
  return a.state == b.state && a.state_since_ns == b.state_since_ns &&
         std::equal(a.abnormal.begin(), a.abnormal.end(), b.abnormal.begin(), b.abnormal.end(),
                    equal);
}

}  // namespace

LiveTable::LiveTable(std::shared_ptr<const Catalogue> catalogue)
    : catalogue_(std::move(catalogue)),
      asset_of_tag_(catalogue_->tags().size()),
      entries_(catalogue_->tags().size()),
      statuses_(catalogue_->assets().size()) {
  std::unordered_map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < catalogue_->assets().size(); ++i) {
    positions[catalogue_->assets()[i].id] = i;
    stale_.push_back(i);
  }
  for (const Tag& tag : catalogue_->tags()) {
    const std::size_t position = positions[tag.asset];
    Status& status = statuses_[position];
    asset_of_tag_[tag.index] = position;
    status.tags.push_back(tag.index);
    if (tag.id == catalogue_->assets()[position].state_tag) {
      status.state_tag = tag.index;
      status.has_state = true;
    }
  }
}

void LiveTable::touch(const Tag& tag) const {
  entries_[tag.index].version = ++version_;
  Status& status = statuses_[asset_of_tag_[tag.index]];
  if (!status.stale) stale_.push_back(asset_of_tag_[tag.index]);
  status.stale = true;
}

void LiveTable::restore(const Sample& latest, TimeNs state_since_ns, TimeNs now_ns,
                        const FlatLine& flat) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[latest.tag];
  entry.latest = latest;
  entry.heard_ns = entry.newest_ns = latest.server_ts_ns;
  entry.text_since_ns = state_since_ns;
  entry.flat = flat;
  const Tag& tag = catalogue_->tags()[latest.tag];
  // One that was silent already is not marked again: the watchdog ends its hold in history too.
  const bool fresh = now_ns - entry.heard_ns <= watchdog_ns(tag);
  entry.mark = fresh ? QualityReason::kNone : QualityReason::kSilent;
  due_ns_ = std::min(due_ns_, entry.heard_ns + watchdog_ns(tag));
  touch(tag);
}

void LiveTable::hear_locked(const Sample& sample, bool current, Way way) {
  Entry& entry = entries_[sample.tag];
  entry.heard_ns = std::max(entry.heard_ns, sample.server_ts_ns);
  entry.way = way;
  if (current) {
    entry.newest_ns = std::max(entry.newest_ns, sample.server_ts_ns);
    entry.mark = QualityReason::kNone;
    return;
  }
  if (entry.mark == QualityReason::kNone) return;  // tick() looks how long this goes on
  // Not silent any more, but the value shown is no newer for it. One that got nothing newer for a
  // whole period stays bad; a short break may be followed by late samples.
  const bool behind =
      entry.heard_ns - entry.newest_ns > watchdog_ns(catalogue_->tags()[sample.tag]);
  entry.mark = behind ? QualityReason::kClockBehind : QualityReason::kNone;
}

void LiveTable::take(std::span<const Sample> samples, Arrival arrival, Way way) {
  const std::lock_guard lock(mutex_);
  for (const Sample& sample : samples) {
    Entry& entry = entries_[sample.tag];
    const bool newer = !entry.latest || sample.ts_ns > entry.latest->ts_ns;
    const bool current = newer || repeats(sample, *entry.latest);
    if (arrival == Arrival::kLive) {
      hear_locked(sample, current, way);
      // A tag that is good again has a deadline again.
      const TimeNs first_ns = entry.mark == QualityReason::kNone ? entry.newest_ns : entry.heard_ns;
      due_ns_ = std::min(due_ns_, first_ns + watchdog_ns(catalogue_->tags()[sample.tag]));
    }
    if (current) entry.flat.take(catalogue_->tags()[sample.tag], sample);
    if (newer) {
      const bool is_text_of = is_text(catalogue_->tags()[sample.tag].kind);
      const bool entered = is_text_of && sample.quality != Quality::kBad &&
                           (!entry.latest || entry.latest->text != sample.text);
      if (entered) entry.text_since_ns = sample.ts_ns;
      entry.latest = sample;
    }
    touch(catalogue_->tags()[sample.tag]);
  }
}

void LiveTable::set_broker(BrokerStatus broker) {
  const std::lock_guard lock(mutex_);
  broker_ = std::move(broker);
  due_ns_ = 0;
  broker_version_ = ++version_;
}

BrokerStatus LiveTable::broker() const {
  const std::lock_guard lock(mutex_);
  return broker_;
}

TagValue LiveTable::value(const Tag& tag, TimeNs now_ns) const {
  const std::lock_guard lock(mutex_);
  catch_up_locked(now_ns);
  return value_locked(tag);
}

TagValue LiveTable::value_locked(const Tag& tag) const {
  const Entry& entry = entries_[tag.index];
  TagValue value;
  value.tag = tag.id;
  if (!entry.latest) return value;  // bad, silent
  value.text = entry.latest->text;
  if (std::isfinite(entry.latest->value)) value.value = entry.latest->value;
  value.ts_ns = entry.latest->ts_ns;
  value.since_ns = entry.text_since_ns;
  value.quality = entry.latest->quality;
  value.reason = entry.latest->reason;
  if (value.quality == Quality::kGood && entry.flat.is_flat(tag)) {
    value.quality = Quality::kUncertain;
    value.reason = QualityReason::kFlat;
  }
  if (entry.mark != QualityReason::kNone) {
    value.quality = Quality::kBad;
    value.reason = entry.mark;
  }
  return value;
}

std::string LiveTable::state_locked(const Status& status) const {
  if (!status.has_state) return {};
  const TagValue value = value_locked(catalogue_->tags()[status.state_tag]);
  return value.quality == Quality::kBad ? std::string() : value.text;
}

AssetStatus LiveTable::compute_locked(const Asset& asset, const Status& status) const {
  AssetStatus out;
  out.asset = asset.id;
  out.state = state_locked(status);
  if (!out.state.empty()) out.state_since_ns = entries_[status.state_tag].text_since_ns;
  for (const TagIndex index : status.tags) {
    const Tag& tag = catalogue_->tags()[index];
    std::optional<Text> reason = abnormal_reason(tag, value_locked(tag), out.state);
    if (reason) out.abnormal.push_back({tag.id, std::move(*reason)});
  }
  return out;
}

void LiveTable::refresh_locked() const {
  for (const std::size_t position : stale_) {
    Status& status = statuses_[position];
    AssetStatus now = compute_locked(catalogue_->assets()[position], status);
    if (status.version == 0 || !same(now, status.now)) status.version = ++version_;
    status.now = std::move(now);
    status.stale = false;
  }
  stale_.clear();
}

Snapshot LiveTable::snapshot(const Catalogue& view, TimeNs now_ns) const {
  const std::lock_guard lock(mutex_);
  catch_up_locked(now_ns);
  refresh_locked();
  Snapshot out;
  out.now_ns = now_ns;
  out.simulated = catalogue_->simulated();
  out.site = catalogue_->site();
  out.broker = broker_;
  out.values.reserve(view.tags().size());
  for (const Tag& tag : view.tags()) out.values.push_back(value_locked(tag));
  for (std::size_t i = 0; i < statuses_.size(); ++i) {
    if (view.asset(catalogue_->assets()[i].id) != nullptr) out.assets.push_back(statuses_[i].now);
  }
  return out;
}

Change LiveTable::changes(const Catalogue& view, uint64_t& cursor, TimeNs now_ns) const {
  const std::lock_guard lock(mutex_);
  catch_up_locked(now_ns);
  refresh_locked();
  Change out;
  if (cursor == version_ && cursor != 0) return out;
  for (const Tag& tag : view.tags()) {
    if (cursor == 0 || entries_[tag.index].version > cursor)
      out.values.push_back(value_locked(tag));
  }
  for (std::size_t i = 0; i < statuses_.size(); ++i) {
    if (statuses_[i].version > cursor && view.asset(catalogue_->assets()[i].id) != nullptr) {
      out.assets.push_back(statuses_[i].now);
    }
  }
  if (broker_version_ > cursor) out.broker = broker_;
  cursor = version_;
  return out;
}

}  // namespace mw::plant
