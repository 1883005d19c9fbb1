#include "plant/internal/sqlite_session.h"

#include "plant/testing/test_tables.h"

namespace mw::plant {
namespace {

class SqliteSessionTest : public TablesTest {
 protected:
  std::unique_ptr<SqlSession> session(SqlSession::Access access) {
    return database_->connect(access).value();
  }
  static Result<int64_t> count(SqlSession& session) {
    MW_ASSIGN(const std::unique_ptr<SqlQuery> query, session.prepare("SELECT count(*) FROM text"));
    MW_ASSIGN([[maybe_unused]] const bool row, query->step());
    return query->integer(0);
  }
  static Result<void> add(SqlSession& session, int64_t id) {
    MW_ASSIGN(const std::unique_ptr<SqlQuery> query,
              session.prepare("INSERT INTO text(id, text) VALUES(?1, ?2)"));
    const std::string text = std::to_string(id);
    query->bind(1, id).bind(2, std::string_view(text));
    const Result<bool> stepped = query->step();
    if (!stepped) return stepped.error();
    return {};
  }
};

TEST_F(SqliteSessionTest, ShowsAReaderOneStateUntilItEnds) {
  const auto writer = session(SqlSession::Access::kWrite);
  const auto reader = session(SqlSession::Access::kRead);
  ASSERT_TRUE(reader->begin(SqlSession::Access::kRead));
  ASSERT_EQ(count(*reader).value(), 0);
  ASSERT_TRUE(writer->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(add(*writer, 1));
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(count(*reader).value(), 0);
  ASSERT_TRUE(reader->commit());
  EXPECT_EQ(count(*reader).value(), 1);
}

TEST_F(SqliteSessionTest, TakesNothingFromAReaderAndNothingOfWhatWasRolledBack) {
  EXPECT_FALSE(add(*session(SqlSession::Access::kRead), 1));
  const auto writer = session(SqlSession::Access::kWrite);
  ASSERT_TRUE(writer->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(add(*writer, 1));
  writer->rollback();
  writer->rollback();  // nothing to roll back is nothing wrong
  EXPECT_EQ(count(*writer).value(), 0);
  EXPECT_FALSE(writer->reconnect().value()) << "a file is not lost";
}

TEST_F(SqliteSessionTest, SyncsCommitsOfAWriterOnlyAndOnceTheirTimeHasCome) {
  const auto writer = session(SqlSession::Access::kWrite);
  EXPECT_EQ(writer->sync_due_ns(), 0);
  ASSERT_TRUE(writer->begin(SqlSession::Access::kWrite));
  ASSERT_TRUE(add(*writer, 1));
  ASSERT_TRUE(writer->commit());
  EXPECT_GT(writer->sync_due_ns(), 0);
  ASSERT_TRUE(writer->sync());
  EXPECT_EQ(writer->sync_due_ns(), 0);
  EXPECT_EQ(session(SqlSession::Access::kRead)->sync_due_ns(), 0);
}

TEST_F(SqliteSessionTest, LetsOneProcessHaveTheFileAndSaysHowLargeItIs) {
  SqliteStoreOptions options;
  options.path = path();
  const auto second = SqliteDatabase::open(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_EQ(database_->name(), "plant.db");
  EXPECT_GT(database_->size_bytes(), 0u);
  EXPECT_GT(database_->free_bytes().value_or(0), 0u);
}

}  // namespace
}  // namespace mw::plant
