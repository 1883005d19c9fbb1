#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "plant/internal/sqlite_session.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/stored_sample.h"
#include "plant/internal/test_plant.h"
#include "sqlite/database.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {

/// Tests over the tables of a fresh plant.db.
class TablesTest : public testing::Test {
 protected:
  void SetUp() override {
    SqliteStoreOptions options;
    options.path = path();
    database_ = SqliteDatabase::open(options).value();
    tables_ = std::make_unique<StoreTables>(database_->connect(SqlSession::Access::kWrite).value());
  }
  std::string path() const { return (folder_.path() / "plant.db").string(); }
  /// Another connection to the file.
  sqlite::Database other() const {
    return sqlite::Database::open(path(), sqlite::Database::Mode::kReadWrite).value();
  }
  /// Whether the database refuses samples from now on.
  void refuse(bool on) const {
    ASSERT_TRUE(other().execute(
        on ? "CREATE TRIGGER no BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no'); END"
           : "DROP TRIGGER no"));
  }
  static StoredSample stored(TimeNs ts_ns, double value) {
    return {ts_ns, ts_ns + kNsPerMs, value, make_status(Quality::kGood, QualityReason::kNone)};
  }
  /// One each `step_ns` from a time on, each with its position as value.
  static std::vector<StoredSample> ramp(TimeNs from_ns, int64_t step_ns, int64_t count) {
    std::vector<StoredSample> samples;
    for (int64_t i = 0; i < count; ++i) {
      samples.push_back(stored(from_ns + i * step_ns, static_cast<double>(i)));
    }
    return samples;
  }
  static Bytes bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

  testing_support::TemporaryFolder folder_;
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<StoreTables> tables_;
};

}  // namespace mw::plant
