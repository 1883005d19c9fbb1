#include "backup/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/file.h"
#include "tests/support/test_backup.h"

namespace mw::backup {
namespace {

namespace fs = std::filesystem;

class BackupTest : public BackupFixture {};

TEST_F(BackupTest, GivesBackAllButModelsAndWhatIsOfTheMoment) {
  const auto report = back_up(options());
  ASSERT_TRUE(report) << report.error().message.en;
  EXPECT_EQ(report->left_out, (std::vector<std::string>{"link", "models"}));
  const auto got = restored();
  ASSERT_TRUE(got) << got.error().message.en;
  EXPECT_TRUE(got->audit.intact());
  EXPECT_EQ(got->audit.records, audit_->root().seq);
  EXPECT_TRUE(got->damaged.empty());
  EXPECT_EQ(*read_file(back() / "people.key", 100), "secret\n");
  EXPECT_EQ(*read_file(back() / "responses/r1.json", 100), "{}");
  for (const char* absent : {"models", "serve.lock", "server.json", "machine-avx2.json", "link"}) {
    EXPECT_FALSE(fs::exists(fs::symlink_status(back() / absent))) << absent;
  }
  EXPECT_EQ(fs::status(back()).permissions() & fs::perms::all, fs::perms::owner_all);
}

TEST_F(BackupTest, IsOfOneMomentWhileAServerWrites) {
  // Each transaction keeps a + b the same in all rows and adds one record before it: a copy that
  // mixes two moments, or has a row without its record, shows.
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    const std::string filler(4000, 'x');
    for (int i = 0; !stop; ++i) {
      EXPECT_TRUE(audit_->record({"local:t", "", "test.row", std::to_string(i)}));
      EXPECT_TRUE(database_->execute(("BEGIN IMMEDIATE; INSERT INTO pair VALUES(0, 0, '" + filler +
                                      "'); UPDATE pair SET a = a + 1, b = b - 1; COMMIT;")
                                         .c_str()));
      ++written;
    }
  });
  while (written < 20) std::this_thread::yield();
  const auto report = back_up(options());
  stop = true;
  writer.join();
  ASSERT_TRUE(report) << report.error().message.en;
  const auto got = restored();
  ASSERT_TRUE(got) << got.error().message.en;
  EXPECT_TRUE(got->audit.intact());
  EXPECT_TRUE(got->damaged.empty());
  auto copy =
      sqlite::Database::open((back() / "plant.db").string(), sqlite::Database::Mode::kReadWrite);
  ASSERT_TRUE(copy);
  EXPECT_EQ(*copy->integer("SELECT count(*) FROM pair WHERE a + b <> 0"), 0);
  const int64_t rows = *copy->integer("SELECT count(*) FROM pair");
  EXPECT_GE(rows, 20);
  EXPECT_EQ(*copy->integer("SELECT count(*) FROM pair WHERE a <> "
                           "(SELECT count(*) FROM pair AS later WHERE later.rowid >= pair.rowid)"),
            0);
  EXPECT_GE(static_cast<int64_t>(got->audit.records), rows) << "no row without its record";
}

TEST_F(BackupTest, LeavesNothingInClearBesideTheFileAndClearsUpAfterOneThatWasKilled) {
  put("backup.part/plant.db", "left in clear by a killed backup");
  BackupOptions watched = options();
  int steps = 0;
  watched.on_progress = [&](uint64_t, uint64_t) {
    ++steps;
    for (const auto& each : fs::directory_iterator(folder_.path())) {
      EXPECT_TRUE(each.is_regular_file() || each.path() == data()) << each.path();
    }
  };
  ASSERT_TRUE(back_up(watched));
  EXPECT_GT(steps, 0);
  EXPECT_FALSE(fs::exists(data() / "backup.part"));
  ASSERT_TRUE(restored());
  EXPECT_FALSE(fs::exists(back() / "backup.part"));
}

TEST_F(BackupTest, IsMadeOneAtATime) {
  const auto turn = FileLock::try_acquire(data() / "backup.lock");
  ASSERT_TRUE(turn && *turn);
  EXPECT_EQ(back_up(options()).error().code, Code::kConflict);
}

TEST_F(BackupTest, ReplacesNothingAndNeedsAPassphrase) {
  BackupOptions short_one = options();
  short_one.passphrase = "short";
  EXPECT_EQ(back_up(short_one).error().code, Code::kInvalidArgument);
  ASSERT_TRUE(back_up(options()));
  EXPECT_EQ(back_up(options()).error().code, Code::kConflict);
}

TEST_F(BackupTest, IsNotMadeOfAFileThatSqliteCannotRead) {
  put("alarms.db", "SQLite format 3, but nothing of the kind");
  const auto made = back_up(options());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kCorrupt);
  EXPECT_FALSE(fs::exists(file()));
}

}  // namespace
}  // namespace mw::backup
