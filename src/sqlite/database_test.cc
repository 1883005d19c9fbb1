#include "sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sqlite/schema.h"
#include "tests/support/temporary_folder.h"

namespace mw::sqlite {
namespace {

using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  std::string path() const { return (folder_.path() / "some.db").string(); }
  Database open(Database::Mode mode = Database::Mode::kReadWrite) {
    auto database = Database::open(path(), mode);
    EXPECT_TRUE(database) << database.error().message.en;
    return std::move(database).value();
  }
  static Schema schema(int version = 1) {
    return {
        .file = "some.db",
        .application_id = 0x4D575454,
        .version = version,
        .least_tables = 1,
        .create = "CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT, size REAL, body BLOB);"};
  }

 private:
  testing_support::TemporaryFolder folder_;
};

TEST_F(DatabaseTest, GivesBackWhatWasBound) {
  Database database = open();
  ASSERT_TRUE(prepare(database, schema()));
  const std::byte bytes[] = {std::byte{0}, std::byte{255}};
  auto insert = database.prepare("INSERT INTO thing VALUES(?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  ASSERT_TRUE(insert->bind(1, int64_t{7}).bind(2, "名").bind(3, 2.5).bind(4, bytes).run());
  ASSERT_TRUE(insert->bind(1, int64_t{8}).bind(2, nullptr).bind(3, nullptr).bind(4, nullptr).run());
  EXPECT_EQ(database.changes(), 1);
  auto read = database.prepare("SELECT id, name, size, body FROM thing ORDER BY id");
  ASSERT_TRUE(read);
  const StatementScope scope(*read);
  ASSERT_TRUE(*read->step());
  EXPECT_EQ(read->integer(0), 7);
  EXPECT_EQ(read->text(1), "名");
  EXPECT_EQ(read->real(2), 2.5);
  EXPECT_EQ(read->blob(3).size(), 2U);
  EXPECT_EQ(read->blob(3)[1], std::byte{255});
  ASSERT_TRUE(*read->step());
  EXPECT_TRUE(read->is_null(1) && read->is_null(2) && read->is_null(3));
  EXPECT_FALSE(*read->step());
}

TEST_F(DatabaseTest, AnErrorNamesTheFileAndSaysWhatToDoNext) {
  std::ofstream(path()) << std::string(4096, 'x');
  Database database = open();
  const auto result = database.execute("SELECT * FROM sqlite_master");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kCorrupt);
  EXPECT_THAT(result.error().message.en, HasSubstr("some.db"));
  EXPECT_THAT(result.error().message.en, HasSubstr("backup"));
  EXPECT_THAT(result.error().message.zh, HasSubstr("备份"));
}

TEST_F(DatabaseTest, AFileThatAnotherHasLockedIsAConflict) {
  Database first = open();
  ASSERT_TRUE(prepare(first, schema()));
  ASSERT_TRUE(first.execute("BEGIN EXCLUSIVE"));
  Database second = open();
  ASSERT_TRUE(second.execute("PRAGMA busy_timeout=1"));
  const auto result = second.execute("INSERT INTO thing VALUES(1, '', 0, NULL)");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kConflict);
}

TEST_F(DatabaseTest, SchemaIsMadeOnceAndKept) {
  {
    Database database = open();
    ASSERT_TRUE(prepare(database, schema()));
    ASSERT_TRUE(database.execute("INSERT INTO thing VALUES(1, 'a', 0, NULL)"));
  }
  Database again = open();
  ASSERT_TRUE(prepare(again, schema()));
  EXPECT_EQ(*again.integer("SELECT count(*) FROM thing"), 1);
}

TEST_F(DatabaseTest, SchemaOfAnotherProgramOfANewerVersionOrWithoutTablesIsRefused) {
  {
    Database database = open();
    ASSERT_TRUE(prepare(database, schema(2)));
  }
  Database newer = open();
  EXPECT_EQ(prepare(newer, schema(1)).error().code, Code::kUnsupported);
  Schema other = schema(2);
  other.application_id = 1;
  EXPECT_EQ(prepare(newer, other).error().code, Code::kConflict);
  ASSERT_TRUE(newer.execute("DROP TABLE thing"));
  EXPECT_EQ(prepare(newer, schema(2)).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace mw::sqlite
