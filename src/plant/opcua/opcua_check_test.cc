// What is wrong with a configured server is told by name before it starts.
#include <gtest/gtest.h>

#include <functional>

#include "plant/internal/test_plant.h"
#include "plant/opcua/opcua_connector.h"

namespace mw::plant {
namespace {

OpcuaOptions press() {
  OpcuaOptions options;
  options.name = "plc";
  options.endpoint = "opc.tcp://plc:4840";
  options.nodes.resize(2);
  options.nodes[0].tag = "m1/temperature";
  options.nodes[0].node = "ns=2;s=Press.Oil";
  options.nodes[1].tag = "m1/state";
  options.nodes[1].node = "ns=2;i=7";
  options.nodes[1].states = {{"0", "idle"}, {"1", "running"}};
  return options;
}

TEST(OpcuaCheck, SaysWhichTagsTheNodesBring) {
  const auto catalogue = test_catalogue();
  const Result<std::vector<TagIndex>> tags = check_opcua_options(press(), *catalogue);
  ASSERT_TRUE(tags) << tags.error().message.en;
  EXPECT_EQ(*tags, (std::vector<TagIndex>{catalogue->tag("m1/temperature")->index,
                                          catalogue->tag("m1/state")->index}));
}

TEST(OpcuaCheck, RefusesWhatDoesNotFitThePlantByName) {
  const auto catalogue = test_catalogue();
  const std::pair<std::function<void(OpcuaOptions&)>, const char*> rows[] = {
      {[](OpcuaOptions& o) { o.endpoint = "http://plc"; }, "opc.tcp"},
      {[](OpcuaOptions& o) { o.nodes.clear(); }, "nodes, got 0"},
      {[](OpcuaOptions& o) { o.nodes.resize(50'001); }, "nodes, got 50001"},
      {[](OpcuaOptions& o) { o.nodes[0].tag = "m1/nothing"; }, "no such tag"},
      {[](OpcuaOptions& o) { o.nodes[1].tag = "m1/temperature"; }, "already"},
      {[](OpcuaOptions& o) { o.nodes[0].node = "Press.Oil"; }, "'m1/temperature'"},
      {[](OpcuaOptions& o) { o.nodes[0].measured_in = "degF"; }, "degF"},
      {[](OpcuaOptions& o) {
         o.nodes[0].states = {{"0", "idle"}};
       },
       "take 'states' away"},
      {[](OpcuaOptions& o) { o.nodes[1].states["7"] = "dancing"; }, "dancing"},
  };
  for (const auto& [spoil, word] : rows) {
    OpcuaOptions options = press();
    spoil(options);
    const Result<std::vector<TagIndex>> checked = check_opcua_options(options, *catalogue);
    ASSERT_FALSE(checked) << word;
    EXPECT_EQ(checked.error().code, Code::kInvalidArgument) << word;
    EXPECT_NE(checked.error().message.en.find(word), std::string::npos)
        << word << ": " << checked.error().message.en;
    EXPECT_FALSE(checked.error().message.zh.empty()) << word;
  }
}

}  // namespace
}  // namespace mw::plant
