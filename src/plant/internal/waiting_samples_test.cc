#include "plant/internal/waiting_samples.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include "plant/internal/store_writer.h"
#include "plant/testing/test_tables.h"
#include "sqlite/database.h"

namespace mw::plant {
namespace {

constexpr uint32_t kHot = 1, kState = 2;
const std::vector<std::string> kNames = {"", "press/hot", "press/state"};

class WaitingSamplesTest : public TablesTest {
 protected:
  std::string waiting_path() const { return (folder_.path() / "plant_waiting.db").string(); }
  std::unique_ptr<WaitingSamples> open(const std::vector<std::string>& names = kNames) {
    return std::make_unique<WaitingSamples>(waiting_path(), names, texts_);
  }
  void start() {
    BlockStoreOptions options;
    options.retry_ms = 50;
    writer_ =
        StoreWriter::start(
            options, "plant.db",
            std::make_unique<StoreTables>(database_->connect(SqlSession::Access::kWrite).value()),
            open(), {{}, {true, kNsPerSecond}, {false, kNsPerSecond}}, tail_, texts_)
            .value();
  }
  bool drained() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (writer_->backlog() > 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return writer_->backlog() == 0;
  }
  JournalEntry state(TimeNs ts_ns, const std::string& text) {
    JournalEntry entry{kState, stored(ts_ns, *texts_.number(text, TextTable::Use::kState))};
    entry.sample.status |= kStatusIsText;
    return entry;
  }

  TailTable tail_;
  TextTable texts_;
  std::unique_ptr<StoreWriter> writer_;
};

TEST_F(WaitingSamplesTest, MakesNoFileWhereNothingWaits) {
  const auto waiting = open();
  EXPECT_TRUE(waiting->take_over()->entries.empty());
  EXPECT_TRUE(waiting->clear());
  EXPECT_FALSE(std::filesystem::exists(waiting_path()));
}

TEST_F(WaitingSamplesTest, GivesBackWhatAnotherProcessLeftInTheNumbersOfToday) {
  const std::vector<JournalEntry> first = {{kHot, stored(5, 61.5)}, state(6, "running")};
  const std::vector<JournalEntry> second = {state(7, "stopped")};
  ASSERT_TRUE(open()->add(first));
  ASSERT_TRUE(open()->add(second));
  // Another database: other numbers for the same names.
  TextTable others;
  ASSERT_EQ(others.number("idle", TextTable::Use::kState), 1u);
  const std::vector<std::string> names = {"", "", "", "press/state", "press/hot"};
  WaitingSamples waiting(waiting_path(), names, others);
  for (int round = 0; round < 2; ++round) {  // they stay until clear()
    const WaitingSamples::Found found = waiting.take_over().value();
    ASSERT_EQ(found.entries.size(), 3u);
    EXPECT_EQ(found.entries[0].tag_id, 4u);
    EXPECT_EQ(found.entries[0].sample.value, 61.5);
    EXPECT_EQ(found.entries[1].tag_id, 3u);
    EXPECT_EQ(others.text(static_cast<uint32_t>(found.entries[1].sample.value)), "running");
    EXPECT_EQ(others.text(static_cast<uint32_t>(found.entries[2].sample.value)), "stopped");
    EXPECT_EQ(found.entries[2].sample.ts_ns, 7);
  }
  ASSERT_TRUE(waiting.clear());
  EXPECT_TRUE(waiting.take_over()->entries.empty());
}

TEST_F(WaitingSamplesTest, CountsWhatIsOfTagsThatAreNotDescribedAnyMore) {
  ASSERT_TRUE(open()->add(std::vector<JournalEntry>{{kHot, stored(5, 61.5)}, state(6, "running")}));
  const WaitingSamples::Found found = open({"", "press/hot"})->take_over().value();
  EXPECT_EQ(found.entries.size(), 1u);
  EXPECT_EQ(found.unknown, 1u);
}

TEST_F(WaitingSamplesTest, NamesADamagedRowAndLeavesTheFileAsItIs) {
  ASSERT_TRUE(open()->add(std::vector<JournalEntry>{{kHot, stored(5, 61.5)}}));
  ASSERT_TRUE(sqlite::Database::open(waiting_path(), sqlite::Database::Mode::kReadWrite)
                  ->execute("UPDATE journal SET body = x'0102030405'"));
  const auto waiting = open();
  const auto found = waiting->take_over();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kCorrupt);
  EXPECT_NE(found.error().message.en.find("plant_waiting.db"), std::string::npos);
  // Somebody may still want to have a look at it.
  EXPECT_FALSE(waiting->add(std::vector<JournalEntry>{{kHot, stored(6, 62.5)}}));
  EXPECT_TRUE(waiting->clear());
  EXPECT_EQ(sqlite::Database::open(waiting_path(), sqlite::Database::Mode::kReadWrite)
                ->integer("SELECT count(*) FROM journal")
                .value(),
            1);
}

TEST_F(WaitingSamplesTest, AStoreThatEndsWhileItsDatabaseRefusesLosesNothing) {
  tables_.reset();
  start();
  refuse(true);
  ASSERT_EQ(writer_->append({{kHot, stored(5, 61.5)}, state(6, "running")}).value(),
            AppendOutcome::kBuffered);
  ASSERT_TRUE(writer_->problem().has_value());
  EXPECT_NE(writer_->problem()->en.find("on this machine's disk"), std::string::npos);
  EXPECT_NE(writer_->problem()->zh.find("本机磁盘"), std::string::npos);
  writer_.reset();
  tail_.clear();
  // Still refused at the next start: what came later waits behind it.
  start();
  ASSERT_EQ(writer_->append({{kHot, stored(8, 62.5)}}).value(), AppendOutcome::kBuffered);
  EXPECT_EQ(writer_->backlog(), 3u);
  EXPECT_EQ(tail_.size(), 3u) << "what waits can be read";
  refuse(false);
  ASSERT_TRUE(drained());
  writer_.reset();
  EXPECT_EQ(other().integer("SELECT sum(count) FROM journal").value(), 3);
  EXPECT_TRUE(open()->take_over()->entries.empty()) << "stored, and no longer waiting";
}

TEST_F(WaitingSamplesTest, SaysThatSamplesAreInMemoryOnlyWhereTheDiskTakesNothing) {
  tables_.reset();
  std::filesystem::create_directory(waiting_path());  // where no file can be made
  start();
  refuse(true);
  ASSERT_EQ(writer_->append({{kHot, stored(5, 61.5)}}).value(), AppendOutcome::kBuffered);
  ASSERT_TRUE(writer_->problem().has_value());
  EXPECT_NE(writer_->problem()->en.find("in memory only"), std::string::npos);
  refuse(false);
  EXPECT_TRUE(drained());
}

}  // namespace
}  // namespace mw::plant
