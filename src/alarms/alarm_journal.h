#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alarms/alarm_rule.h"
#include "alarms/alarm_state.h"
#include "core/identity.h"
#include "core/result.h"
#include "sqlite/database.h"

namespace mw::alarms {

/// One line of the journal.
struct Entry {
  int64_t number = 0;  // grows by one; 0: not written yet
  TimeNs ts_ns = 0;
  std::string rule;
  std::string line;
  Event event = Event::kRaised;
  State state = State::kNormal;  // after it
  Priority priority = Priority::kMedium;
  std::string who;              // empty: the plant itself
  std::string note;             // what that person wrote
  std::optional<double> value;  // of the first tag that the rule looks at
};

/// Which entries are wanted.
struct EntryFilter {
  TimeNs from_ns = 0;
  TimeNs to_ns = INT64_MAX;
  std::string rule;           // empty: all
  int64_t before_number = 0;  // 0: from the newest on
  int limit = 100;
};

/// What is kept of alarms: rules, how each stands, what happened. One SQLite file; each write is on
/// disk when it returns (synchronous FULL), as an acknowledgement that a crash undoes is worse than
/// a slow one. Format: docs/formats/alarms_db.md.
/// Threads  one at a time.
class AlarmJournal {
 public:
  /// Errors: those of sqlite::prepare and of the disk.
  static Result<AlarmJournal> open(const std::string& path);

  /// True for a file that was made just now.
  bool is_new() const { return is_new_; }

  struct StoredRule {
    std::string id;
    std::string body;     // JSON
    bool edited = false;  // by a person
  };
  Result<std::vector<StoredRule>> rules();
  /// All or none; `edited`: by a person.
  Result<void> put_rules(const std::vector<AlarmRule>& rules, bool edited);
  Result<void> remove_rule(const std::string& id);

  Result<std::map<std::string, AlarmStatus>> statuses();
  /// Entries and how the alarms stand after them, all or nothing. Sets the entries' numbers.
  Result<void> write(std::vector<Entry>& entries,
                     const std::map<std::string, AlarmStatus>& statuses);

  /// Newest first, of lines that `who` may see.
  Result<std::vector<Entry>> read(const Identity& who, const EntryFilter& filter);

 private:
  AlarmJournal(sqlite::Database database, bool is_new)
      : database_(std::move(database)), is_new_(is_new) {}
  Result<void> in_transaction(const std::function<Result<void>()>& write);
  Result<void> write_rows(std::vector<Entry>& entries,
                          const std::map<std::string, AlarmStatus>& statuses);

  sqlite::Database database_;
  bool is_new_ = false;
};

}  // namespace mw::alarms
