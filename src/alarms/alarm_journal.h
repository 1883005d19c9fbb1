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
  int64_t number = 0;  // of what is read: how many entries there were for this reader, with it
  TimeNs ts_ns = 0;
  std::string rule;
  std::string line;
  Event event = Event::kRaised;
  State state = State::kNormal;  // after it
  Priority priority = Priority::kMedium;
  std::string who;              // empty: the plant itself
  std::string note;             // what that person wrote
  std::optional<double> value;  // of the first tag that the rule looks at
  std::string asset;            // empty: of a time when it was not kept, the rule being no more
};

/// Which entries are wanted.
struct EntryFilter {
  TimeNs from_ns = 0;
  TimeNs to_ns = INT64_MAX;
  std::string rule;           // empty: all
  std::string asset;          // empty: all
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

  struct StoredRule {
    std::string id;
    std::string body;     // JSON
    bool edited = false;  // by a person
  };
  Result<std::vector<StoredRule>> rules();
  /// Whether the rules that a plant begins with were never written.
  Result<bool> wants_first_rules();
  /// All or none, and that they were.
  Result<void> put_first_rules(const std::vector<AlarmRule>& rules);
  /// A person's rule and how its alarm stands from now on.
  Result<void> put_rule(const AlarmRule& rule, const AlarmStatus& status);
  /// A stored rule as the plant calls its tags now; `edited` stays what it was.
  Result<void> rename_in_rule(const AlarmRule& rule, bool edited);
  Result<void> remove_rule(const std::string& id);

  Result<std::map<std::string, AlarmStatus>> statuses();
  /// Entries and how the alarms stand after them, all or nothing.
  Result<void> write(const std::vector<Entry>& entries,
                     const std::map<std::string, AlarmStatus>& statuses);

  /// Entries of that name are nobody's from now on.
  Result<void> forget(const std::string& who);

  /// Newest first, of lines that `who` may see. Entries are counted for each reader, those of a
  /// machine by themselves where one is asked for: the numbers on disk would tell how much happens
  /// on lines that `who` may not see.
  Result<std::vector<Entry>> read(const Identity& who, const EntryFilter& filter);

 private:
  explicit AlarmJournal(sqlite::Database database) : database_(std::move(database)) {}
  Result<void> in_transaction(const std::function<Result<void>()>& write);
  Result<void> write_rule(const AlarmRule& rule, bool edited);
  Result<void> write_entries(const std::vector<Entry>& entries);
  Result<void> write_statuses(const std::map<std::string, AlarmStatus>& statuses);

  Result<void> count_new();
  Result<int64_t> count_of_asset(const Identity& who, const std::string& asset);

  sqlite::Database database_;
  std::map<std::string, int64_t> entries_of_line_;  // up to counted_
  int64_t counted_ = 0;                             // the number on disk
};

}  // namespace mw::alarms
