#include "maintenance/health/maintenance_db.h"

#include <gtest/gtest.h>

#include "maintenance/health/case_store.h"
#include "maintenance/health/version_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {
namespace {

constexpr const char* kOfVersion1 = R"sql(
CREATE TABLE health_case(
  number INTEGER PRIMARY KEY, asset TEXT NOT NULL, line TEXT NOT NULL,
  opened_ns INTEGER NOT NULL, body TEXT NOT NULL, outcome INTEGER NOT NULL, note TEXT NOT NULL,
  decided_by TEXT NOT NULL, decided_ns INTEGER NOT NULL);
CREATE INDEX health_case_by_asset ON health_case(asset, number);
INSERT INTO health_case VALUES(100001, 'm1', 'a', 5,
  '{"state":"running","evidence":[]}', 1, 'bearing', 'li', 9);
PRAGMA application_id=1297567043;
PRAGMA user_version=1;
)sql";

TEST(MaintenanceDb, TakesAFileOfAnOlderProgramWithItsCases) {
  const testing_support::TemporaryFolder folder;
  const std::string path = (folder.path() / "maintenance.db").string();
  {
    auto old = sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite);
    ASSERT_TRUE(old->execute(kOfVersion1));
  }
  for (int i = 0; i < 2; ++i) {
    auto cases = CaseStore::open(path);
    ASSERT_TRUE(cases) << cases.error().message.en;
    ASSERT_EQ(cases->all()->size(), 1u);
    EXPECT_EQ(cases->all()->front().note, "bearing");
    auto versions = VersionStore::open(path);
    ASSERT_TRUE(versions) << versions.error().message.en;
    EXPECT_EQ(versions->events()->size(), static_cast<std::size_t>(i));
    ASSERT_TRUE(versions->add({"m1", i + 1, VersionStep::kLearned, "li", i}));
  }
}

TEST(MaintenanceDb, RefusesAFileOfANewerProgram) {
  const testing_support::TemporaryFolder folder;
  const std::string path = (folder.path() / "maintenance.db").string();
  ASSERT_TRUE(open_maintenance_db(path)->execute("PRAGMA user_version=7"));
  EXPECT_EQ(open_maintenance_db(path).error().code, Code::kUnsupported);
}

TEST(MaintenanceDb, KeepsAReplayAndForgetsWhoMadeIt) {
  const testing_support::TemporaryFolder folder;
  auto store = VersionStore::open((folder.path() / "maintenance.db").string());
  HealthReplay replay;
  replay.version = 2;
  replay.made_by = "Li";
  replay.contract.days = 3.5;
  replay.contract.kept = true;
  replay.cases = {{100001, CaseAnswer::kRaised, 125, true},
                  {100002, CaseAnswer::kMissed, 0, false}};
  replay.beside = {{5, 9, 2.5}};
  replay.beside_count = 1;
  ASSERT_TRUE(store->put_replay("m1", replay));
  ASSERT_TRUE(store->put_replay("m1", replay));
  ASSERT_TRUE(store->add({"m1", 2, VersionStep::kLearned, "li", 1}));
  ASSERT_TRUE(store->forget("lI"));
  const auto kept = store->replay("m1", 2);
  ASSERT_TRUE(kept) << kept.error().message.en;
  EXPECT_EQ(to_json(**kept)["cases"], to_json(replay)["cases"]);
  EXPECT_EQ(to_json(**kept)["contract"], to_json(replay)["contract"]);
  EXPECT_EQ((**kept).made_by, "?");
  EXPECT_EQ(store->events()->front().who, "?");
  EXPECT_FALSE(store->replay("m1", 3)->has_value());
}

}  // namespace
}  // namespace mw::maintenance
