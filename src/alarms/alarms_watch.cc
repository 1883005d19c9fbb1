// How alarms follow the plant's values.
#include <algorithm>
#include <chrono>

#include "alarms/internal/alarm.h"

namespace mw::alarms {
namespace {

constexpr std::chrono::milliseconds kLongestWait{1000};
constexpr int64_t kBetweenLogsNs = 60 * kNsPerSecond;

}  // namespace

void Alarms::watch(plant::Plant& plant) {
  // All lines: an alarm comes whoever is looking.
  const Identity all{Identity::Kind::kService, "alarms", {}, {"*"}, {}};
  take(plant.snapshot(all).values);
  subscription_ = plant.subscribe(all, [this](const plant::Change& change) {
    if (change.values.empty()) return;
    take(change.values);
    wake_.notify_all();
  });
  thread_ = std::thread([this] { run(); });
}

void Alarms::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    tick();
    lock.lock();
    if (stopping_) return;
    auto wait = kLongestWait;
    const TimeNs now = options_.clock->now_ns();
    for (const auto& [id, alarm] : alarms_) {
      const auto next = alarm->machine.next_ns();
      if (!next) continue;
      const auto left =
          std::chrono::milliseconds(std::max<int64_t>(1, (*next - now) / kNsPerMs + 1));
      wait = std::min(wait, left);
    }
    wake_.wait_for(lock, wait, [&] { return stopping_ || !changed_.empty(); });
  }
}

void Alarms::take(const std::vector<plant::TagValue>& values) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const plant::TagValue& value : values) {
    const auto users = by_tag_.find(value.tag);
    if (users == by_tag_.end()) continue;
    values_[value.tag] = value;
    changed_.insert(users->second.begin(), users->second.end());
  }
}

const plant::TagValue* Alarms::value_of(std::string_view tag) const {
  const auto found = values_.find(std::string(tag));
  return found == values_.end() ? nullptr : &found->second;
}

void Alarms::tick() {
  const std::lock_guard<std::mutex> guard(mutex_);
  const TimeNs now = options_.clock->now_ns();
  for (const auto& [id, alarm] : alarms_) {
    const auto next = alarm->machine.next_ns();
    if (next && *next <= now) changed_.insert(alarm.get());
  }
  if (changed_.empty()) return;
  std::vector<Entry> entries;
  std::map<std::string, AlarmStatus> statuses;
  std::vector<std::pair<Alarm*, AlarmMachine>> before;
  for (Alarm* alarm : changed_) {
    if (!alarm->rule.enabled) continue;
    before.emplace_back(alarm, alarm->machine);
    step(*alarm, now, entries, statuses);
  }
  if (const auto written = journal_.write(entries, statuses); !written) {
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
}

void Alarms::step(Alarm& alarm, TimeNs now, std::vector<Entry>& entries,
                  std::map<std::string, AlarmStatus>& statuses) {
  const auto lookup = [this](std::string_view tag) { return value_of(tag); };
  AlarmMachine& machine = alarm.machine;
  const Truth condition = evaluate(alarm.rule.when, lookup, machine.held());
  const Truth unless = alarm.rule.unless
                           ? evaluate(*alarm.rule.unless, lookup, machine.status().suppressed)
                           : Truth::kFalse;
  bool told = false;
  machine.step(now, condition, unless, [&](Event event) {
    told = true;
    entries.push_back(entry_of(alarm, event, {}, {}, now));
  });
  if (told) statuses[alarm.rule.id] = machine.status();
}

Entry Alarms::entry_of(const Alarm& alarm, Event event, const std::string& who,
                       const std::string& note, TimeNs now) const {
  Entry entry;
  entry.ts_ns = now;
  entry.rule = alarm.rule.id;
  entry.line = alarm.rule.line;
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
  const TimeNs hour_ago = options_.clock->now_ns() - kNsPerHour;
  while (!raised_.empty() && raised_.front().ts_ns < hour_ago) raised_.pop_front();
  for (const auto& [id, alarm] : alarms_) {
    auto& mine = alarm->raised_ns;
    while (!mine.empty() && mine.front() < hour_ago) mine.pop_front();
  }
}

}  // namespace mw::alarms
