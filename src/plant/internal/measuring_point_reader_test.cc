#include "plant/internal/measuring_point_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plant/catalogue.h"

namespace mw::plant {
namespace {

using ::testing::HasSubstr;

/// A description with one pump; both are JSON arrays of measuring points.
std::string with(const std::string& of_kind, const std::string& own = "[]") {
  return R"({"site": "s", "lines": [{"id": "a"}], "kinds": [{"id": "pump",
    "components": [{"id": "motor"}],
    "tags": [{"id": "speed", "unit": "1/min"}, {"id": "heat", "unit": "degC"}],
    "measuring_points": )" +
         of_kind + R"(}], "assets": [{"id": "p1", "kind": "pump", "line": "a",
    "measuring_points": )" +
         own + "}]}";
}

TEST(MeasuringPointReader, ReadsBearingSpeedAndComponent) {
  const auto plant = Catalogue::parse(with(
      R"([{"point": "drive end", "component": "motor", "speed": "speed", "shaft_ratio": 0.5,
           "bearing": {"name": "6205-2RS", "elements": 9, "element_diameter": 7.94,
                       "pitch_diameter": 39.04}},
          {"point": "fan end", "bearing": {"bpfo": 3.585, "bpfi": 5.415, "bsf": 2.357, "ftf": 0.398}}])"));
  ASSERT_TRUE(plant) << plant.error().message.en;
  const auto& points = (*plant)->asset("p1")->measuring_points;
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].component, "motor");
  EXPECT_EQ(points[0].bearing_name, "6205-2RS");
  EXPECT_EQ(points[0].bearing->elements, 9);
  EXPECT_EQ(points[0].speed_tag, "p1/speed");
  EXPECT_EQ(points[0].shaft_ratio, 0.5);
  EXPECT_FALSE(points[0].orders);
  EXPECT_EQ(points[1].orders->bpfi, 5.415);
  EXPECT_FALSE(points[1].bearing);
}

TEST(MeasuringPointReader, LetsAMachineReplaceAPointOfItsKind) {
  const auto plant =
      Catalogue::parse(with(R"([{"point": "drive end", "speed": "speed"}, {"point": "fan end"}])",
                            R"([{"point": "drive end", "component": "motor"}])"));
  ASSERT_TRUE(plant) << plant.error().message.en;
  const auto& points = (*plant)->asset("p1")->measuring_points;
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].component, "motor");
  EXPECT_EQ(points[1].speed_tag, "");
}

TEST(MeasuringPointReader, RefusesWhatCannotBeByItsKey) {
  struct Row {
    const char* points;
    const char* place;
  };
  const Row rows[] = {
      {R"([{"point": ""}])", "kinds[0].measuring_points[0].point"},
      {R"([{"point": "x"}, {"point": "x"}])", "kinds[0].measuring_points[1].point"},
      {R"([{"point": "x", "rpm": 3}])", "kinds[0].measuring_points[0].rpm"},
      {R"([{"point": "x", "shaft_ratio": 2}])", "kinds[0].measuring_points[0].shaft_ratio"},
      {R"([{"point": "x", "shaft_ratio": 0, "speed": "speed"}])",
       "kinds[0].measuring_points[0].shaft_ratio"},
      {R"([{"point": "x", "component": "gear"}])", "kinds[0].measuring_points"},
      {R"([{"point": "x", "speed": "heat"}])", "kinds[0].measuring_points"},
      {R"([{"point": "x", "bearing": 6205}])", "kinds[0].measuring_points[0].bearing"},
      {R"([{"point": "x", "bearing": {"elements": 2, "element_diameter": 1, "pitch_diameter": 9}}])",
       "kinds[0].measuring_points[0].bearing.elements"},
      {R"([{"point": "x", "bearing": {"elements": 8.5, "element_diameter": 1, "pitch_diameter": 9}}])",
       "kinds[0].measuring_points[0].bearing.elements"},
      {R"([{"point": "x", "bearing": {"elements": 9, "element_diameter": 20, "pitch_diameter": 39}}])",
       "kinds[0].measuring_points[0].bearing.pitch_diameter"},
      {R"([{"point": "x", "bearing": {"elements": 9, "element_diameter": 7, "pitch_diameter": 39,
                                      "contact_angle_deg": 95}}])",
       "kinds[0].measuring_points[0].bearing.contact_angle_deg"},
      {R"([{"point": "x", "bearing": {"name": "6205"}}])",
       "kinds[0].measuring_points[0].bearing.elements"},
      {R"([{"point": "x", "bearing": {"bpfo": 3, "bpfi": 5, "bsf": 2}}])",
       "kinds[0].measuring_points[0].bearing.ftf"},
      {R"([{"point": "x", "bearing": {"bpfo": 3, "bpfi": 5, "bsf": 2, "ftf": 1.4}}])",
       "kinds[0].measuring_points[0].bearing.ftf"},
      {R"([{"point": "x", "bearing": {"bpfo": 3, "bpfi": 5, "bsf": 2, "ftf": 0.4, "elements": 8}}])",
       "kinds[0].measuring_points[0].bearing"},
      {R"([{"point": "x", "bearing": {"bpfo": 0.1, "bpfi": 5, "bsf": 2, "ftf": 0.4}}])",
       "kinds[0].measuring_points[0].bearing.bpfo"},
  };
  for (const Row& row : rows) {
    const auto plant = Catalogue::parse(with(row.points));
    ASSERT_FALSE(plant) << row.points;
    EXPECT_EQ(plant.error().param, row.place) << row.points;
    EXPECT_FALSE(plant.error().message.zh.empty());
  }
  const auto own = Catalogue::parse(with("[]", R"([{"point": "x", "speed": "flow"}])"));
  ASSERT_FALSE(own);
  EXPECT_THAT(own.error().message.en, HasSubstr("assets[0].measuring_points"));
}

}  // namespace
}  // namespace mw::plant
