// Topics of Sparkplug's namespace, and what is none.
#include "plant/sparkplug/sparkplug_topic.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

TEST(SparkplugTopic, NamesWhoSaysWhat) {
  const auto device = parse_sparkplug_topic("spBv1.0/Plant1/DDATA/Gateway1/Press1");
  ASSERT_TRUE(device);
  EXPECT_EQ(device->verb, SparkplugVerb::kDeviceData);
  EXPECT_TRUE(device->group == "Plant1" && device->edge == "Gateway1" &&
              device->device == "Press1");
  EXPECT_TRUE(device->of_device());
  const auto node = parse_sparkplug_topic("spBv1.0/Plant1/NDEATH/Gateway1");
  ASSERT_TRUE(node);
  EXPECT_EQ(node->verb, SparkplugVerb::kNodeDeath);
  EXPECT_FALSE(node->of_device());
  const auto state = parse_sparkplug_topic("spBv1.0/STATE/scada");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->verb, SparkplugVerb::kState);
  EXPECT_EQ(state->edge, "scada");
}

TEST(SparkplugTopic, IsMadeAsItIsRead) {
  for (const SparkplugVerb verb :
       {SparkplugVerb::kNodeBirth, SparkplugVerb::kNodeData, SparkplugVerb::kNodeDeath}) {
    const std::string topic = sparkplug_node_topic("Plant1", sparkplug_verb_name(verb), "Gateway1");
    const auto read = parse_sparkplug_topic(topic);
    ASSERT_TRUE(read) << topic;
    EXPECT_EQ(read->verb, verb);
  }
  EXPECT_EQ(parse_sparkplug_topic(sparkplug_state_topic("scada"))->edge, "scada");
}

TEST(SparkplugTopic, RefusesWhatIsNone) {
  const std::string cases[] = {"",
                               "/",
                               "spBv1.0",
                               "spBv1.0/",
                               "spBv1.0/STATE",
                               "spBv1.0/STATE/",
                               "spBv1.0/STATE/a/b",
                               "spAv1.0/Plant1/NBIRTH/Gateway1",
                               "spBv1.0/Plant1/NBIRTH",
                               "spBv1.0/Plant1/NBIRTH/",
                               "spBv1.0/Plant1/NBIRTH/Gateway1/Press1",
                               "spBv1.0/Plant1/DBIRTH/Gateway1",
                               "spBv1.0/Plant1/DBIRTH/Gateway1/",
                               "spBv1.0/Plant1/DBIRTH/Gateway1/Press1/more",
                               "spBv1.0//NBIRTH/Gateway1",
                               "spBv1.0/Plant1/nbirth/Gateway1",
                               "spBv1.0/a+/NBIRTH/Gateway1",
                               "spBv1.0/" + std::string(257, 'a') + "/NBIRTH/Gateway1",
                               std::string("spBv1.0/a\x01/NBIRTH/Gateway1")};
  for (const std::string& each : cases) EXPECT_FALSE(parse_sparkplug_topic(each)) << each;
}

}  // namespace
}  // namespace mw::plant
