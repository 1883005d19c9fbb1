#include "plant/internal/connector_minutes.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

constexpr TimeNs kHour = 1'760'000'400 * kNsPerSecond;  // 2025-10-09T09:00:00Z

ConnectorMinute minute(int64_t at_min, ConnectorState state = ConnectorState::kConnected,
                       uint64_t samples = 60) {
  ConnectorMinute out;
  out.start_ns = kHour + at_min * kNsPerMinute;
  out.state = state;
  out.samples = samples;
  return out;
}

TEST(ConnectorMinutes, ComeBackFromTheStoreAsTheyWent) {
  std::vector<ConnectorMinute> minutes = {minute(0), minute(7, ConnectorState::kSilent, 0),
                                          minute(59, ConnectorState::kFailed, 3)};
  minutes[1].skew_ns = -90 * kNsPerSecond;
  minutes[2].backlog = 12;
  minutes[2].refused = 2;
  minutes[2].gaps = 1;
  const PlantRecord record = record_of("press-plc", minutes);
  EXPECT_EQ(record.kind, "connector");
  EXPECT_EQ(record.place, "connector/press-plc");
  EXPECT_EQ(record.start_ns, kHour);
  EXPECT_EQ(record.end_ns, kHour + kNsPerHour);
  const auto read = minutes_of(record);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(*read, minutes);
}

TEST(ConnectorMinutes, AreRefusedWhereTheyAreDamaged) {
  PlantRecord record;
  record.start_ns = kHour;
  for (const char* body :
       {"", "[]", "{}", R"({"minutes":1})", R"({"minutes":[1]})",
        R"({"minutes":[[60,"connected",1,0,0,null,null]]})",
        R"({"minutes":[[-1,"connected",1,0,0,null,null]]})",
        R"({"minutes":[[1,"well",1,0,0,null,null]]})",
        R"({"minutes":[[1,"connected",1,0,0,null]]})",
        R"({"minutes":[[1,"connected",1.5,0,0,null,null]]})",
        R"({"minutes":[[1,"connected",1,0,0,-1,null]]})",
        R"({"minutes":[[1,"connected",1,0,0,null,"x"]]})",
        R"({"minutes":[[1,"connected",1,0,0,null,null],[1,"connected",1,0,0,null,null]]})"}) {
    record.body = body;
    const auto read = minutes_of(record);
    ASSERT_FALSE(read) << body;
  }
}

TEST(ConnectorMinutes, ArePutTogetherSoThatTheWorstShows) {
  std::vector<ConnectorMinute> minutes;
  for (int64_t i = 0; i < 30; ++i) minutes.push_back(minute(i));
  minutes[3].state = ConnectorState::kFailed;
  minutes[3].backlog = 9;
  minutes[4].backlog = 2;
  minutes[4].skew_ns = 5;
  const TimeWindow window{kHour, kHour + 30 * kNsPerMinute};
  const ConnectorHistory each = in_points(minutes, window, 100);
  EXPECT_EQ(each.step_ns, kNsPerMinute);
  EXPECT_EQ(each.points, minutes);
  const ConnectorHistory few = in_points(minutes, window, 8);
  EXPECT_EQ(few.step_ns, 5 * kNsPerMinute);
  ASSERT_EQ(few.points.size(), 6u);
  EXPECT_EQ(few.points[0].state, ConnectorState::kFailed);
  EXPECT_EQ(few.points[0].samples, 300u);
  EXPECT_EQ(few.points[0].backlog, 9u);
  EXPECT_EQ(few.points[0].skew_ns, 5);
  EXPECT_EQ(few.points[1].state, ConnectorState::kConnected);
  EXPECT_EQ(few.points[1].backlog, std::nullopt);
}

TEST(ConnectorMinutes, OfAWindowAreAlsoThoseThatItCuts) {
  const std::vector<ConnectorMinute> minutes = {minute(0), minute(1), minute(2)};
  const TimeWindow window{kHour + 30 * kNsPerSecond, kHour + 2 * kNsPerMinute};
  EXPECT_EQ(in_points(minutes, window, 100).points, (std::vector{minutes[0], minutes[1]}));
  const TimeWindow months{0, 80'000 * kNsPerMinute};
  EXPECT_EQ(in_points({}, months, 60).step_ns, kNsPerDay);
}

}  // namespace
}  // namespace mw::plant
