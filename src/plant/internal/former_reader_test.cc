#include <gtest/gtest.h>

#include <string>

#include "plant/catalogue.h"

namespace mw::plant {
namespace {

Result<std::shared_ptr<const Catalogue>> plant_with(const std::string& formerly) {
  return Catalogue::parse(R"({"site": "t", "lines": [{"id": "a"}], "kinds": [{"id": "k", "tags": [
      {"id": "force", "unit": "kN"}, {"id": "oil", "unit": "degC"}]}],
    "assets": [{"id": "press", "kind": "k", "line": "a"}, {"id": "saw", "kind": "k", "line": "a"}],
    "formerly": )" + formerly +
                          "}");
}

TEST(FormerReader, KnowsWhatATagAndAWholeMachineWereCalled) {
  const auto plant = plant_with(R"([{"asset": "press", "id": "press-old"},
      {"tag": "saw/oil", "id": "saw/oil_temperature", "unit": "C"}])");
  ASSERT_TRUE(plant) << plant.error().message.en;
  EXPECT_EQ((*plant)->tag("press/force")->former_id, "press-old/force");
  EXPECT_EQ((*plant)->tag("press/oil")->former_id, "press-old/oil");
  EXPECT_EQ((*plant)->tag("saw/oil")->former_id, "saw/oil_temperature");
  EXPECT_EQ((*plant)->tag("saw/oil")->former_unit, "C");
  EXPECT_TRUE((*plant)->tag("saw/force")->former_id.empty());
}

TEST(FormerReader, WhatIsSaidOfATagGoesBeforeWhatIsSaidOfItsMachine) {
  const auto plant = plant_with(R"([{"tag": "press/oil", "id": "tank/oil"},
      {"asset": "press", "id": "press-old"}])");
  ASSERT_TRUE(plant) << plant.error().message.en;
  EXPECT_EQ((*plant)->tag("press/oil")->former_id, "tank/oil");
  EXPECT_EQ((*plant)->tag("press/force")->former_id, "press-old/force");
}

TEST(FormerReader, NamesTheMemberThatIsWrong) {
  struct Case {
    const char* formerly;
    const char* says;
  };
  const Case cases[] = {
      {R"([{"id": "x/y"}])", "formerly[0]: expected either tag or asset"},
      {R"([{"tag": "saw/oil", "asset": "saw", "id": "x/y"}])", "either tag or asset"},
      {R"([{"tag": "saw/oil"}])", "expected id, unit or both"},
      {R"([{"tag": "saw/water", "id": "x/y"}])", "formerly[0].tag: the description has no 'saw/wa"},
      {R"([{"asset": "lathe", "id": "x"}])", "formerly[0].asset: the description has no tags of"},
      {R"([{"asset": "saw", "id": "x/y"}])", "formerly[0].id: expected the asset's earlier"},
      {R"([{"asset": "saw", "id": "x", "unit": "C"}])", "formerly[0].unit: an asset has no unit"},
      {R"([{"tag": "saw/oil", "id": "Oil"}])", "formerly[0].id: expected ASSET/TAG"},
      {R"([{"tag": "saw/oil", "id": "saw/force"}])", "'saw/force' is still in the description"},
      {R"([{"tag": "saw/oil", "id": "x/y"}, {"tag": "saw/force", "id": "x/y"}])", "formerly[1].id"},
      {R"({"tag": "saw/oil"})", "formerly"}};
  for (const Case& each : cases) {
    const auto plant = plant_with(each.formerly);
    ASSERT_FALSE(plant) << each.formerly;
    EXPECT_NE(plant.error().message.en.find(each.says), std::string::npos)
        << each.formerly << ": " << plant.error().message.en;
  }
}

}  // namespace
}  // namespace mw::plant
