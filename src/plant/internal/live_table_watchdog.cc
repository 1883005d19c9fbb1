#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plant/internal/live_table.h"

// When a tag is no longer known: its watchdog's period has passed, or its link is down.

namespace mw::plant {
namespace {

// A broker that restarts is back within a second; until then values stay good.
constexpr int64_t kLinkGraceNs = kNsPerSecond;
constexpr int64_t kNsPerUs = 1000;
constexpr TimeNs kNever = std::numeric_limits<TimeNs>::max();

/// What history shows of a tag that is no longer known: bad, without value.
Sample mark_of(const Tag& tag, QualityReason reason, TimeNs at_ns) {
  Sample mark;
  mark.tag = tag.index;
  // Between two milliseconds: a sample that comes late must not find its time taken by a mark, and
  // devices count in milliseconds.
  mark.ts_ns = mark.server_ts_ns = at_ns / kNsPerMs * kNsPerMs - kNsPerUs;
  mark.value = std::numeric_limits<double>::quiet_NaN();
  mark.quality = Quality::kBad;
  mark.reason = reason;
  return mark;
}

}  // namespace

int64_t LiveTable::watchdog_ns(const Tag& tag) {
  return static_cast<int64_t>(tag.watchdog_s * 1e9);
}

LiveTable::LinkId LiveTable::add_link(std::span<const TagIndex> tags) {
  const std::lock_guard lock(mutex_);
  links_.push_back({});
  for (const TagIndex tag : tags) link_of_tag_[tag] = links_.size() - 1;
  due_ns_ = 0;
  return links_.size() - 1;
}

void LiveTable::set_link(LinkId link, bool up, TimeNs since_ns) {
  const std::lock_guard lock(mutex_);
  if (links_[link].up == up) return;
  links_[link] = {up, since_ns};
  due_ns_ = 0;
}

LiveTable::Link LiveTable::link_of_locked(const Tag& tag) const {
  const auto own = link_of_tag_.find(tag.index);
  if (own != link_of_tag_.end()) return links_[own->second];
  if (entries_[tag.index].way == Way::kOther) return {};  // its watchdog alone
  return {!broker_.configured || broker_.connected, broker_.since_ns};
}

std::vector<Sample> LiveTable::tick(TimeNs now_ns) {
  const std::lock_guard lock(mutex_);
  look_locked(now_ns);
  return std::exchange(marks_, {});
}

void LiveTable::look_locked(TimeNs now_ns) const {
  due_ns_ = kNever;
  for (const Tag& tag : catalogue_->tags()) {
    Entry& entry = entries_[tag.index];
    const bool marked = entry.mark != QualityReason::kNone;
    if (marked && entry.mark != QualityReason::kClockBehind) continue;
    // The wall clock was set back: ages start anew.
    if (entry.heard_ns > now_ns + kNsPerMinute) entry.heard_ns = now_ns;
    if (entry.newest_ns > now_ns + kNsPerMinute) entry.newest_ns = now_ns;
    const TimeNs silent_ns = entry.heard_ns + watchdog_ns(tag) + 1;  // longer than the period
    const TimeNs behind_ns = entry.newest_ns + watchdog_ns(tag) + 1;
    const Link link = link_of_locked(tag);
    const TimeNs cut_off_ns =
        link.up ? kNever : link.since_ns + std::min(kLinkGraceNs, watchdog_ns(tag));
    const TimeNs next_ns = std::min({cut_off_ns, silent_ns, marked ? kNever : behind_ns});
    if (now_ns < next_ns) {
      due_ns_ = std::min(due_ns_, next_ns);
      continue;
    }
    entry.mark = QualityReason::kClockBehind;
    if (now_ns >= cut_off_ns || now_ns >= silent_ns) {
      entry.mark = link.up ? QualityReason::kSilent : QualityReason::kNoCommunication;
    } else {
      due_ns_ = std::min(due_ns_, silent_ns);
    }
    touch(tag);
    // One mark a stretch: history is bad since the first.
    if (!marked) marks_.push_back(mark_of(tag, entry.mark, now_ns));
  }
}

std::vector<Sample> LiveTable::cut_link(LinkId link, TimeNs at_ns) {
  const std::lock_guard lock(mutex_);
  if (links_[link].up) links_[link] = {false, at_ns};
  std::vector<Sample> marks;
  for (const Tag& tag : catalogue_->tags()) {
    const auto own = link_of_tag_.find(tag.index);
    Entry& entry = entries_[tag.index];
    if (own == link_of_tag_.end() || own->second != link) continue;
    const bool marked = entry.mark != QualityReason::kNone;
    entry.mark = QualityReason::kNoCommunication;
    touch(tag);
    if (!marked) marks.push_back(mark_of(tag, entry.mark, at_ns));
  }
  return marks;
}

}  // namespace mw::plant
