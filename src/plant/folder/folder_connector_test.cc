// Files that are put into a watched folder: whole, half-written, broken, put in twice.
#include "plant/folder/folder_connector.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/file.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

namespace fs = std::filesystem;
const Identity kAll = Identity::local_viewer();

class FolderConnectorTest : public testing::Test {
 protected:
  FolderConnectorTest() {
    fs::create_directories(in_);
    FolderOptions folder;
    folder.name = "files";
    folder.path = in_.string();
    folder.poll_ms = 10;
    folder.settle_ms = 100;
    PlantOptions options;
    options.data_folder = (folder_.path() / "data").string();
    options.catalogue = test_catalogue();
    options.connectors = {folder};
    plant_ = Plant::open(std::move(options)).value();
  }
  static bool wait_for(const std::function<bool()>& condition) {
    for (int i = 0; i < 500 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return condition();
  }
  void put(const std::string& name, const std::string& text) { std::ofstream(in_ / name) << text; }
  uint64_t stored(const char* tag = "m1/temperature") {
    return plant_->aggregate(kAll, tag, {0, plant_->now_ns()})->count;
  }
  ConnectorStatus status() { return plant_->snapshot(kAll).connectors.at(0); }

  testing_support::TemporaryFolder folder_;
  const fs::path in_ = folder_.path() / "in";
  std::unique_ptr<Plant> plant_;
};

constexpr const char* kGood =
    "time,m1/temperature\n2026-01-31T08:15:30Z,21.5\n2026-01-31T08:15:31Z,21.6\n";

TEST_F(FolderConnectorTest, TakesAFileOnceAndMovesItToDone) {
  put("a.csv", kGood);
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "done/a.csv"); }));
  EXPECT_FALSE(fs::exists(in_ / "a.csv"));
  EXPECT_EQ(stored(), 2u);
  put("a.csv", kGood);
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "done/a-1.csv"); }));
  EXPECT_EQ(stored(), 2u) << "put in twice, stored once";
  EXPECT_EQ(status().state, ConnectorState::kConnected);
  EXPECT_EQ(status().backlog, 0u);
  EXPECT_EQ(status().problem_ns, 0);
  EXPECT_FALSE(status().skew_ns.has_value());
}

TEST_F(FolderConnectorTest, MovesAFileWithProblemsToFailedWithTheReasonAndKeepsWhatItCouldRead) {
  put("b.csv", std::string(kGood) + "yesterday,1\n");
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "failed/b.csv"); }));
  const std::string why = read_file(in_ / "failed/b.csv.txt", 10'000).value();
  EXPECT_NE(why.find("2 samples were stored; 1 problems"), std::string::npos) << why;
  EXPECT_NE(why.find("line 4"), std::string::npos) << why;
  EXPECT_NE(why.find("第 4 行"), std::string::npos) << why;
  EXPECT_EQ(stored(), 2u);
  EXPECT_EQ(status().refused, 1u);
  EXPECT_NE(status().problem.en.find("b.csv"), std::string::npos);

  put("c.csv", "no header that we know\n1\n");
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "failed/c.csv.txt"); }));
}

TEST_F(FolderConnectorTest, DoesNotStoreALastLineThatMayBeCut) {
  put("cut.csv", std::string(kGood) + "2026-01-31T08:15:32Z,2");  // of 21.7
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "failed/cut.csv.txt"); }));
  EXPECT_NE(read_file(in_ / "failed/cut.csv.txt", 10'000)->find("line 4"), std::string::npos);
  EXPECT_EQ(stored(), 2u);
  put("mended.csv", std::string(kGood) + "2026-01-31T08:15:32Z,21.7\n");
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "done/mended.csv"); }));
  EXPECT_EQ(stored(), 3u);
  EXPECT_EQ(plant_->latest(kAll, "m1/temperature")->value, 21.7);
}

TEST_F(FolderConnectorTest, LeavesAFileAloneWhileItIsBeingWritten) {
  std::ofstream out(in_ / "slow.csv");
  out << "time,m1/temperature\n" << std::flush;
  for (int i = 10; i < 30; ++i) {
    out << "2026-01-31T08:15:" << i << "Z,21." << i << "\n" << std::flush;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(fs::exists(in_ / "slow.csv"));
  }
  out.close();
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "done/slow.csv"); }));
  EXPECT_EQ(stored(), 20u);
}

TEST_F(FolderConnectorTest, TakesNothingThatIsNoCsvFileOfItsOwn) {
  put(".hidden.csv", kGood);
  put("a.csv.part", kGood);
  fs::create_directories(in_ / "folder.csv");
  put("target.txt", kGood);
  fs::create_symlink(in_ / "target.txt", in_ / "link.csv");
  put("last.CSV", kGood);
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "done/last.CSV"); }));
  for (const char* name : {".hidden.csv", "a.csv.part", "folder.csv", "link.csv"}) {
    EXPECT_TRUE(fs::exists(in_ / name)) << name;
  }
}

TEST_F(FolderConnectorTest, SaysWhenTheFolderIsGoneAndGoesOnWhenItIsBack) {
  fs::remove_all(in_);
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kFailed; }));
  EXPECT_NE(status().problem.en.find("cannot read the folder"), std::string::npos);
  fs::create_directories(in_);
  put("a.csv", kGood);
  ASSERT_TRUE(wait_for([&] { return fs::exists(in_ / "done/a.csv"); }));
  EXPECT_EQ(status().state, ConnectorState::kConnected);
}

TEST_F(FolderConnectorTest, DoesNotTakeAnOldFileForASignOfLife) {
  put("a.csv", kGood);
  ASSERT_TRUE(wait_for([&] { return stored() == 2; }));
  EXPECT_EQ(plant_->latest(kAll, "m1/temperature")->quality, Quality::kBad);
  EXPECT_EQ(plant_->latest(kAll, "m1/temperature")->value, 21.6);
}

}  // namespace
}  // namespace mw::plant
