#include "hub/progress_bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/internal/progress_meter.h"

namespace mw::hub {
namespace {

using Stage = PullProgress::Stage;

TEST(ProgressBar, ShowsShareRateAndRemainingTime) {
  const PullProgress progress{Stage::kFetching, 41'800'000, 92'900'000, 10'200'000};
  EXPECT_EQ(progress_line(progress, 80, Language::kEn),
            "fetching [############----------------]  44%  41.8/92.9 MB  10.2 MB/s  6 s left");
  const std::string zh = progress_line(progress, 80, Language::kZh);
  EXPECT_NE(zh.find("下载"), std::string::npos);
  EXPECT_NE(zh.find("剩余 6 秒"), std::string::npos);
}

TEST(ProgressBar, FitsAnyWidthAndLeavesOutWhatIsNotKnown) {
  const PullProgress progress{Stage::kFetching, 5'000'000, 10'000'000, 1'000'000};
  for (int columns = 20; columns < 200; ++columns) {
    const std::string line = progress_line(progress, columns, Language::kEn);
    if (columns >= 60) {
      EXPECT_LE(line.size(), static_cast<std::size_t>(columns));
    }
    EXPECT_NE(line.find("50%"), std::string::npos);
  }
  EXPECT_EQ(progress_line({Stage::kLocating, 0, 0, 0}, 80, Language::kEn), "looking up");
  EXPECT_EQ(progress_line({Stage::kFetching, 0, 0, 0}, 80, Language::kEn), "fetching");
  EXPECT_EQ(progress_line({Stage::kFetching, 5, 0, 0}, 80, Language::kEn), "fetching");
  EXPECT_EQ(progress_line({Stage::kDone, 0, 98'362'432, 0}, 80, Language::kEn), "done  98.4 MB");
}

TEST(ProgressBar, MoreThanAnnouncedIsStillAHundred) {
  const std::string line = progress_line({Stage::kFetching, 200, 100, 50}, 80, Language::kEn);
  EXPECT_NE(line.find(" 100%"), std::string::npos);
  EXPECT_NE(line.find("0 s left"), std::string::npos);
}

TEST(ProgressBar, WritesTimesAsPeopleDo) {
  EXPECT_EQ(remaining_time(4.2, Language::kEn), "5 s");
  EXPECT_EQ(remaining_time(187, Language::kEn), "3 min 07 s");
  EXPECT_EQ(remaining_time(3720, Language::kEn), "1 h 02 min");
  EXPECT_EQ(remaining_time(187, Language::kZh), "3 分 07 秒");
  EXPECT_EQ(remaining_time(-1, Language::kEn), "0 s");
  EXPECT_EQ(remaining_time(1e12, Language::kEn), "99 h 59 min");
}

TEST(ProgressBar, LogsGetALineATenth) {
  const PullProgress before{Stage::kFetching, 10, 100, 0};
  EXPECT_FALSE(is_milestone(before, {Stage::kFetching, 19, 100, 0}));
  EXPECT_TRUE(is_milestone(before, {Stage::kFetching, 20, 100, 0}));
  EXPECT_TRUE(is_milestone(before, {Stage::kUnpacking, 10, 100, 0}));
}

TEST(ProgressMeter, RateIsThatOfTheLastSeconds) {
  std::vector<PullProgress> seen;
  const OnProgress record = [&](const PullProgress& progress) { seen.push_back(progress); };
  ProgressMeter meter(record);
  meter.set_stage(Stage::kFetching, 1'000'000);
  const int64_t start = 1'000 * kNsPerSecond;
  for (int tenth = 0; tenth <= 100; ++tenth) {  // ten seconds: 1000 B/s, then 5000 B/s
    const uint64_t bytes = tenth <= 40 ? static_cast<uint64_t>(tenth) * 100
                                       : 4000 + static_cast<uint64_t>(tenth - 40) * 500;
    meter.set_done_at(bytes, start + tenth * 100 * kNsPerMs);
  }
  EXPECT_NEAR(seen.back().bytes_s, 5000, 1);
  EXPECT_EQ(seen.back().bytes_done, 34'000U);
  meter.set_done_at(34'001, start + 10'000 * kNsPerMs + 1);
  EXPECT_EQ(seen.back().bytes_done, 34'000U);  // too soon for another report
  meter.set_done_at(10, start + 11 * kNsPerSecond);
  EXPECT_GE(seen.back().bytes_s, 0);  // a restart is no negative rate
}

}  // namespace
}  // namespace mw::hub
