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
  const Identity who = Identity::viewer_of({"south"});
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

constexpr const char* kLevels = R"json({
  "enterprise": {"id": "acme", "name": {"en": "Acme", "zh": "艾克美"}},
  "site": "north-works", "site_name": {"en": "North works", "zh": "北厂"},
  "areas": [{"id": "hall-1", "name": {"en": "press shop", "zh": "冲压车间"}},
            {"id": "hall-2", "name": {"en": "paint shop", "zh": "涂装车间"}}, {"id": "store"}],
  "lines": [{"id": "a", "area": "hall-1"}, {"id": "b", "area": "hall-2"}, {"id": "c"}],
  "cells": [{"id": "a1", "line": "a"}, {"id": "b1", "line": "b"}],
  "shifts": [{"id": "day", "start": "08:00", "end": "16:00", "days": ["mon", "tue"]},
             {"id": "paint", "start": "10:00", "end": "18:00", "lines": ["b"]}],
  "shift_exceptions": [{"date": "2026-12-24", "shifts": ["day"], "lines": ["a", "b"]}],
  "kinds": [{"id": "press", "states": [{"id": "on", "time": "production"}, {"id": "off", "time": "planned_stop"}],
             "components": [{"id": "pump"}],
             "production": {"total": "strokes", "ideal_cycle_s": 4},
             "tags": [{"id": "state", "kind": "state"}, {"id": "strokes", "kind": "counter"},
                      {"id": "oil", "component": "pump", "unit_code": "CEL", "physical": [0, 120],
                       "normal": [null, 60], "deadband": 0.5, "watchdog_s": 5}]}],
  "assets": [{"id": "p1", "kind": "press", "line": "a", "cell": "a1"},
             {"id": "p2", "kind": "press", "line": "b", "production": {"ideal_cycle_s": 6},
              "override": {"oil": {"normal": [null, 70], "name": {"en": "oil heat"}, "watchdog_s": 30}}},
             {"id": "p3", "kind": "press", "line": "c",
              "override": {"oil": {"unit_code": "FAH", "physical": [32, 248], "normal": [null, 140],
                                   "deadband": 1}}}]
})json";

TEST(Catalogue, HasTheLevelsOfIsa95WhereTheyAreDescribed) {
  const auto parsed = Catalogue::parse(kLevels);
  ASSERT_TRUE(parsed) << parsed.error().message.en;
  const Catalogue& plant = **parsed;
  EXPECT_EQ(plant.enterprise(), "acme");
  EXPECT_EQ(plant.site_name().zh, "北厂");
  EXPECT_EQ(plant.path_of(*plant.asset("p1")), "acme/north-works/hall-1/a/a1/p1");
  EXPECT_EQ(plant.path_of(*plant.asset("p3")), "acme/north-works/c/p3");
  EXPECT_EQ(plant.path_of(*plant.tag("p2/oil")), "acme/north-works/hall-2/b/p2/pump/oil");
  EXPECT_EQ(plant.cell("b1")->line, "b");
  EXPECT_EQ(plant.asset("p1")->components[0].id, "pump");
  // None of them is needed.
  const auto small = Catalogue::parse(kSmall).value();
  EXPECT_EQ(small->path_of(*small->asset("p1")), "test/north/p1");
  EXPECT_TRUE(small->areas().empty());
  EXPECT_EQ(small->asset("p1")->states[0].use, StateUse::kUndeclared);
}

TEST(Catalogue, LetsAnAssetOverrideParametersOfItsKind) {
  const auto plant = Catalogue::parse(kLevels).value();
  const Tag& as_kind = *plant->tag("p1/oil");
  const Tag& own = *plant->tag("p2/oil");
  EXPECT_EQ(as_kind.unit, "degC");
  EXPECT_EQ(as_kind.normal_high, 60);
  EXPECT_EQ(own.normal_high, 70);
  EXPECT_EQ(own.name.en, "oil heat");
  EXPECT_EQ(own.watchdog_s, 30);
  EXPECT_EQ(own.physical_high, 120);  // as the kind says
  EXPECT_EQ(plant->tag("p3/oil")->unit, "degF");
  EXPECT_EQ(plant->tag("p3/oil")->physical_low, 32);
  EXPECT_EQ(plant->asset("p1")->production.ideal_cycle_s, 4);
  EXPECT_EQ(plant->asset("p2")->production.ideal_cycle_s, 6);
  EXPECT_EQ(plant->asset("p2")->production.total, "p2/strokes");
}

TEST(Catalogue, NamesAnAreaOnlyToWhoMaySeeALineOfIt) {
  const auto whole = Catalogue::parse(kLevels).value();
  const Identity who = Identity::viewer_of({"a"});
  const auto part = Catalogue::visible_to(whole, who);
  ASSERT_EQ(part->areas().size(), 1u);
  EXPECT_EQ(part->areas()[0].id, "hall-1");
  EXPECT_EQ(part->cells().size(), 1u);
  EXPECT_EQ(part->area("hall-2"), nullptr);
  EXPECT_EQ(part->cell("b1"), nullptr);
  EXPECT_EQ(part->shifts().size(), 1u);
  EXPECT_EQ(part->shift_exceptions()[0].lines, std::vector<std::string>{"a"});
}

// What one may see does not change with what one may not: a plant whose hidden lines, areas and
// cells are called otherwise looks the same.
TEST(Catalogue, LooksTheSameWhateverTheHiddenPartsAreCalled) {
  std::string other = kLevels;
  const std::pair<const char*, const char*> renamed[] = {
      {"paint shop", "secret lab"}, {"涂装车间", "秘密车间"}, {"hall-2", "lab-9"},
      {"\"store\"", "\"vault\""},   {"\"b1\"", "\"x7\""},     {"\"paint\"", "\"stealth\""}};
  for (const auto& [from, to] : renamed) {
    for (std::size_t at = other.find(from); at != std::string::npos; at = other.find(from)) {
      other.replace(at, std::string(from).size(), to);
    }
  }
  ASSERT_NE(other, kLevels);
  const Identity who = Identity::viewer_of({"a", "c"});
  const auto all_names = [&](std::string_view description) {
    const auto view = Catalogue::visible_to(Catalogue::parse(description).value(), who);
    std::string names = view->site() + view->enterprise();
    for (const Area& each : view->areas()) names += "|" + each.id + each.name.en + each.name.zh;
    for (const Line& each : view->lines()) names += "|" + each.id + each.area;
    for (const Cell& each : view->cells()) names += "|" + each.id + each.line;
    for (const Shift& each : view->shifts()) names += "|" + each.id;
    for (const ShiftException& each : view->shift_exceptions()) {
      for (const std::string& line : each.lines) names += "|" + line;
    }
    for (const Asset& each : view->assets()) names += "|" + view->path_of(each);
    for (const Tag& each : view->tags()) {
      names += "|" + view->path_of(each) + std::to_string(each.index);
    }
    return names;
  };
  EXPECT_EQ(all_names(kLevels), all_names(other));
}

TEST(Catalogue, NamesWhatIsWrongWithLevelsAndOverrides) {
  const BrokenDescription cases[] = {
      {"\"area\": \"hall-1\"", "\"area\": \"hall-7\"", "lines[0].area"},
      {"{\"id\": \"b1\", \"line\": \"b\"}", "{\"id\": \"a1\", \"line\": \"b\"}", "cells[1].id"},
      {"{\"id\": \"b1\", \"line\": \"b\"}", "{\"id\": \"b1\"}", "cells[1].line"},
      {"\"cell\": \"a1\"", "\"cell\": \"b1\"", "belongs to line 'b'"},
      {"\"cell\": \"a1\"", "\"cell\": \"z\"", "assets[0].cell"},
      {"\"component\": \"pump\"", "\"component\": \"motor\"", "'motor' is no component"},
      {"[{\"id\": \"pump\"}]", "[{\"id\": \"pump\"}, {\"id\": \"pump\"}]", "'pump' is there twice"},
      {"\"unit_code\": \"CEL\"", "\"unit_code\": \"XYZ\"", "kinds[0].tags[2].unit_code"},
      {"\"unit_code\": \"CEL\"", "\"unit_code\": \"CEL\", \"unit\": \"bar\"", "'CEL' is 'degC'"},
      {"\"normal\": [null, 70]", "\"normall\": [null, 70]", "/assets/1/override/oil/normall"},
      {"\"override\": {\"oil\": {\"normal\"", "\"override\": {\"air\": {\"normal\"",
       "/assets/1/override/air"},
      {"\"physical\": [32, 248], ", "", "/assets/2/override/oil"},
      {"[\"mon\", \"tue\"]", "[\"monday\"]", "shifts[0].days"},
      {"[\"mon\", \"tue\"]", "[]", "shifts[0].days"},
      {"\"lines\": [\"b\"]}", "\"lines\": [\"q\"]}", "shifts[1].lines"},
      {"2026-12-24", "2026-02-30", "shift_exceptions[0].date"},
      {"\"shifts\": [\"day\"]", "\"shifts\": [\"nigh\"]", "shift_exceptions[0].shifts"},
      {"\"time\": \"production\"", "\"time\": \"work\"", "kinds[0].states[0].time"},
      {", \"time\": \"planned_stop\"", "", "for all of them or none"},
      {"\"total\": \"strokes\"", "\"total\": \"oil\"", "'oil' is no counter"},
      {"\"ideal_cycle_s\": 4", "\"ideal_cycle_s\": 0", "production.ideal_cycle_s"},
      {"\"ideal_cycle_s\": 4", "\"ideal_cycle\": 4", "production.ideal_cycle"},
      {"\"id\": \"acme\"", "\"id\": \"A CME\"", "enterprise.id"},
  };
  for (const BrokenDescription& broken : cases) {
    std::string text = kLevels;
    const auto at = text.find(broken.from);
    ASSERT_NE(at, std::string::npos) << broken.from;
    text.replace(at, std::string(broken.from).size(), broken.to);
    const auto catalogue = Catalogue::parse(text);
    ASSERT_FALSE(catalogue) << broken.to;
    EXPECT_NE(catalogue.error().message.en.find(broken.names), std::string::npos)
        << catalogue.error().message.en;
  }
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
