#include "maintenance/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/testing.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RecordingTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::ofstream(path) << text;
    return path;
  }
  mw::testing_support::TemporaryFolder folder_;
};

TEST_F(RecordingTest, ReadsTextWithANumberALine) {
  const auto found = read_recording(file("a.csv", "acceleration\r\n1.5\r\n -2e-3 \n\n7\n"), "");
  ASSERT_TRUE(found) << found.error().message.en;
  EXPECT_THAT(found->samples, ElementsAre(1.5, -0.002, 7));
}

TEST_F(RecordingTest, NamesTheLineThatIsNoNumber) {
  const auto found = read_recording(file("a.txt", "1\n2\nx\n"), "");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message.en, HasSubstr("line 3"));
  EXPECT_THAT(found.error().message.zh, HasSubstr("第 3 行"));
  EXPECT_FALSE(read_recording(folder_.path() / "none.txt", ""));
  EXPECT_EQ(read_recording(file("a.mat", "text"), "").error().code, Code::kCorrupt);
}

TEST_F(RecordingTest, TakesTheColumnThatIsMeant) {
  const std::string text = "time,de [g],fe [g]\n0,1,2\n0.1,3,4\n";
  EXPECT_THAT(parse_recording(text, "a.csv", "fe")->samples, ElementsAre(2, 4));
  EXPECT_EQ(parse_recording(text, "a.csv", "fe")->channel, "fe");
  EXPECT_THAT(parse_recording(text, "a.csv", "").error().message.en, HasSubstr("time, de, fe"));
  EXPECT_THAT(parse_recording("time;a\n0;1\n1;2\n", "a.csv", "")->samples, ElementsAre(1, 2));
  EXPECT_THAT(parse_recording("0,1\n1,2", "a.csv", "2")->samples, ElementsAre(1, 2));
  EXPECT_THAT(parse_recording("a,b\n1,2\n3\n", "a.csv", "a").error().message.en,
              HasSubstr("line 3"));
}

TEST_F(RecordingTest, AsksWhichChannelOfAMatlabFileIsMeant) {
  const auto path = mw::testing_support::existing(
      mw::testing_support::source_path("build/data/cwru/12k_DE/IR_007_105_0.mat"));
  if (!path) GTEST_SKIP() << "build/data/cwru is not there: tar xJf ../shared/data/cwru.tar.xz";
  const auto unclear = read_recording(*path, "");
  ASSERT_FALSE(unclear);
  EXPECT_THAT(unclear.error().message.en, HasSubstr("X105_DE_time, X105_FE_time"));
  const auto found = read_recording(*path, "DE_time");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->channel, "X105_DE_time");
  EXPECT_EQ(found->rpm, 1797);
}

}  // namespace
}  // namespace mw::maintenance
