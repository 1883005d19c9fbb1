#include "plant/feed/feed_cursor.h"

#include <algorithm>
#include <map>

#include "core/check.h"

namespace mw::plant {
namespace {

// Enough that decoding a block of 1,000 samples is not done many times over.
constexpr std::size_t kMostOfATag = 500;
constexpr int kMostLate = 200;

}  // namespace

void FeedCursor::Waiting::add(TimeNs arrived_ns) {
  if (samples++ == 0 || arrived_ns < since_ns) since_ns = arrived_ns;
}

Result<std::unique_ptr<FeedCursor>> FeedCursor::open(const std::string& path,
                                                     const Catalogue& catalogue,
                                                     std::vector<TagIndex> tags, bool from_start,
                                                     const SampleStore& store, FeedGate& gate) {
  MW_ASSIGN(auto position, FeedPosition::open(path));
  std::unique_ptr<FeedCursor> cursor(new FeedCursor(std::move(position), catalogue, store, gate));
  MW_TRY(cursor->begin(tags, from_start));
  return cursor;
}

Result<void> FeedCursor::begin(const std::vector<TagIndex>& tags, bool from_start) {
  MW_ASSIGN(const auto known, position_->positions());
  std::vector<std::pair<std::string, TimeNs>> fresh;
  for (const TagIndex tag : tags) {
    const std::string& id = catalogue_.tags()[tag].id;
    MW_ASSIGN(const std::optional<Sample> latest, store_.latest(tag));
    Place place;
    if (latest) place.newest_ns = latest->ts_ns;
    const auto found = known.find(id);
    if (found != known.end()) {
      place.sent_ns = found->second;
    } else {
      place.sent_ns = from_start ? INT64_MIN : place.newest_ns;
      fresh.emplace_back(id, place.sent_ns);
    }
    // A store from a backup may end before what was sent: what comes then is new to us.
    place.given_ns = place.sent_ns;
    places_[tag] = place;
  }
  if (!fresh.empty()) MW_TRY(position_->begin(fresh));
  MW_ASSIGN(const FeedPosition::LateTotal late, position_->late_total());
  late_ = {late.samples, late.since_ns};
  return {};
}

Result<void> FeedCursor::coming(std::span<const Sample> samples) {
  std::map<TagIndex, LateStretch> late;
  const std::lock_guard lock(mutex_);
  for (const Sample& sample : samples) {
    const auto place = places_.find(sample.tag);
    if (place == places_.end() || sample.ts_ns > place->second.given_ns) continue;
    const auto [at, first] =
        late.try_emplace(sample.tag, LateStretch{0, catalogue_.tags()[sample.tag].id, sample.ts_ns,
                                                 sample.ts_ns, 0, sample.server_ts_ns});
    at->second.from_ns = std::min(at->second.from_ns, sample.ts_ns);
    at->second.to_ns = std::max(at->second.to_ns, sample.ts_ns);
    ++at->second.samples;
    late_.add(sample.server_ts_ns);
  }
  if (late.empty()) return {};
  for (auto& [tag, each] : late) unnoted_.push_back(std::move(each));
  return note_unnoted();
}

/// With mutex_ held.
Result<void> FeedCursor::note_unnoted() {
  if (unnoted_.empty()) return {};
  MW_TRY(position_->note_late(unnoted_));
  unnoted_.clear();
  ++news_;
  return {};
}

void FeedCursor::came(std::span<const Sample> samples) {
  const std::lock_guard lock(mutex_);
  for (const Sample& sample : samples) {
    const auto found = places_.find(sample.tag);
    if (found == places_.end() || sample.ts_ns <= found->second.given_ns) continue;
    Place& place = found->second;
    place.newest_ns = std::max(place.newest_ns, sample.ts_ns);
    place.waiting.add(sample.server_ts_ns);
    place.after.add(sample.server_ts_ns);
    ++news_;
  }
}

Result<void> FeedCursor::count() {
  std::vector<Stretch> old;
  {
    // Nothing was given yet, so `after` counts what came since the start, and this the rest.
    const std::lock_guard lock(mutex_);
    for (const auto& [tag, place] : places_) {
      if (place.newest_ns > place.sent_ns && place.after.samples == 0) {
        old.push_back({tag, place.sent_ns, place.newest_ns});
      }
    }
  }
  for (const Stretch& each : old) {
    Waiting found;
    MW_TRY(store_.scan(each.tag, {each.after_ns + 1, each.up_to_ns + 1}, [&](const Sample& sample) {
      found.add(sample.server_ts_ns);
      return true;
    }));
    const std::lock_guard lock(mutex_);
    Waiting& waiting = places_[each.tag].waiting;
    if (found.samples == 0) continue;
    waiting.since_ns =
        waiting.samples == 0 ? found.since_ns : std::min(found.since_ns, waiting.since_ns);
    waiting.samples += found.samples;
  }
  return {};
}

std::vector<FeedCursor::Stretch> FeedCursor::close_gate(const std::set<TagIndex>& allowed) {
  std::vector<Stretch> out;
  gate_.closed([&] {
    const std::lock_guard lock(mutex_);
    at_gate_ = news_;
    const Result<int64_t> last = position_->last_late();
    if (last) late_limit_ = *last;
    for (auto& [tag, place] : places_) {
      if (place.newest_ns <= place.sent_ns) continue;
      if (!allowed.contains(tag)) continue;
      place.given_ns = place.newest_ns;
      place.after = {};
      out.push_back({tag, place.sent_ns, place.newest_ns});
    }
  });
  return out;
}

Result<FeedBatch> FeedCursor::read(std::size_t most, const std::set<TagIndex>& allowed) {
  FeedBatch batch;
  {
    const std::lock_guard lock(mutex_);
    MW_TRY(note_unnoted());
    if (allowed != allowed_) ++news_;
    allowed_ = allowed;
    if (idle_at_ == news_) return batch;
  }
  std::vector<Stretch> stretches = close_gate(allowed);
  std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) {
    return std::pair(a.after_ns, a.tag) < std::pair(b.after_ns, b.tag);
  });
  for (const Stretch& each : stretches) {
    if (batch.items.size() >= most) break;
    MW_TRY(read_tag(each, std::min(kMostOfATag, most - batch.items.size()), batch));
  }
  if (batch.items.size() < most) MW_TRY(read_late(most - batch.items.size(), allowed, batch));
  std::stable_sort(
      batch.items.begin(), batch.items.end(),
      [](const FeedItem& a, const FeedItem& b) { return a.sample.ts_ns < b.sample.ts_ns; });
  if (batch.empty()) {
    const std::lock_guard lock(mutex_);
    idle_at_ = at_gate_;
  }
  return batch;
}

Result<void> FeedCursor::read_tag(const Stretch& stretch, std::size_t most, FeedBatch& batch) {
  FeedBatch::Read read{stretch.tag, stretch.up_to_ns, 0, true};
  MW_TRY(store_.scan(stretch.tag, {stretch.after_ns + 1, stretch.up_to_ns + 1},
                     [&](const Sample& sample) {
                       if (read.samples == most) {
                         read.all = false;
                         read.up_to_ns = batch.items.back().sample.ts_ns;
                         return false;
                       }
                       batch.items.push_back({sample, false});
                       ++read.samples;
                       return true;
                     }));
  if (stretch.after_ns != INT64_MIN &&
      store_.kept_from(stretch.tag).raw_from_ns > stretch.after_ns) {
    ++batch.thinned_tags;
  }
  batch.reads.push_back(read);
  return {};
}

Result<void> FeedCursor::read_late(std::size_t most, const std::set<TagIndex>& allowed,
                                   FeedBatch& batch) {
  MW_ASSIGN(const std::vector<LateStretch> stretches, position_->late(late_limit_, kMostLate));
  for (const LateStretch& each : stretches) {
    const Tag* tag = catalogue_.tag(each.tag);
    if (most == 0) return {};
    if (tag != nullptr && places_.contains(tag->index) && !allowed.contains(tag->index)) continue;
    FeedPosition::Done::Late done{each.id, 0, std::nullopt};
    if (tag != nullptr && places_.contains(tag->index)) {
      MW_TRY(store_.scan(tag->index, {each.from_ns, each.to_ns + 1}, [&](const Sample& sample) {
        if (most == 0) {
          done.next_ns = sample.ts_ns;
          return false;
        }
        --most;
        ++done.samples;
        batch.items.push_back({sample, true});
        return true;
      }));
    }
    if (!done.next_ns) done.samples = each.samples;
    batch.late.push_back(done);
  }
  return {};
}

Result<void> FeedCursor::done(const FeedBatch& batch) {
  FeedPosition::Done done;
  for (const FeedBatch::Read& each : batch.reads) {
    done.positions.emplace_back(catalogue_.tags()[each.tag].id, each.up_to_ns);
  }
  done.late = batch.late;
  const std::lock_guard lock(mutex_);
  MW_TRY(position_->done(done));
  for (const FeedBatch::Read& each : batch.reads) {
    Place& place = places_[each.tag];
    place.sent_ns = each.up_to_ns;
    if (each.all) {
      place.waiting = place.after;  // exactly, whatever was counted before
    } else {
      place.waiting.samples -= std::min(place.waiting.samples, each.samples);
    }
  }
  if (!batch.late.empty()) {
    MW_ASSIGN(const FeedPosition::LateTotal late, position_->late_total());
    late_ = {late.samples, late.since_ns};
    for (const LateStretch& each : unnoted_) late_.samples += each.samples;
  }
  ++news_;  // there may be more of what was not given for want of room
  return {};
}

FeedBacklog FeedCursor::backlog() const {
  const std::lock_guard lock(mutex_);
  FeedBacklog out;
  const auto add = [&](const Waiting& waiting) {
    if (waiting.samples == 0) return;
    out.since_ns = out.samples == 0 ? waiting.since_ns : std::min(out.since_ns, waiting.since_ns);
    out.samples += waiting.samples;
  };
  for (const auto& [tag, place] : places_) add(place.waiting);
  add(late_);
  return out;
}

}  // namespace mw::plant
