#include "backup/restore.h"

#include <gtest/gtest.h>

#include <set>

#include "core/file.h"
#include "tests/support/test_backup.h"

namespace mw::backup {
namespace {

namespace fs = std::filesystem;

class RestoreTest : public BackupFixture {
 protected:
  std::set<std::string> there() const {
    std::set<std::string> out;
    for (const auto& each : fs::directory_iterator(folder_.path())) {
      out.insert(each.path().filename().string());
    }
    return out;
  }
};

TEST_F(RestoreTest, ReplacesNothing) {
  ASSERT_TRUE(back_up(options()));
  fs::create_directories(back());
  std::ofstream(back() / "mine") << "x";
  EXPECT_EQ(restored().error().code, Code::kConflict);
  EXPECT_EQ(*read_file(back() / "mine", 10), "x");
  fs::remove(back() / "mine");
  EXPECT_TRUE(restored()) << "an empty folder will do";
}

TEST_F(RestoreTest, TakesAFolderAsAShellCompletesIt) {
  ASSERT_TRUE(back_up(options()));
  fs::create_directories(back());
  ASSERT_TRUE(restore(file(), kBackupPassphrase, back().string() + "/", kQuiet));
  EXPECT_TRUE(fs::exists(back() / "people.key"));
  EXPECT_TRUE(restore(file(), kBackupPassphrase, folder_.path() / "x" / ".." / "new/", kQuiet));
  EXPECT_TRUE(fs::exists(folder_.path() / "new" / "people.key"));
}

TEST_F(RestoreTest, LeavesNothingBehindWhereTheBackupIsDamaged) {
  ASSERT_TRUE(back_up(options()));
  const std::string bytes = *read_file(file(), 64 << 20);
  std::ofstream(file(), std::ios::binary) << bytes.substr(0, bytes.size() - 20);
  EXPECT_EQ(restored().error().code, Code::kCorrupt);
  EXPECT_EQ(check_backup(file(), kBackupPassphrase, kQuiet).error().code, Code::kCorrupt);
  EXPECT_EQ(restore(file(), "another passphrase", back(), kQuiet).error().code,
            Code::kUnauthenticated);
  EXPECT_EQ(there(), (std::set<std::string>{"data", "b.mwbackup"}));
}

TEST_F(RestoreTest, ToldWhatIsInABackupWithoutWritingAnything) {
  ASSERT_TRUE(back_up(options()));
  const auto content = check_backup(file(), kBackupPassphrase, kQuiet);
  ASSERT_TRUE(content);
  EXPECT_EQ(json_string(content->about, "version").value(), "test");
  std::set<std::string> names;
  uint64_t bytes = 0;
  for (const ArchiveEntry& each : content->files) {
    names.insert(each.path);
    bytes += each.size;
  }
  EXPECT_TRUE(names.contains("plant.db") && names.contains("audit/head")) << names.size();
  EXPECT_EQ(content->bytes, bytes);
  EXPECT_EQ(there(), (std::set<std::string>{"data", "b.mwbackup"}));
}

TEST_F(RestoreTest, SaysThatTheAuditLogWasTamperedWith) {
  audit_.reset();
  for (const auto& each : fs::directory_iterator(data() / "audit")) {
    if (each.path().extension() != ".mwaudit") continue;
    std::fstream bytes(each.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(-70, std::ios::end);
    bytes.put('!');
  }
  ASSERT_TRUE(back_up(options()));
  const auto got = restored();
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->audit.intact());
  EXPECT_TRUE(got->damaged.empty());
}

TEST_F(RestoreTest, SaysWhichSqliteFilesAreNotSound) {
  // Whole to SQLite's copying, which looks at no page's content, and not to its check.
  ASSERT_TRUE(
      database_->execute("CREATE TABLE broken(x); INSERT INTO broken VALUES('text');"
                         "CREATE INDEX of_broken ON broken(x);"
                         "PRAGMA writable_schema = ON;"
                         "UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'of_broken';"));
  database_.reset();
  ASSERT_TRUE(back_up(options()));
  const auto got = restored();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->damaged, std::vector<std::string>{"plant.db"});
  EXPECT_TRUE(fs::exists(back() / "plant.db")) << "it is all that there is";
}

}  // namespace
}  // namespace mw::backup
