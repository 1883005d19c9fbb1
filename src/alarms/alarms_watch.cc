// How alarms follow the plant's values.
#include <algorithm>
#include <chrono>

#include "alarms/internal/alarm.h"

namespace mw::alarms {
namespace {

constexpr int64_t kBetweenLogsNs = 60 * kNsPerSecond;
constexpr std::size_t kMostRaised = 100'000;

}  // namespace

void Alarms::watch(plant::Plant& plant) {
  // All lines: an alarm comes whoever is looking.
  const Identity all{Identity::Kind::kService, "alarms", {{Role::kViewer, {"*"}, {}}}};
  take(plant.snapshot(all).values);
  subscription_ = plant.subscribe(all, [this](const plant::Change& change) {
    if (!change.values.empty()) take(change.values);
  });
  thread_ = std::thread([this] { run(); });
}

void Alarms::run() {
  while (true) {
    tick();
    bool again = false;
    int64_t wait_ns = 0;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      again = unwritten_;
      wait_ns = again ? kNsPerSecond : ns_to_next_look();
    }
    std::unique_lock<std::mutex> lock(inbox_mutex_);
    // While the disk refuses, news do not hurry the next try.
    wake_.wait_for(lock, std::chrono::nanoseconds(wait_ns),
                   [&] { return stopping_ || (woken_ && !again); });
    if (stopping_) return;
    woken_ = false;
  }
}

void Alarms::wake() {
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

/// At most a second, as some things change with time alone.
int64_t Alarms::ns_to_next_look() const {
  const TimeNs now = options_.clock->now_ns();
  int64_t wait_ns = kNsPerSecond;
  for (const auto& [id, alarm] : alarms_) {
    if (const auto next = alarm->next_ns()) wait_ns = std::min(wait_ns, *next - now);
  }
  return std::max<int64_t>(wait_ns, kNsPerMs);
}

void Alarms::take(const std::vector<plant::TagValue>& values) {
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    for (const plant::TagValue& value : values) inbox_[value.tag] = value;
  }
  wake();
}

/// Also of tags that no rule looks at yet: the next rule may.
void Alarms::open_inbox() {
  std::unordered_map<std::string, plant::TagValue> came;
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    came.swap(inbox_);
  }
  for (auto& [tag, value] : came) {
    if (const auto users = by_tag_.find(tag); users != by_tag_.end()) {
      changed_.insert(users->second.begin(), users->second.end());
    }
    values_[tag] = std::move(value);
  }
}

const plant::TagValue* Alarms::value_of(std::string_view tag) const {
  const auto found = values_.find(std::string(tag));
  return found == values_.end() ? nullptr : &found->second;
}

void Alarms::tick() {
  const std::lock_guard<std::mutex> guard(mutex_);
  open_inbox();
  const TimeNs now = options_.clock->now_ns();
  for (const auto& [id, alarm] : alarms_) {
    const auto next = alarm->next_ns();
    if (next && *next <= now) changed_.insert(alarm.get());
  }
  std::vector<Entry> entries;
  std::map<std::string, AlarmStatus> statuses;
  std::vector<std::pair<Alarm*, AlarmMachine>> before;
  for (Alarm* alarm : changed_) {
    if (!alarm->rule.enabled) continue;
    before.emplace_back(alarm, alarm->machine);
    step(*alarm, now, entries, statuses);
  }
  const auto written = journal_.write(entries, statuses);
  unwritten_ = !written;
  if (!written) {
    // Nothing is told that is not kept: the same is looked at again.
    for (auto& [alarm, machine] : before) alarm->machine = machine;
    if (now - logged_problem_ns_ > kBetweenLogsNs) {
      logged_problem_ns_ = now;
      options_.log(LogLevel::kError, "alarms",
                   "the journal cannot be written: " + written.error().message.en);
    }
    return;
  }
  changed_.clear();
  count_raised(entries);
  if (!statuses.empty()) ++version_;
  notice_time(now);
}

/// Chattering, stale and the rate change without any event.
void Alarms::notice_time(TimeNs now) {
  std::vector<int> counted(3, 0);
  counted[0] =
      static_cast<int>(std::count_if(raised_.begin(), raised_.end(), [&](const Raised& each) {
        return each.ts_ns > now - kRateWindowNs;
      }));
  for (const auto& [id, alarm] : alarms_) {
    counted[1] += alarm->is_chattering(now) ? 1 : 0;
    counted[2] += alarm->is_stale(now) ? 1 : 0;
  }
  if (counted == counted_) return;
  counted_ = std::move(counted);
  ++version_;
}

void Alarms::step(Alarm& alarm, TimeNs now, std::vector<Entry>& entries,
                  std::map<std::string, AlarmStatus>& statuses) {
  const auto lookup = [this](std::string_view tag) { return value_of(tag); };
  AlarmMachine& machine = alarm.machine;
  const Truth condition = evaluate(alarm.rule.when, lookup, machine.held());
  const Truth unless = alarm.rule.unless
                           ? evaluate(*alarm.rule.unless, lookup, machine.status().suppressed)
                           : Truth::kFalse;
  const bool was_active = machine.status().active;
  bool told = false;
  machine.step(now, condition, unless, [&](Event event) {
    told = true;
    entries.push_back(entry_of(alarm, event, {}, {}, now));
  });
  // What is put aside is followed without a word, and has to be known after a restart all the same.
  if (told || machine.status().active != was_active) statuses[alarm.rule.id] = machine.status();
}

Entry Alarms::entry_of(const Alarm& alarm, Event event, const std::string& who,
                       const std::string& note, TimeNs now) const {
  Entry entry;
  entry.ts_ns = now;
  entry.rule = alarm.rule.id;
  entry.line = alarm.rule.line;
  entry.asset = alarm.rule.asset;
  entry.event = event;
  entry.state = alarm.machine.status().state();
  entry.priority = alarm.rule.priority;
  entry.who = who;
  entry.note = note;
  if (const plant::TagValue* value = value_of(alarm.tags.front()); value != nullptr) {
    if (value->quality != Quality::kBad) entry.value = value->value;
  }
  return entry;
}

void Alarms::count_raised(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    if (entry.event != Event::kRaised) continue;
    raised_.push_back({entry.ts_ns, entry.line});
    if (const auto found = alarms_.find(entry.rule); found != alarms_.end()) {
      found->second->raised_ns.push_back(entry.ts_ns);
    }
  }
  const TimeNs now = options_.clock->now_ns();
  while (!raised_.empty() &&
         (raised_.front().ts_ns < now - kNsPerDay || raised_.size() > kMostRaised)) {
    raised_.pop_front();
  }
  for (const auto& [id, alarm] : alarms_) {
    auto& mine = alarm->raised_ns;
    while (!mine.empty() && mine.front() < now - kNsPerHour) mine.pop_front();
  }
}

}  // namespace mw::alarms
