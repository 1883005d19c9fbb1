// Where a feed has come to, on disk.
#include "plant/feed/feed_position.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

class FeedPositionTest : public testing::Test {
 protected:
  std::unique_ptr<FeedPosition> open() { return FeedPosition::open(path_).value(); }

  testing_support::TemporaryFolder folder_;
  const std::string path_ = (folder_.path() / "erp.db").string();
};

TEST_F(FeedPositionTest, KeepsPositionsOverARestart) {
  {
    const auto position = open();
    const std::vector<std::pair<std::string, TimeNs>> begun{{"m1/a", 5}, {"m1/b", INT64_MIN}};
    ASSERT_TRUE(position->begin(begun));
    ASSERT_TRUE(position->done({{{"m1/a", 7}}, {}}));
  }
  const auto read = open()->positions();
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::map<std::string, TimeNs>{{"m1/a", 7}, {"m1/b", INT64_MIN}}));
}

TEST_F(FeedPositionTest, KeepsWhatCameLateUntilItWasSent) {
  {
    const std::vector<LateStretch> noted{{0, "m1/a", 1, 3, 3, 100}, {0, "m1/b", 2, 2, 1, 50}};
    ASSERT_TRUE(open()->note_late(noted));
  }
  const auto position = open();
  EXPECT_EQ(position->late_total()->samples, 4u);
  EXPECT_EQ(position->late_total()->since_ns, 50);
  const int64_t last = position->last_late().value();
  auto late = position->late(last, 10).value();
  ASSERT_EQ(late.size(), 2u);
  EXPECT_EQ(late[0].tag, "m1/a");
  EXPECT_EQ(late[0].to_ns, 3);

  ASSERT_TRUE(position->done({{}, {{late[0].id, 2, TimeNs{3}}, {late[1].id, 1, std::nullopt}}}));
  late = position->late(last, 10).value();
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].from_ns, 3) << "goes on where it ended";
  EXPECT_EQ(late[0].samples, 1u);
}

TEST_F(FeedPositionTest, NeverGivesAnIdTwice) {
  const auto position = open();
  const std::vector<LateStretch> one{{0, "m1/a", 1, 1, 1, 1}};
  ASSERT_TRUE(position->note_late(one));
  const int64_t first = position->last_late().value();
  ASSERT_TRUE(position->done({{}, {{first, 1, std::nullopt}}}));
  ASSERT_TRUE(position->note_late(one));
  EXPECT_GT(position->last_late().value(), first)
      << "or one that is noted while the other is sent would be struck out with it";
  EXPECT_TRUE(position->late(first, 10)->empty());
}

TEST_F(FeedPositionTest, RefusesAFileOfSomethingElse) {
  {
    auto other = sqlite::Database::open(path_, sqlite::Database::Mode::kReadWrite).value();
    ASSERT_TRUE(other.execute("CREATE TABLE position(a); PRAGMA application_id=7;"));
  }
  EXPECT_FALSE(FeedPosition::open(path_));
}

}  // namespace
}  // namespace mw::plant
