// How alarms look to whoever may see them.
#include <algorithm>
#include <tuple>

#include "alarms/internal/alarm.h"

namespace mw::alarms {
namespace {

constexpr int64_t kRateWindowNs = 10 * kNsPerMinute;
constexpr int kFloodBegins = 10;  // more than so many in ten minutes
constexpr int kFloodEnds = 5;     // fewer

/// Whether three lie within a minute, in the last ten.
bool is_chattering(const std::deque<TimeNs>& raised, TimeNs now) {
  for (std::size_t i = 2; i < raised.size(); ++i) {
    if (raised[i] > now - kRateWindowNs && raised[i] - raised[i - 2] <= kNsPerMinute) return true;
  }
  return false;
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

AlarmView Alarms::view_of(const Alarm& alarm, TimeNs now) const {
  AlarmView view{.rule = alarm.rule,
                 .status = alarm.machine.status(),
                 .value = {},
                 .text = {},
                 .unit = options_.catalogue->tag(alarm.tags.front())->unit,
                 .raised_in_hour = 0,
                 .chattering = is_chattering(alarm.raised_ns, now),
                 .stale = false};
  if (const plant::TagValue* value = value_of(alarm.tags.front()); value != nullptr) {
    if (value->quality != Quality::kBad) {
      view.value = value->value;
      view.text = value->text;
    }
  }
  view.raised_in_hour =
      static_cast<int>(std::count_if(alarm.raised_ns.begin(), alarm.raised_ns.end(),
                                     [&](TimeNs each) { return each > now - kNsPerHour; }));
  view.stale = view.status.active && view.status.active_since_ns < now - kNsPerDay;
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
  out.raised_in_10_min =
      static_cast<int>(std::count_if(raised_.begin(), raised_.end(), [&](const Raised& each) {
        return each.ts_ns > now - kRateWindowNs && who.may_see_line(each.line);
      }));
  // A flood is over for those who see these lines when few come, not at the first that stays away.
  bool& flood = flood_[who.rights()];
  flood = out.raised_in_10_min > kFloodBegins || (flood && out.raised_in_10_min >= kFloodEnds);
  out.flood = flood;
  return out;
}

Result<std::vector<Entry>> Alarms::journal(const Identity& who, const EntryFilter& filter) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return journal_.read(who, filter);
}

uint64_t Alarms::version() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return version_;
}

}  // namespace mw::alarms
