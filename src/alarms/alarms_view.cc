// How alarms look to whoever may see them.
#include <algorithm>
#include <tuple>

#include "alarms/internal/alarm.h"

namespace mw::alarms {
namespace {

constexpr std::size_t kFloodBegins = 10;  // more than so many in ten minutes
constexpr std::size_t kFloodEnds = 5;     // fewer

/// Whether a flood is on at `now`, after alarms at `raised` (in order): from more than 10 in ten
/// minutes until fewer than 5.
bool is_flood(const std::vector<TimeNs>& raised, TimeNs now) {
  bool flood = false;
  std::size_t first = 0;
  const auto lately = [&](std::size_t end, TimeNs at) {
    while (first < end && raised[first] <= at - kRateWindowNs) ++first;
    return end - first;
  };
  for (std::size_t i = 0; i < raised.size(); ++i) {
    if (lately(i, raised[i]) < kFloodEnds) flood = false;
    if (i + 1 - first > kFloodBegins) flood = true;
  }
  return flood && lately(raised.size(), now) >= kFloodEnds;
}

/// What somebody has to do comes first.
int urgency(State state) {
  switch (state) {
    case State::kUnacknowledged:
      return 0;
    case State::kReturned:
      return 1;
    case State::kAcknowledged:
      return 2;
    case State::kLatched:
      return 3;
    case State::kShelved:
      return 4;
    case State::kSuppressed:
    case State::kOutOfService:
      return 5;
    case State::kNormal:
      return 6;
  }
  return 6;
}

}  // namespace

/// Three within a minute, in the last ten.
bool Alarms::Alarm::is_chattering(TimeNs now) const {
  for (std::size_t i = 2; i < raised_ns.size(); ++i) {
    const bool lately = raised_ns[i] > now - kRateWindowNs;
    if (lately && raised_ns[i] - raised_ns[i - 2] <= kNsPerMinute) return true;
  }
  return false;
}

AlarmView Alarms::view_of(const Alarm& alarm, TimeNs now) const {
  AlarmView view{.rule = alarm.rule,
                 .status = alarm.machine.status(),
                 .value = {},
                 .text = {},
                 .unit = options_.catalogue->tag(alarm.tags.front())->unit,
                 .raised_in_hour = 0,
                 .chattering = alarm.is_chattering(now),
                 .stale = alarm.is_stale(now)};
  if (const plant::TagValue* value = value_of(alarm.tags.front()); value != nullptr) {
    if (value->quality != Quality::kBad) {
      view.value = value->value;
      view.text = value->text;
    }
  }
  view.raised_in_hour =
      static_cast<int>(std::count_if(alarm.raised_ns.begin(), alarm.raised_ns.end(),
                                     [&](TimeNs each) { return each > now - kNsPerHour; }));
  return view;
}

std::vector<AlarmView> Alarms::list(const Identity& who, bool all) const {
  std::vector<AlarmView> out;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const TimeNs now = options_.clock->now_ns();
    for (const auto& [id, alarm] : alarms_) {
      if (!who.may_see_line(alarm->rule.line)) continue;
      const bool quiet = alarm->machine.status().state() == State::kNormal;
      if (all || !quiet) out.push_back(view_of(*alarm, now));
    }
  }
  const auto key = [](const AlarmView& view) {
    return std::tuple(urgency(view.status.state()), -static_cast<int>(view.rule.priority),
                      -view.status.changed_ns);
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const AlarmView& a, const AlarmView& b) { return key(a) < key(b); });
  return out;
}

Result<AlarmView> Alarms::find(const Identity& who, const std::string& id) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(Alarm* const alarm, visible(who, id));
  return view_of(*alarm, options_.clock->now_ns());
}

AlarmLoad Alarms::load(const Identity& who) const {
  AlarmLoad out;
  for (const AlarmView& view : list(who, false)) {
    const State state = view.status.state();
    out.standing += view.status.active ? 1 : 0;
    out.unacknowledged += state == State::kUnacknowledged || state == State::kReturned ? 1 : 0;
    out.shelved += state == State::kShelved ? 1 : 0;
    out.chattering += view.chattering ? 1 : 0;
    out.stale += view.stale ? 1 : 0;
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  const TimeNs now = options_.clock->now_ns();
  std::vector<TimeNs> mine;
  for (const Raised& each : raised_) {
    if (who.may_see_line(each.line)) mine.push_back(each.ts_ns);
  }
  out.raised_in_10_min = static_cast<int>(std::count_if(
      mine.begin(), mine.end(), [&](TimeNs each) { return each > now - kRateWindowNs; }));
  out.flood = is_flood(mine, now);
  return out;
}

Result<std::vector<Entry>> Alarms::journal(const Identity& who, const EntryFilter& filter) const {
  const std::lock_guard<std::mutex> guard(reader_mutex_);
  return reader_.read(who, filter);
}

uint64_t Alarms::version() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return version_;
}

}  // namespace mw::alarms
