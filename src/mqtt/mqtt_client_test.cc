// Which message belongs to which subscription.
#include "mqtt/mqtt_client.h"

#include <gtest/gtest.h>

namespace mw::mqtt {
namespace {

TEST(TopicMatches, AsTheSpecificationSays) {
  struct Row {
    const char* filter;
    const char* topic;
    bool matches;
  };
  constexpr Row kRows[] = {
      {"a/b", "a/b", true},     {"a/b", "a/b/c", false},     {"a/b", "a", false},
      {"a/#", "a/b/c", true},   {"a/#", "a", true},          {"a/#", "ab", false},
      {"#", "a/b", true},       {"#", "$SYS/uptime", false}, {"$SYS/#", "$SYS/uptime", true},
      {"+/b", "a/b", true},     {"+/b", "a/c", false},       {"+", "a/b", false},
      {"a/+/c", "a/b/c", true}, {"a/+/c", "a/b/d", false},   {"+/+", "/finance", true},
      {"/+", "/finance", true}, {"+", "/finance", false},    {"a/+", "a/", true},
      {"+/b", "$SYS/b", false}, {"a/b/#", "a", false},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(topic_matches(row.filter, row.topic), row.matches) << row.filter << " " << row.topic;
  }
}

}  // namespace
}  // namespace mw::mqtt
