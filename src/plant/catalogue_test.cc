#include "plant/catalogue.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "plant/demo/demo_description.h"

namespace mw::plant {
namespace {

constexpr const char* kSmall = R"json({
  "site": "test", "simulated": false,
  "lines": [{"id": "north"}, {"id": "south", "name": {"en": "South", "zh": "南线"}}],
  "shifts": [{"id": "night", "start": "22:00", "end": "06:30"}],
  "kinds": [{"id": "pump", "name": {"en": "pump", "zh": "泵"},
             "states": [{"id": "on"}, {"id": "off", "name": {"en": "off", "zh": "停"}}],
             "tags": [{"id": "state", "kind": "state"},
                      {"id": "flow", "unit": "m3/h", "physical": [0, 80], "normal": [null, 60],
                       "normal_states": ["on"], "decimals": 2, "watchdog_s": 5}]}],
  "assets": [{"id": "p1", "kind": "pump", "line": "north"},
             {"id": "p2", "kind": "pump", "line": "south",
              "tags": [{"id": "strokes", "kind": "counter"}]}]
})json";

TEST(Catalogue, GivesEachAssetTheTagsOfItsKindAndItsOwn) {
  const auto catalogue = Catalogue::parse(kSmall);
  ASSERT_TRUE(catalogue) << catalogue.error().message.en;
  const Catalogue& plant = **catalogue;
  ASSERT_EQ(plant.tags().size(), 5u);
  EXPECT_EQ(plant.tags_of("p1").size(), 2u);
  const Tag* flow = plant.tag("p2/flow");
  ASSERT_NE(flow, nullptr);
  EXPECT_EQ(flow->unit, "m3/h");
  EXPECT_EQ(flow->physical_high, 80);
  EXPECT_FALSE(flow->normal_low.has_value());
  EXPECT_EQ(flow->normal_high, 60);
  EXPECT_EQ(flow->watchdog_s, 5);
  EXPECT_EQ(plant.tag("p2/strokes")->kind, TagKind::kCounter);
  EXPECT_EQ(plant.asset("p2")->state_tag, "p2/state");
  EXPECT_EQ(plant.state_name(*plant.asset("p2"), "off").zh, "停");
  EXPECT_EQ(plant.shifts()[0].start_minute, 22 * 60);
  EXPECT_EQ(plant.asset("p3"), nullptr);
}

TEST(Catalogue, HidesLinesThatAnIdentityMayNotSee) {
  const auto whole = Catalogue::parse(kSmall).value();
  Identity who;
  who.lines = {"south"};
  const auto part = Catalogue::visible_to(whole, who);
  EXPECT_EQ(part->asset("p1"), nullptr);
  EXPECT_EQ(part->tag("p1/flow"), nullptr);
  EXPECT_EQ(part->lines().size(), 1u);
  ASSERT_NE(part->tag("p2/flow"), nullptr);
  // The index is that of the whole catalogue, which the store uses.
  EXPECT_EQ(part->tag("p2/flow")->index, whole->tag("p2/flow")->index);
  EXPECT_EQ(part->tag(whole->tag("p2/flow")->index)->id, "p2/flow");
  EXPECT_EQ(part->tag(whole->tag("p1/flow")->index), nullptr);
  EXPECT_TRUE(Catalogue::visible_to(whole, Identity{})->assets().empty());
  EXPECT_EQ(Catalogue::visible_to(whole, Identity::local_viewer()), whole);
}

struct BrokenDescription {
  const char* from;   // replaced in kSmall ...
  const char* to;     // ... by this
  const char* names;  // what the error has to name
};

TEST(Catalogue, NamesTheMemberThatIsWrong) {
  const BrokenDescription cases[] = {
      {"\"site\": \"test\"", "\"site\": \"Test Site\"", "site"},
      {"\"id\": \"south\"", "\"id\": \"north\"", "lines[1].id"},
      {"22:00", "25:00", "shifts[0].start"},
      {"\"physical\": [0, 80]", "\"physical\": [80, 0]", "kinds[0].tags[1].physical"},
      {"\"physical\": [0, 80]", "\"physical\": [0]", "kinds[0].tags[1].physical"},
      {"\"physical\": [0, 80]", "\"physical\": \"x\"", "kinds[0].tags[1].physical"},
      {"\"decimals\": 2", "\"decimals\": 99", "kinds[0].tags[1].decimals"},
      {"\"watchdog_s\": 5", "\"watchdog_s\": 0", "kinds[0].tags[1].watchdog_s"},
      {"[\"on\"]", "[\"jumping\"]", "normal_states"},
      {"\"kind\": \"counter\"", "\"kind\": \"gauge\"", "assets[1].tags[0].kind"},
      {"\"kind\": \"pump\", \"line\": \"north\"", "\"kind\": \"fan\", \"line\": \"north\"",
       "assets[0].kind"},
      {"\"line\": \"north\"", "\"line\": \"west\"", "assets[0].line"},
      {"\"id\": \"p2\"", "\"id\": \"p1\"", "assets[1].id"},
      {"\"id\": \"strokes\"", "\"id\": \"flow\"", "p2/flow"},
      {"\"unit\": \"m3/h\"", "\"unit\": 7", "kinds[0].tags[1].unit"},
      {"\"unit\": \"m3/h\"", "\"unit\": \"a\\u0007b\"", "kinds[0].tags[1].unit"},
      {"\"assets\": [", "\"assets\": [7, ", "assets[0]"},
  };
  for (const BrokenDescription& broken : cases) {
    std::string text = kSmall;
    const auto at = text.find(broken.from);
    ASSERT_NE(at, std::string::npos) << broken.from;
    text.replace(at, std::string(broken.from).size(), broken.to);
    const auto catalogue = Catalogue::parse(text);
    ASSERT_FALSE(catalogue) << broken.to;
    EXPECT_NE(catalogue.error().message.en.find(broken.names), std::string::npos)
        << catalogue.error().message.en;
  }
  EXPECT_FALSE(Catalogue::parse("[]"));
  EXPECT_FALSE(Catalogue::parse("{"));
}

TEST(DemoDescription, IsAPlantOfSixAssetsWithNamesInBothLanguages) {
  const auto parsed = Catalogue::parse(demo_description());
  ASSERT_TRUE(parsed) << parsed.error().message.en;
  const Catalogue& demo = **parsed;
  EXPECT_TRUE(demo.simulated());
  EXPECT_EQ(demo.assets().size(), 6u);
  for (const Asset& asset : demo.assets()) {
    EXPECT_FALSE(asset.name.zh.empty()) << asset.id;
    EXPECT_EQ(asset.state_tag, asset.id + "/state");
    std::set<std::string> names;
    for (const Tag* tag : demo.tags_of(asset.id)) {
      EXPECT_FALSE(tag->name.zh.empty()) << tag->id;
      EXPECT_TRUE(names.insert(tag->name.en).second) << tag->id << " shares its name";
      EXPECT_TRUE(names.insert(tag->name.zh).second) << tag->id << " shares its name";
    }
  }
  EXPECT_EQ(demo.asset("cnc-2")->name.zh, "2号数控机床");
  EXPECT_EQ(demo.tag("cnc-2/spindle_temperature")->name.zh, "主轴温度");
}

}  // namespace
}  // namespace mw::plant
