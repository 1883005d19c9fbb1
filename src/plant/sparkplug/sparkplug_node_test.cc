// What births declare, and how later messages mean it.
#include "plant/sparkplug/sparkplug_node.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

SparkplugMetric metric(std::string_view name, std::optional<uint64_t> alias = {},
                       uint64_t type = 10) {
  SparkplugMetric out;
  out.name = name;
  out.alias = alias;
  out.datatype = type;
  return out;
}

SparkplugMetric by_alias(uint64_t alias) {
  SparkplugMetric out;
  out.alias = alias;
  return out;
}

SparkplugPayload birth(std::vector<SparkplugMetric> metrics) {
  SparkplugPayload out;
  out.metrics = std::move(metrics);
  return out;
}

TEST(SparkplugNode, FindsMetricsByNameAndByAlias) {
  SparkplugNode node;
  EXPECT_TRUE(node.declare("Press1", birth({metric("Oil", 7), metric("Air")}), 100).empty());
  SparkplugSource& press = node.sources.at("Press1");
  ASSERT_TRUE(node.find(press, metric("Air")));
  const auto oil = node.find(press, by_alias(7));
  ASSERT_TRUE(oil);
  EXPECT_EQ(oil->name, "Oil");
  EXPECT_EQ(oil->metric->type, 10u);
  EXPECT_FALSE(node.find(press, by_alias(8)));
  EXPECT_FALSE(node.find(press, metric("Water")));
}

TEST(SparkplugNode, ForgetsWhatANewBirthDoesNotNameButNotItsTags) {
  SparkplugNode node;
  node.declare("", birth({metric("Oil", 7), metric("Air", 8)}), 100);
  node.sources.at("").metrics.at("Oil").tags = {3};
  node.declare("", birth({metric("Water", 8, 12)}), 100);
  SparkplugSource& self = node.sources.at("");
  EXPECT_FALSE(node.find(self, by_alias(7)));
  EXPECT_EQ(node.find(self, by_alias(8))->name, "Water");
  EXPECT_EQ(self.metrics.at("Oil").tags, std::vector<std::size_t>{3});
  EXPECT_FALSE(self.metrics.contains("Air"));
}

TEST(SparkplugNode, TellsOfAnAliasThatTwoHave) {
  SparkplugNode node;
  node.declare("Press1", birth({metric("Oil", 7)}), 100);
  const auto faults = node.declare("Press2", birth({metric("Oil", 7)}), 100);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].rule, SparkplugRule::kAliasTwice);
}

TEST(SparkplugNode, HasNoMoreMetricsThanThereIsRoomFor) {
  SparkplugNode node;
  node.declare("", birth({metric("a"), metric("b"), metric("c"), metric("")}), 2);
  EXPECT_EQ(node.metric_count(), 2u);
  node.declare("", birth({metric("b"), metric("c")}), 2);
  EXPECT_EQ(node.metric_count(), 2u);
  EXPECT_TRUE(node.sources.at("").metrics.contains("c"));
}

}  // namespace
}  // namespace mw::plant
