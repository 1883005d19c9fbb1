#pragma once

#include <gtest/gtest.h>

#include <fstream>

#include "backup/restore.h"
#include "sqlite/database.h"
#include "tests/support/temporary_folder.h"

namespace mw::backup {

inline constexpr char kBackupPassphrase[] = "correct horse battery";
inline const Progress kQuiet = [](uint64_t, uint64_t) {};

class BackupFixture : public testing::Test {
 protected:
  BackupFixture() {
    put("people.key", "secret\n");
    put("responses/r1.json", "{}");
    put("models/blobs/huge", "weights");
    put("serve.lock", "");
    put("server.json", "{}");
    put("machine-avx2.json", "{}");
    std::filesystem::create_symlink("/etc/passwd", data() / "link");
    audit_ = *security::AuditLog::open({data() / "audit"});
    EXPECT_TRUE(audit_->record({"local:t", "", "test.begin", "x"}));
    database_ =
        *sqlite::Database::open((data() / "plant.db").string(), sqlite::Database::Mode::kReadWrite);
    EXPECT_TRUE(
        database_->execute("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;"
                           "CREATE TABLE pair(a INTEGER, b INTEGER, filler BLOB);"));
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path file() const { return folder_.path() / "b.mwbackup"; }
  std::filesystem::path back() const { return folder_.path() / "back"; }
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((data() / name).parent_path());
    std::ofstream(data() / name) << text;
  }
  BackupOptions options() const {
    BackupOptions out;
    out.data = data();
    out.to = file();
    out.passphrase = kBackupPassphrase;
    out.version = "test";
    out.audit = audit_.get();
    out.cost = {8, 1};
    return out;
  }
  Result<RestoreReport> restored() const {
    return restore(file(), kBackupPassphrase, back(), kQuiet);
  }

  const testing_support::TemporaryFolder folder_;
  std::unique_ptr<security::AuditLog> audit_;
  std::optional<sqlite::Database> database_;
};

}  // namespace mw::backup
