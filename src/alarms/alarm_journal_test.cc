#include "alarms/alarm_journal.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace mw::alarms {
namespace {

const Identity kAll{Identity::Kind::kService, "test", {{Role::kViewer, {"*"}, {}}}};

class AlarmJournalTest : public testing::Test {
 protected:
  std::string path() const { return (folder_.path() / "alarms.db").string(); }
  AlarmJournal open() const {
    auto journal = AlarmJournal::open(path());
    EXPECT_TRUE(journal) << journal.error().message.en;
    return std::move(journal).value();
  }
  sqlite::Database other() const {
    return std::move(*sqlite::Database::open(path(), sqlite::Database::Mode::kReadWrite));
  }
  static Entry entry(TimeNs ts_ns, Event event, const char* line = "a") {
    Entry out;
    out.ts_ns = ts_ns;
    out.rule = "hot";
    out.line = line;
    out.asset = std::string("m-") + line;
    out.event = event;
    return out;
  }

 private:
  testing_support::TemporaryFolder folder_;
};

TEST_F(AlarmJournalTest, GivesBackEntriesAndStatusesAsTheyWereWritten) {
  AlarmStatus status;
  status.active = true;
  status.acknowledged = false;
  status.doubtful = true;
  status.shelved_until_ns = 5;
  status.active_since_ns = 3;
  status.changed_ns = 4;
  std::vector<Entry> entries = {entry(1, Event::kRaised), entry(2, Event::kShelved)};
  entries[1].who = "olga";
  entries[1].note = "传感器更换";
  entries[1].value = 2.5;
  {
    AlarmJournal journal = open();
    EXPECT_TRUE(*journal.wants_first_rules());
    ASSERT_TRUE(journal.put_first_rules({}));
    ASSERT_TRUE(journal.write(entries, {{"hot", status}}));
  }
  AlarmJournal journal = open();
  EXPECT_FALSE(*journal.wants_first_rules()) << "also where there were none to write";
  const auto read = journal.read(kAll, {});
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].event, Event::kShelved);
  EXPECT_EQ((*read)[0].who, "olga");
  EXPECT_EQ((*read)[0].note, "传感器更换");
  EXPECT_EQ((*read)[0].value, 2.5);
  EXPECT_EQ((*read)[1].value, std::nullopt);
  const auto statuses = journal.statuses();
  ASSERT_TRUE(statuses);
  const AlarmStatus& kept = statuses->at("hot");
  EXPECT_TRUE(kept.active && !kept.acknowledged && kept.doubtful && !kept.latched);
  EXPECT_EQ(kept.shelved_until_ns, 5);
  EXPECT_EQ(kept.active_since_ns, 3);
  EXPECT_EQ(kept.changed_ns, 4);
}

TEST_F(AlarmJournalTest, WritesAllOfAStepOrNothing) {
  AlarmJournal journal = open();
  ASSERT_TRUE(other().execute(
      "CREATE TRIGGER full BEFORE INSERT ON status BEGIN SELECT RAISE(ABORT, 'no room'); END"));
  std::vector<Entry> entries = {entry(1, Event::kRaised)};
  EXPECT_FALSE(journal.write(entries, {{"hot", AlarmStatus()}}));
  EXPECT_TRUE(journal.read(kAll, {})->empty());
  ASSERT_TRUE(other().execute("DROP TRIGGER full"));
  EXPECT_TRUE(journal.write(entries, {{"hot", AlarmStatus()}})) << "it goes on afterwards";
  EXPECT_EQ(journal.read(kAll, {})->size(), 1U);
}

TEST_F(AlarmJournalTest, ShowsOnlyLinesThatTheReaderMaySee) {
  AlarmJournal journal = open();
  std::vector<Entry> entries;
  for (int i = 0; i < 5; ++i) entries.push_back(entry(i, Event::kRaised, i % 2 == 0 ? "a" : "b"));
  ASSERT_TRUE(journal.write(entries, {}));
  const Identity of_b{Identity::Kind::kPerson, "bob", {{Role::kViewer, {"b"}, {}}}};
  EXPECT_EQ(journal.read(of_b, {})->size(), 2U);
  EXPECT_EQ(journal.read(of_b, {.limit = 1})->front().ts_ns, 3);
}

TEST_F(AlarmJournalTest, CountsTheEntriesThatAReaderMaySeeAndNoOthers) {
  AlarmJournal journal = open();
  const Identity of_b{Identity::Kind::kPerson, "bob", {{Role::kViewer, {"b"}, {}}}};
  const auto numbers = [&](const Identity& who, EntryFilter filter) {
    std::vector<int64_t> out;
    const std::vector<Entry> entries = *journal.read(who, filter);
    for (const Entry& each : entries) out.push_back(each.number);
    return out;
  };
  for (int i = 0; i < 6; ++i) {  // each read counts what came since the last
    ASSERT_TRUE(journal.write({entry(i, Event::kRaised, i % 3 == 2 ? "b" : "a")}, {}));
    numbers(of_b, {});
  }
  EXPECT_EQ(numbers(of_b, {}), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(numbers(kAll, {}), (std::vector<int64_t>{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(numbers(of_b, {.before_number = 2}), (std::vector<int64_t>{1}));
  EXPECT_EQ(numbers(kAll, {.from_ns = 2, .to_ns = 4}), (std::vector<int64_t>{4, 3}))
      << "what is left out is counted";
}

TEST_F(AlarmJournalTest, GivesOneMachinesEntriesToThoseWhoMaySeeItsLine) {
  AlarmJournal journal = open();
  std::vector<Entry> entries;
  for (int i = 0; i < 6; ++i) entries.push_back(entry(i, Event::kRaised, i % 2 == 0 ? "a" : "b"));
  ASSERT_TRUE(journal.write(entries, {}));
  EXPECT_EQ(journal.read(kAll, {.asset = "m-a"})->size(), 3U);
  EXPECT_EQ(journal.read(kAll, {.from_ns = 1, .to_ns = 4, .asset = "m-a"})->size(), 1U);
  EXPECT_EQ(journal.read(kAll, {.rule = "hot", .asset = "m-b"})->size(), 3U);
  EXPECT_EQ(journal.read(kAll, {.rule = "cold", .asset = "m-b"})->size(), 0U);
  const auto newest = journal.read(kAll, {.asset = "m-b", .limit = 1});
  EXPECT_EQ(newest->front().ts_ns, 5);
  EXPECT_EQ(newest->front().asset, "m-b");
  const auto next =
      journal.read(kAll, {.asset = "m-b", .before_number = newest->front().number, .limit = 1});
  EXPECT_EQ(next->front().ts_ns, 3);
  const Identity of_b{Identity::Kind::kPerson, "bob", {{Role::kViewer, {"b"}, {}}}};
  EXPECT_EQ(journal.read(of_b, {.asset = "m-b"})->size(), 3U);
  EXPECT_TRUE(journal.read(of_b, {.asset = "m-a"})->empty()) << "as of one that does not exist";
}

TEST_F(AlarmJournalTest, TakesAFileOfTheVersionBeforeAlongWithTheMachinesOfItsRules) {
  {
    AlarmJournal journal = open();
    ASSERT_TRUE(journal.write({entry(1, Event::kRaised), entry(2, Event::kReturned)}, {}));
    // As version 1 left it: no machine beside an entry; one rule is there, one is gone.
    ASSERT_TRUE(other().execute(
        "DROP INDEX entry_by_asset; ALTER TABLE entry DROP COLUMN asset; PRAGMA user_version = 1;"
        "INSERT INTO rule VALUES('hot', '{\"asset\":\"cnc-2\"}', 1), ('bad', 'no JSON', 1);"
        "INSERT INTO entry(ts_ns, rule, line, event, state, priority, who, note) "
        "VALUES(3, 'gone', 'a', 0, 1, 1, '', ''), (4, 'bad', 'a', 0, 1, 1, '', '')"));
  }
  AlarmJournal journal = open();
  EXPECT_EQ(journal.read(kAll, {.asset = "cnc-2"})->size(), 2U);
  const auto all = journal.read(kAll, {});
  ASSERT_TRUE(all) << all.error().message.en;
  ASSERT_EQ(all->size(), 4U) << "nothing is lost";
  EXPECT_EQ((*all)[0].asset, "");
  ASSERT_TRUE(journal.write({entry(5, Event::kRaised)}, {}));
  EXPECT_EQ(open().read(kAll, {.asset = "m-a"})->size(), 1U) << "opened again, it is as it was";
}

TEST_F(AlarmJournalTest, NumbersThatSomebodyWroteIntoTheFileReadNothingPastATable) {
  AlarmJournal journal = open();
  ASSERT_TRUE(
      other().execute("INSERT INTO entry(ts_ns, rule, line, event, state, priority, who, "
                      "note) VALUES(1, 'hot', 'a', -7, 99, 1000000, '', '')"));
  const auto read = journal.read(kAll, {});
  ASSERT_TRUE(read);
  EXPECT_FALSE(event_name(read->front().event).empty());
  EXPECT_FALSE(state_name(read->front().state).empty());
  EXPECT_FALSE(priority_name(read->front().priority).empty());
}

}  // namespace
}  // namespace mw::alarms
