#include "plant/internal/shift_reader.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

const std::vector<Line> kLines = {{"a", {}, {}, {}}, {"b", {}, {}, {}}};

TEST(ShiftReader, ReadsTimesDaysLinesAndExceptions) {
  const Json json = parse_json(R"({
    "shifts": [{"id": "early", "start": "06:00", "end": "14:00", "days": ["mon", "sun"]},
               {"id": "night", "start": "22:30", "end": "06:00", "lines": ["b"]}],
    "shift_exceptions": [{"date": "2026-12-25", "name": {"en": "Christmas"}},
                         {"date": "2026-12-31", "shifts": ["early"], "lines": ["a"]}]})")
                        .value();
  const auto shifts = read_shifts(json, kLines).value();
  ASSERT_EQ(shifts.size(), 2u);
  EXPECT_EQ(shifts[0].start_minute, 360);
  EXPECT_EQ(shifts[0].days, 0x41u);
  EXPECT_TRUE(shifts[0].lines.empty()) << "all of them";
  EXPECT_EQ(shifts[1].start_minute, 22 * 60 + 30);
  EXPECT_EQ(shifts[1].days, Shift::kEveryDay);
  const auto exceptions = read_shift_exceptions(json, kLines, shifts).value();
  ASSERT_EQ(exceptions.size(), 2u);
  EXPECT_TRUE(exceptions[0].shifts.empty()) << "none runs";
  EXPECT_EQ(exceptions[1].day - exceptions[0].day, 6);
}

TEST(ShiftReader, NamesTheMemberThatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"shifts": [{"id": "x", "start": "6:00", "end": "14:00"}]})", "shifts[0].start"},
      {R"({"shifts": [{"id": "x", "start": "06:00", "end": "24:00"}]})", "shifts[0].end"},
      {R"({"shifts": [{"id": "x", "start": "06:00", "end": "14:00", "days": ["day"]}]})",
       "shifts[0].days"},
      {R"({"shifts": [{"id": "x", "start": "06:00", "end": "14:00", "days": []}]})",
       "shifts[0].days"},
      {R"({"shifts": [{"id": "x", "start": "06:00", "end": "14:00", "lines": ["q"]}]})",
       "shifts[0].lines"},
      {R"({"shift_exceptions": [{"date": "2026-02-30"}]})", "shift_exceptions[0].date"},
      {R"({"shift_exceptions": [{"date": "2026-02-03", "shifts": ["x"]}]})",
       "shift_exceptions[0].shifts"},
  };
  for (const auto& [text, place] : rows) {
    const Json json = parse_json(text).value();
    const auto shifts = read_shifts(json, kLines);
    const Error error =
        shifts ? read_shift_exceptions(json, kLines, *shifts).error() : shifts.error();
    EXPECT_EQ(error.param, place) << text;
  }
}

}  // namespace
}  // namespace mw::plant
