// What people do with alarms.
#include <algorithm>

#include "alarms/internal/alarm.h"
#include "security/rights.h"

namespace mw::alarms {
namespace {

constexpr int64_t kShortestShelfNs = kNsPerMinute;
constexpr int64_t kLongestShelfNs = 7 * kNsPerDay;
constexpr std::size_t kMostNoteBytes = 1'000;

Error denied(const char* role, const char* role_zh) {
  return Error::make(
      Code::kPermissionDenied,
      std::string("role ") + role + " is needed on this line: ask whoever manages people",
      std::string("需要该产线的") + role_zh + "角色，请联系人员管理员");
}

Event event_of(Alarms::Action action) {
  switch (action) {
    case Alarms::Action::kAcknowledge:
      return Event::kAcknowledged;
    case Alarms::Action::kReset:
      return Event::kReset;
    case Alarms::Action::kShelve:
      return Event::kShelved;
    case Alarms::Action::kUnshelve:
      return Event::kUnshelved;
    case Alarms::Action::kOutOfService:
      return Event::kOutOfService;
    case Alarms::Action::kInService:
      return Event::kInService;
  }
  return Event::kAcknowledged;
}

Result<void> check(const Identity& who, const Alarms::Order& order, const std::string& line) {
  using Action = Alarms::Action;
  const bool service = order.action == Action::kOutOfService || order.action == Action::kInService;
  if (service && !who.may(Role::kEngineer, line)) return denied("engineer", "工程师");
  if (!who.may(Role::kOperator, line)) return denied("operator", "操作员");
  const bool hides = order.action == Action::kShelve || order.action == Action::kOutOfService;
  if (hides && order.note.empty()) {
    return Error::make(Code::kInvalidArgument, "'note': say why, for whoever comes next",
                       "“note”：请写明原因，便于接班人员了解", "note");
  }
  if (order.note.size() > kMostNoteBytes) {
    return Error::make(Code::kInvalidArgument, "'note': at most 1000 bytes",
                       "“note”：最多 1000 字节", "note");
  }
  if (order.action == Action::kShelve &&
      (order.for_ns < kShortestShelfNs || order.for_ns > kLongestShelfNs)) {
    return Error::make(Code::kInvalidArgument, "'minutes': expected 1 to 10080 (7 days)",
                       "“minutes”：应为 1 到 10080（7 天）", "minutes");
  }
  return {};
}

}  // namespace

bool may_operate(const Identity& who) { return who.has_role(Role::kOperator); }
bool may_engineer(const Identity& who) { return who.has_role(Role::kEngineer); }

Result<void> Alarms::audit(const Identity& who, const std::string& action, const std::string& rule,
                           const std::string& note) const {
  if (options_.audit == nullptr) return {};
  security::AuditEvent event;
  event.who = security::audit_name(who);
  event.action = "alarm." + action;
  event.object = "alarm:" + rule;
  event.detail = note;
  return options_.audit->record(event);
}

Result<void> Alarms::forget_person(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  return journal_.forget(name);
}

Result<AlarmView> Alarms::act(const Identity& who, const Order& order) {
  std::unique_lock<std::mutex> lock(mutex_);
  MW_ASSIGN(Alarm* const alarm, visible(who, order.rule));
  MW_TRY(check(who, order, alarm->rule.line));
  if (!alarm->rule.enabled) {
    return Error::make(Code::kConflict, "its rule is disabled: nobody has to see to it",
                       "该规则已禁用，无需处理");
  }
  const TimeNs now = options_.clock->now_ns();
  const AlarmMachine before = alarm->machine;
  AlarmMachine& machine = alarm->machine;
  std::vector<Event> followed;
  const auto on_event = [&](Event event) { followed.push_back(event); };
  Result<void> done;
  switch (order.action) {
    case Action::kAcknowledge:
      done = machine.acknowledge(now);
      break;
    case Action::kReset:
      done = machine.reset(now);
      break;
    case Action::kShelve:
      done = machine.shelve(now, now + order.for_ns);
      break;
    case Action::kUnshelve:
      done = machine.unshelve(now, on_event);
      break;
    case Action::kOutOfService:
    case Action::kInService:
      done = machine.set_out_of_service(now, order.action == Action::kOutOfService, on_event);
      break;
  }
  if (!done) return done.error();
  const std::string action(event_name(event_of(order.action)));
  if (const auto kept = audit(who, action, order.rule, order.note); !kept) {
    machine = before;
    return kept.error();
  }
  std::vector<Entry> entries = {
      entry_of(*alarm, event_of(order.action), who.name, order.note, now)};
  for (const Event event : followed) {
    if (event != entries.front().event) entries.push_back(entry_of(*alarm, event, {}, {}, now));
  }
  const std::map<std::string, AlarmStatus> statuses = {{alarm->rule.id, machine.status()}};
  if (const auto written = journal_.write(entries, statuses); !written) {
    machine = before;  // what is not on disk did not happen
    return written.error();
  }
  count_raised(entries);
  ++version_;
  AlarmView view = view_of(*alarm, now);
  lock.unlock();
  wake();
  return view;
}

}  // namespace mw::alarms
