#include "plant/internal/store_tables.h"

#include "plant/testing/test_tables.h"
#include "sqlite/database.h"

namespace mw::plant {
namespace {

constexpr uint32_t kTag = 3;

class StoreTablesTest : public TablesTest {
 protected:
  void put(TimeNs start_ns, TimeNs end_ns) {
    ASSERT_TRUE(tables_->put_block(kTag, {start_ns, end_ns, 1, "b" + std::to_string(start_ns)}));
  }
  std::vector<TimeNs> blocks(TimeWindow window) {
    std::vector<TimeNs> starts;
    EXPECT_TRUE(tables_->each_block(kTag, window, [&](TimeNs start_ns, Bytes) {
      starts.push_back(start_ns);
      return true;
    }));
    return starts;
  }
};

TEST_F(StoreTablesTest, GivesATagTheSameNumberEachTimeAndNewOnesTheNext) {
  EXPECT_EQ(tables_->tag("a", false).value().id, 1u);
  EXPECT_EQ(tables_->tag("b", true).value().id, 2u);
  EXPECT_EQ(tables_->tag("a", true).value().id, 1u);
  EXPECT_FALSE(tables_->tag("a", true).value().simulated) << "as it was when it was added";
  EXPECT_EQ(tables_->most_tag_id().value(), 2);
}

TEST_F(StoreTablesTest, FindsTheBlocksOfAWindowWithTheOneItStartsIn) {
  for (int64_t i = 0; i < 200; ++i) put(i * 10, i * 10 + 9);
  ASSERT_TRUE(tables_->put_block(kTag + 1, {0, 5, 1, "of another tag"}));
  EXPECT_EQ(blocks({25, 41}), (std::vector<TimeNs>{20, 30, 40}));
  EXPECT_EQ(blocks({25, 40}), (std::vector<TimeNs>{20, 30}));
  EXPECT_EQ(blocks({INT64_MIN, INT64_MAX}).size(), 200u) << "over several pages of rows";
  EXPECT_TRUE(blocks({-5, 0}).empty());
  EXPECT_EQ(blocks({5000, 6000}), std::vector<TimeNs>{1990});
  EXPECT_EQ(tables_->block_at(kTag, 35).value()->start_ns, 30);
  EXPECT_FALSE(tables_->block_at(kTag, -1).value().has_value());
  EXPECT_EQ(tables_->next_block_start(kTag, 30).value(), 40);
  EXPECT_FALSE(tables_->next_block_start(kTag, 1990).value().has_value());
}

TEST_F(StoreTablesTest, StopsWhenAVisitorHasSeenEnough) {
  for (int64_t i = 0; i < 5; ++i) put(i * 10, i * 10 + 9);
  int seen = 0;
  ASSERT_TRUE(tables_->each_block(kTag, {0, 100}, [&](TimeNs, Bytes) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
  std::vector<TimeNs> back;
  ASSERT_TRUE(tables_->each_block_before(kTag, 35, [&](TimeNs start_ns, Bytes) {
    back.push_back(start_ns);
    return back.size() < 3;
  }));
  EXPECT_EQ(back, (std::vector<TimeNs>{30, 20, 10}));
}

TEST_F(StoreTablesTest, SetsABlockAsideWithoutLosingIt) {
  put(10, 19);
  ASSERT_TRUE(tables_->set_block_aside(kTag, 10));
  EXPECT_TRUE(blocks({0, 100}).empty());
  auto other = sqlite::Database::open(path(), sqlite::Database::Mode::kReadWrite).value();
  EXPECT_EQ(
      other.integer("SELECT count(*) FROM damaged_block WHERE CAST(body AS TEXT) = 'b10'").value(),
      1);
}

TEST_F(StoreTablesTest, DropsRowsOfRollupsFromATimeOnOfThatTagAndWidthOnly) {
  for (const TimeNs start_ns : {100, 200, 300}) {
    ASSERT_TRUE(tables_->put_rollup_row(kTag, kHourNs, start_ns, bytes("x")));
  }
  ASSERT_TRUE(tables_->put_rollup_row(kTag, kMinuteNs, 300, bytes("x")));
  ASSERT_TRUE(tables_->put_rollup_row(kTag + 1, kHourNs, 300, bytes("x")));
  ASSERT_TRUE(tables_->delete_rollup_rows_from(kTag, kHourNs, 200));
  EXPECT_EQ(tables_->rollup_rows_before(kTag, kHourNs, 1000, 9).value(), std::vector<TimeNs>{100});
  EXPECT_EQ(tables_->rollup_rows_before(kTag, kMinuteNs, 1000, 9).value().size(), 1u);
  EXPECT_EQ(tables_->rollup_rows_before(kTag + 1, kHourNs, 1000, 9).value().size(), 1u);
}

TEST_F(StoreTablesTest, KeepsTheJournalInOrderUntilItIsCleared) {
  for (int i = 0; i < 100; ++i) {
    const std::string body = std::to_string(i);
    ASSERT_TRUE(tables_->add_journal(1, bytes(body)));
  }
  int next = 0;
  ASSERT_TRUE(tables_->each_journal([&](int64_t, Bytes body) -> Result<void> {
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(body.data()), body.size()),
              std::to_string(next++));
    return {};
  }));
  EXPECT_EQ(next, 100);
  ASSERT_TRUE(tables_->clear_journal());
  ASSERT_TRUE(tables_->each_journal([&](int64_t, Bytes) -> Result<void> {
    ADD_FAILURE() << "there is none";
    return {};
  }));
}

TEST_F(StoreTablesTest, RemembersHowATagIsThinnedAndWhichHoursAreDue) {
  EXPECT_EQ(tables_->thinned(kTag).value(), Thinned{});
  const Thinned thinned{{300, 200, 100}, 7};
  ASSERT_TRUE(tables_->put_thinned(kTag, Thinned{{30, 20, 10}, 5}));
  ASSERT_TRUE(tables_->put_thinned(kTag, thinned));
  EXPECT_EQ(tables_->thinned(kTag).value(), thinned);
  ASSERT_TRUE(tables_->add_due(kTag, 1));
  ASSERT_TRUE(tables_->add_due(kTag, 1)) << "twice is once";
  ASSERT_TRUE(tables_->add_due(kTag, 2));
  ASSERT_TRUE(tables_->remove_due(kTag, 1));
  std::vector<TimeNs> due;
  ASSERT_TRUE(tables_->each_due([&](uint32_t tag, TimeNs hour_ns) {
    EXPECT_EQ(tag, kTag);
    due.push_back(hour_ns);
  }));
  EXPECT_EQ(due, std::vector<TimeNs>{2});
}

}  // namespace
}  // namespace mw::plant
