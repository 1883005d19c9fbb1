#include "maintenance/table_archive.h"

#include <gmock/gmock.h>

#include "core/sha256.h"
#include "maintenance/testing/health_monitor_fixture.h"
#include "maintenance/testing/lived_plant.h"
#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Identity kEngineerOfA{Identity::Kind::kPerson, "sun", {{Role::kEngineer, {"a"}, {}}}};

class TableArchiveTest : public LivedPlant {
 protected:
  TableArchiveTest() { open(); }
  void open() {
    archive_.reset();
    TableArchiveOptions options;
    options.folder = folder_.path() / "tables";
    options.plant = plant_;
    options.clock = &clock_;
    options.audit = audit_;
    options.most_bytes = 1 << 20;
    options.most_a_person = 3;
    auto opened = TableArchive::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().message.en;
    archive_ = std::move(*opened);
  }
  KeptTable add(const Identity& who = kEngineer, const std::vector<std::string>& lines = {"a"}) {
    const auto added = archive_->add(who, "C:\\data\\runs.csv", made_runs_csv(10), lines);
    EXPECT_TRUE(added) << added.error().message.en;
    return added ? *added : KeptTable{};
  }
  std::shared_ptr<Records> audit_ = std::make_shared<Records>();
  std::unique_ptr<TableArchive> archive_;
};

TEST_F(TableArchiveTest, KeepsATableOverARestart) {
  const KeptTable table = add();
  EXPECT_EQ(table.file, "runs.csv");
  EXPECT_EQ(table.sha256, sha256_hex(made_runs_csv(10)));
  EXPECT_EQ(audit_->actions.back(), "maintenance.table_add table:" + std::to_string(table.number));
  open();
  const auto list = archive_->list(kEngineer);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].number, table.number);
  EXPECT_EQ(list[0].by, "li");
  EXPECT_THAT(list[0].lines, ElementsAre("a"));
  const auto preview = archive_->preview(kEngineer, table.number, {});
  ASSERT_TRUE(preview) << preview.error().message.en;
  EXPECT_EQ(preview->mapping.asset, "machine");
  const auto rows = archive_->read(kEngineer, table.number, preview->mapping, "");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->assets.size(), 10u);
}

TEST_F(TableArchiveTest, DoesNotExistForWhoeverIsNoEngineerOfAllItsLines) {
  const KeptTable of_a = add();
  const KeptTable of_both = add(kEngineer, {"a", "b"});
  const KeptTable of_none = add(kEngineer, {});
  for (const Identity& who : {kViewerOfA, kEngineerOfB, kOperatorOfB}) {
    EXPECT_TRUE(archive_->list(who).empty()) << who.name;
    EXPECT_EQ(archive_->find(who, of_a.number).error().code, Code::kNotFound);
    EXPECT_EQ(archive_->remove(who, of_a.number).error().code, Code::kNotFound);
  }
  ASSERT_EQ(archive_->list(kEngineerOfA).size(), 1u);
  EXPECT_TRUE(archive_->find(kEngineerOfA, of_a.number));
  EXPECT_FALSE(archive_->find(kEngineerOfA, of_both.number));
  EXPECT_FALSE(archive_->find(kEngineerOfA, of_none.number));
  EXPECT_EQ(archive_->list(kEngineer).size(), 3u);
}

TEST_F(TableArchiveTest, IsAddedByAnEngineerOfItsLinesAlone) {
  const std::string text = made_runs_csv(10);
  const auto refused = [&](const Identity& who, const std::vector<std::string>& lines) {
    return archive_->add(who, "runs.csv", text, lines).error();
  };
  EXPECT_EQ(refused(kViewerOfA, {"a"}).code, Code::kPermissionDenied);
  EXPECT_EQ(refused(kEngineerOfB, {"a"}).code, Code::kPermissionDenied);
  EXPECT_EQ(refused(kEngineerOfA, {"x"}).message.en, "there is no line 'x'");
  EXPECT_EQ(refused(kEngineerOfA, {"b"}).message.en, "there is no line 'b'")
      << "one that one may not see is told as one that there is not";
  EXPECT_EQ(refused(kEngineerOfA, {}).param, "lines");
  EXPECT_TRUE(audit_->actions.empty());
}

TEST_F(TableArchiveTest, RefusesWhatIsNoTableOrTooMuch) {
  EXPECT_EQ(archive_->add(kEngineer, "a.csv", "", {}).error().param, "file");
  EXPECT_EQ(archive_->add(kEngineer, "a.csv", "a,b\n", {}).error().code, Code::kInvalidArgument);
  EXPECT_FALSE(archive_->add(kEngineer, "a.mat", "no mat", {}));
  EXPECT_EQ(archive_->add(kEngineer, "a.csv", std::string((1 << 20) + 1, 'x'), {}).error().code,
            Code::kTooLarge);
  for (int i = 0; i < 3; ++i) add();
  EXPECT_EQ(archive_->add(kEngineer, "a.csv", made_runs_csv(10), {"a"}).error().code,
            Code::kResourceExhausted);
  EXPECT_TRUE(archive_->add(kEngineerOfA, "a.csv", made_runs_csv(10), {"a"}))
      << "the share is a person's own";
}

TEST_F(TableArchiveTest, IsWholeOrNotThere) {
  audit_->full = true;
  EXPECT_FALSE(archive_->add(kEngineer, "a.csv", made_runs_csv(10), {"a"}));
  audit_->full = false;
  EXPECT_TRUE(archive_->list(kEngineer).empty());
  const KeptTable table = add();
  const auto folder = folder_.path() / "tables" / std::to_string(table.number);
  ASSERT_TRUE(std::filesystem::remove(folder / "table.json"));  // as a crash before the end
  open();
  EXPECT_TRUE(archive_->list(kEngineer).empty());
  EXPECT_FALSE(std::filesystem::exists(folder));
  const KeptTable cut = add();
  std::filesystem::resize_file(folder_.path() / "tables" / std::to_string(cut.number) / "data.csv",
                               10);
  open();
  EXPECT_TRUE(archive_->list(kEngineer).empty()) << "shorter than it was kept";
}

TEST_F(TableArchiveTest, IsRemovedAndItsMakerForgotten) {
  const KeptTable table = add();
  ASSERT_TRUE(archive_->forget_person("LI"));
  EXPECT_EQ(archive_->list(kEngineer)[0].by, "?");
  open();
  EXPECT_EQ(archive_->list(kEngineer)[0].by, "?");
  const auto bytes = archive_->bytes(table);
  ASSERT_TRUE(archive_->remove(kEngineer, table.number));
  EXPECT_EQ(audit_->actions.back(),
            "maintenance.table_remove table:" + std::to_string(table.number));
  EXPECT_EQ(sha256_hex(text_of(*bytes)), table.sha256) << "who reads it reads on";
  EXPECT_EQ(archive_->remove(kEngineer, table.number).error().code, Code::kNotFound);
  open();
  EXPECT_TRUE(archive_->list(kEngineer).empty());
}

TEST_F(TableArchiveTest, CutsLivesOutOfTheStore) {
  const auto at = [](int hours) { return kBegan + hours * kNsPerHour; };
  clock_.set(at(100));
  for (int hour = 0; hour < 80; ++hour) store("p1/heat", at(hour), 1.0 + hour);
  stored();
  for (const int hour : {10, 13, 80}) tell("p1", "failed", at(hour));
  LivesOrder order{{"p1"}, {"heat"}, {}, 3600, 3600, "hour", "", "failed", {kBegan, at(100)}};
  const auto cut = archive_->cut(kEngineer, order);
  ASSERT_TRUE(cut) << cut.error().message.en;
  EXPECT_EQ(cut->lives.lives, 2);
  EXPECT_EQ(cut->lives.without_beginning, 1);
  EXPECT_TRUE(cut->table.cut);
  EXPECT_THAT(cut->table.lines, ElementsAre("a"));
  EXPECT_EQ(cut->table.file, "p1.lives.csv");
  const auto preview = archive_->preview(kEngineerOfA, cut->table.number, {});
  ASSERT_TRUE(preview) << preview.error().message.en;
  EXPECT_EQ(preview->mapping.asset, "life");
  EXPECT_EQ(preview->mapping.time, "hour");
  EXPECT_EQ(archive_->cut(kEngineerOfB, order).error().code, Code::kPermissionDenied);
  EXPECT_EQ(archive_->cut(kOperatorOfB, order).error().code, Code::kNotFound);
  order.ends = "broken";
  EXPECT_THAT(archive_->cut(kEngineer, order).error().message.en, HasSubstr("no whole life"));
}

}  // namespace
}  // namespace mw::maintenance
