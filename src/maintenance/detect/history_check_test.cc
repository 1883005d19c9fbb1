#include "maintenance/detect/history_check.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mw::maintenance {
namespace {

TEST(HistoryCheck, CountsCompleteRowsAndWantsOneSensorToMove) {
  SampleMatrix rows{2, {}};
  for (int i = 0; i < 10; ++i) rows.add(std::vector<double>{static_cast<double>(i), 3});
  EXPECT_TRUE(check_history(rows, 10));
  EXPECT_EQ(check_history(rows, 11).error().code, Code::kInvalidArgument);
  rows.add(std::vector<double>{std::nan(""), 3});
  EXPECT_NE(check_history(rows, 11).error().message.en.find("got 10"), std::string::npos);

  SampleMatrix still{1, std::vector<double>(20, 7)};
  EXPECT_NE(check_history(still, 5).error().message.en.find("no sensor moves"), std::string::npos);
}

}  // namespace
}  // namespace mw::maintenance
