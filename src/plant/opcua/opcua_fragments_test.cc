#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plant/catalogue.h"
#include "plant/opcua/opcua_connector.h"
#include "plant/opcua_browse.h"

namespace mw::plant {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

OpcuaVariable variable(std::vector<std::string> path, std::string type = "Double") {
  OpcuaVariable out;
  out.node = "nsu=http://maker/;s=" + path.back();
  out.path = std::move(path);
  out.type = std::move(type);
  return out;
}

TEST(OpcuaFragments, NamesTagsByTheirPathOnceEach) {
  const auto ids =
      opcua_tag_ids({variable({"Press", "Oil Temperature"}), variable({"Press", "Oil-Temperature"}),
                     variable({"press", "oil temperature"}), variable({"温度"}), variable({"温度"}),
                     variable({"a//b", ""}), variable({std::string(200, 'x') + "end"})});
  EXPECT_THAT(
      ids, ElementsAre("press_oil_temperature", "press_oil-temperature", "press_oil_temperature_2",
                       "value", "value_2", "a_b", testing::EndsWith("xend")));
  for (const std::string& id : ids) EXPECT_LE(id.size(), 64U);
}

TEST(OpcuaFragments, KnowsUnitsByTheirCode) {
  OpcuaVariable each = variable({"T"});
  each.unit = "°C";
  EXPECT_EQ(opcua_unit(each), "°C");
  each.unit_id = 4408652;  // "CEL"
  EXPECT_EQ(opcua_unit(each), "degC");
  each.unit_id = 20529;  // "P1"
  EXPECT_EQ(opcua_unit(each), "%");
  each.unit_id = -1;
  EXPECT_EQ(opcua_unit(each), "°C");
}

TEST(OpcuaFragments, WriteAPlantThatOpensAndTakesTheConnector) {
  std::vector<OpcuaVariable> all{variable({"Press", "Oil"}), variable({"Press", "State"}, "String"),
                                 variable({"Press", "Axes"}),
                                 variable({"Quote \" and \\ and\nline"})};
  all[0].unit_id = 4408652;
  all[0].low = 10;
  all[0].high = 80;
  all[2].array = true;
  all[3].low = 5;
  all[3].high = 5;  // no range
  const auto catalogue = Catalogue::parse(opcua_plant_description("press-1", all));
  ASSERT_TRUE(catalogue) << catalogue.error().message.en;
  const Tag* oil = (*catalogue)->tag("press-1/press_oil");
  ASSERT_NE(oil, nullptr);
  EXPECT_EQ(oil->unit, "degC");
  EXPECT_EQ((*catalogue)->tag("press-1/press_state")->kind, TagKind::kState);

  OpcuaOptions server;
  server.name = "press";
  server.endpoint = "opc.tcp://h";
  server.user = "reader";
  server.password = "s3cret";
  const std::string toml = opcua_connector_toml(server, "press-1", all);
  EXPECT_THAT(toml, HasSubstr("tag = \"press-1/press_oil\"\nnode = \"nsu=http://maker/;s=Oil\"\n"
                              "measured_in = \"degC\""));
  EXPECT_THAT(toml, HasSubstr("index = 0"));
  EXPECT_THAT(toml, HasSubstr("security = \"sign_and_encrypt\""));
  EXPECT_THAT(toml, Not(HasSubstr("s3cret")));
  EXPECT_THAT(toml, Not(HasSubstr("and\nline")));
  EXPECT_THAT(toml, Not(HasSubstr("and\\nline")));
  all[3].node = "ns=1;s=Quote \" and \\";
  EXPECT_THAT(opcua_connector_toml(server, "press-1", all), HasSubstr("s=Quote \\\" and \\\\\""));
}

}  // namespace
}  // namespace mw::plant
