#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "alarms/alarm_journal.h"
#include "alarms/alarm_rule.h"
#include "alarms/alarm_state.h"
#include "core/clock.h"
#include "core/identity.h"
#include "core/log.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::alarms {

class AlarmMachine;

/// Whether `who` may do what an operator does with alarms.
bool may_operate(const Identity& who);
/// Whether `who` may change what alarms there are.
bool may_engineer(const Identity& who);

/// An alarm as it stands, for people.
struct AlarmView {
  AlarmRule rule;
  AlarmStatus status;
  std::optional<double> value;  // of the first tag that the rule looks at; absent: not good
  std::string text;             // of a state
  std::string unit;
  int raised_in_hour = 0;
  bool chattering = false;  // came three times within a minute, in the last ten
  bool stale = false;       // has been there for more than a day
};

/// A stored rule that does not fit the plant any more: nobody is warned by it.
struct LeftOutRule {
  std::string id;
  Text problem;
};

/// Tells one state of a rule from another: who changes it says which one they saw.
std::string revision_of(const AlarmRule& rule);

/// How many alarms people have to see to (EEMUA 191).
struct AlarmLoad {
  int standing = 0;        // the condition holds, whatever people did
  int unacknowledged = 0;  // also those that returned
  int shelved = 0;
  int chattering = 0;
  int stale = 0;
  int raised_in_10_min = 0;
  bool flood = false;  // from more than 10 raised in ten minutes until fewer than 5
};

struct AlarmOptions {
  std::string path;  // alarms.db
  std::shared_ptr<const plant::Catalogue> catalogue;
  const Clock* clock = nullptr;  // must outlive it
  LogSink log;
  std::shared_ptr<security::Audit> audit;  // of what people do; null: none is kept
};

/// The plant's alarms: rules over tags, how each stands, what people did, and the journal of it
/// (ISA-18.2). Nothing here writes to a machine.
///
/// Rights   reads show lines that `who` may see; what is of another line does not exist for them
///          (kNotFound). Acknowledge, reset, shelve: role operator, engineer or admin. Out of
///          service and rules: engineer or admin. Else kPermissionDenied.
/// Errors   kConflict for what the alarm's state does not allow; those of the journal and of the
///          audit log, which has what a person does before it counts: then nothing happened.
/// Threads  any.
class Alarms {
 public:
  /// Reads the journal; a new one gets the rules of the plant's normal ranges. A rule that no
  /// longer fits the plant is left out and logged, and stays in the file.
  static Result<std::unique_ptr<Alarms>> open(AlarmOptions options);
  ~Alarms();

  /// Follows a plant from now on, which must outlive this.
  void watch(plant::Plant& plant);
  /// New values of tags; looked at by the next tick(). Does not wait for a disk.
  void take(const std::vector<plant::TagValue>& values);
  /// Looks at what changed and at delays that are over; what watch() does by itself.
  void tick();

  /// Worst first: by whether somebody has to act, then priority, then the newest.
  /// `all`: also those that are normal.
  std::vector<AlarmView> list(const Identity& who, bool all) const;
  Result<AlarmView> find(const Identity& who, const std::string& id) const;
  AlarmLoad load(const Identity& who) const;
  /// What a person did in it is nobody's from now on.
  Result<void> forget_person(const std::string& name);
  Result<std::vector<Entry>> journal(const Identity& who, const EntryFilter& filter) const;
  /// Grows with each change that somebody could see.
  uint64_t version() const;

  enum class Action { kAcknowledge, kReset, kShelve, kUnshelve, kOutOfService, kInService };
  struct Order {
    Action action = Action::kAcknowledge;
    std::string rule;
    std::string note;    // at most 1000 bytes; shelving and taking out of service need one
    int64_t for_ns = 0;  // of shelving: 1 minute to 7 days
  };
  Result<AlarmView> act(const Identity& who, const Order& order);

  /// The rule as put_rule() would take it. Errors: those of parse_rule; kPermissionDenied.
  Result<AlarmRule> read_rule(const Identity& who, const Json& json) const;
  /// Adds or replaces. With "revision", only what still is at that one; with an empty one, only
  /// what is not there yet: else kConflict. Errors also: those of parse_rule.
  Result<AlarmRule> put_rule(const Identity& who, const Json& json);
  Result<void> remove_rule(const Identity& who, const std::string& id);
  /// For who may see all lines, as such a rule is of none.
  std::vector<LeftOutRule> left_out(const Identity& who) const;

 private:
  struct Alarm;
  struct ByRule {
    bool operator()(const Alarm* a, const Alarm* b) const;
  };
  struct Raised {
    TimeNs ts_ns;
    std::string line;
  };

  Alarms(AlarmOptions options, AlarmJournal journal, AlarmJournal reader);
  Result<void> load_rules();
  void add(AlarmRule rule, const AlarmStatus& status);
  void forget(Alarm* alarm);
  Result<Alarm*> visible(const Identity& who, const std::string& id) const;
  Result<void> audit(const Identity& who, const std::string& action, const std::string& rule,
                     const std::string& note) const;
  Entry entry_of(const Alarm& alarm, Event event, const std::string& who, const std::string& note,
                 TimeNs now) const;
  const plant::TagValue* value_of(std::string_view tag) const;
  void step(Alarm& alarm, TimeNs now, std::vector<Entry>& entries,
            std::map<std::string, AlarmStatus>& statuses);
  void count_raised(const std::vector<Entry>& entries);
  void open_inbox();
  void wake();
  Result<void> check_new_id(const Identity& who, const AlarmRule& rule) const;
  bool may_take_over(const Identity& who, const std::string& id) const;
  int64_t ns_to_next_look() const;
  void notice_time(TimeNs now);
  AlarmView view_of(const Alarm& alarm, TimeNs now) const;
  void run();

  const AlarmOptions options_;
  mutable std::mutex mutex_;
  AlarmJournal journal_;
  std::map<std::string, std::unique_ptr<Alarm>> alarms_;
  std::unordered_map<std::string, std::vector<Alarm*>> by_tag_;
  std::map<std::string, Text> left_out_;  // stored rules that do not fit the plant, and why
  std::unordered_map<std::string, plant::TagValue> values_;
  // To be looked at. By rule: what comes at the same moment stands in the journal in an order that
  // depends on no other alarm.
  std::set<Alarm*, ByRule> changed_;
  std::deque<Raised> raised_;  // of the last day, in order
  std::vector<int> counted_;   // what changes with time alone, as it was last seen
  uint64_t version_ = 1;
  bool unwritten_ = false;  // the last step is not on disk: it is tried again each second
  int64_t logged_problem_ns_ = 0;

  mutable std::mutex reader_mutex_;  // a long look into the journal holds up nothing else
  mutable AlarmJournal reader_;

  // What comes from the plant's thread, which must not wait for a disk.
  std::mutex inbox_mutex_;
  std::unordered_map<std::string, plant::TagValue> inbox_;  // the newest of each tag
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;
  std::unique_ptr<plant::Subscription> subscription_;
};

}  // namespace mw::alarms
