#include "backup/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "backup/restore.h"
#include "core/file.h"
#include "sqlite/database.h"
#include "tests/support/temporary_folder.h"

namespace mw::backup {
namespace {

namespace fs = std::filesystem;
using testing_support::TemporaryFolder;

constexpr char kPassphrase[] = "correct horse battery";
const Progress kQuiet = [](uint64_t, uint64_t) {};

class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    put("people.key", "secret\n");
    put("responses/r1.json", "{}");
    put("models/blobs/huge", "weights");
    put("serve.lock", "");
    put("server.json", "{}");
    put("machine-avx2.json", "{}");
    fs::create_symlink("/etc/passwd", data() / "link");
    audit_ = *security::AuditLog::open({data() / "audit"});
    EXPECT_TRUE(audit_->record({"local:t", "", "test.begin", "x"}));
    database_ =
        *sqlite::Database::open((data() / "plant.db").string(), sqlite::Database::Mode::kReadWrite);
    EXPECT_TRUE(
        database_->execute("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;"
                           "CREATE TABLE pair(a INTEGER, b INTEGER, filler BLOB);"));
  }
  fs::path data() const { return folder_.path() / "data"; }
  fs::path file() const { return folder_.path() / "b.mwbackup"; }
  fs::path back() const { return folder_.path() / "back"; }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories((data() / name).parent_path());
    std::ofstream(data() / name) << text;
  }
  BackupOptions options() const {
    BackupOptions out;
    out.data = data();
    out.to = file();
    out.passphrase = kPassphrase;
    out.version = "test";
    out.audit = audit_.get();
    out.cost = {8, 1};
    return out;
  }
  Result<RestoreReport> restored() const { return restore(file(), kPassphrase, back(), kQuiet); }

  const TemporaryFolder folder_;
  std::unique_ptr<security::AuditLog> audit_;
  std::optional<sqlite::Database> database_;
};

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

TEST_F(BackupTest, ReplacesNothing) {
  ASSERT_TRUE(back_up(options()));
  EXPECT_EQ(back_up(options()).error().code, Code::kConflict);
  fs::create_directories(back());
  std::ofstream(back() / "mine") << "x";
  EXPECT_EQ(restored().error().code, Code::kConflict);
  fs::remove(back() / "mine");
  EXPECT_TRUE(restored()) << "an empty folder will do";
}

TEST_F(BackupTest, LeavesNothingBehindWhereItFails) {
  BackupOptions short_one = options();
  short_one.passphrase = "short";
  EXPECT_EQ(back_up(short_one).error().code, Code::kInvalidArgument);
  ASSERT_TRUE(back_up(options()));
  std::string bytes = *read_file(file(), 64 << 20);
  std::ofstream(file(), std::ios::binary) << bytes.substr(0, bytes.size() - 20);
  EXPECT_EQ(restored().error().code, Code::kCorrupt);
  EXPECT_EQ(check_backup(file(), kPassphrase, kQuiet).error().code, Code::kCorrupt);
  std::set<std::string> there;
  for (const auto& each : fs::directory_iterator(folder_.path())) {
    there.insert(each.path().filename().string());
  }
  EXPECT_EQ(there, (std::set<std::string>{"data", "b.mwbackup"}));
}

TEST_F(BackupTest, SaysWhichFilesWereNotSoundAndThatAnAuditLogWasTamperedWith) {
  database_.reset();
  ASSERT_TRUE(back_up(options()));
  ASSERT_TRUE(restored());
  fs::remove_all(back());
  fs::remove(file());
  put("alarms.db", "SQLite format 3\0 but nothing of the kind");
  audit_.reset();
  for (const auto& each : fs::directory_iterator(data() / "audit")) {
    if (each.path().extension() != ".mwaudit") continue;
    std::fstream bytes(each.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(-70, std::ios::end);
    bytes.put('!');
  }
  BackupOptions plain = options();
  plain.audit = nullptr;
  const auto made = back_up(plain);
  // A file that SQLite cannot read is not called a backup of it.
  EXPECT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kCorrupt);
  fs::remove(data() / "alarms.db");
  ASSERT_TRUE(back_up(plain));
  const auto got = restored();
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->audit.intact());
}

}  // namespace
}  // namespace mw::backup
