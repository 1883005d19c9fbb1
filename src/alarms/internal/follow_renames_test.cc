#include "alarms/internal/follow_renames.h"

#include <gtest/gtest.h>

namespace mw::alarms {
namespace {

Json after(const char* formerly, const char* rule) {
  const auto catalogue =
      plant::Catalogue::parse(std::string(R"({"site": "s", "lines": [{"id": "a"}], "kinds": [
          {"id": "saw", "tags": [{"id": "oil", "unit": "degC"}, {"id": "load", "unit": "%"}]}],
          "assets": [{"id": "saw-1", "kind": "saw", "line": "a"},
                     {"id": "saw-2", "kind": "saw", "line": "a"}], "formerly": )") +
                              formerly + "}");
  EXPECT_TRUE(catalogue) << catalogue.error().message.en;
  Json json = *parse_json(rule);
  const Json before = json;
  EXPECT_EQ(Renames(**catalogue).follow(json), json != before);
  return json;
}

TEST(FollowRenames, TagsAreReplacedHoweverDeepTheyLie) {
  const char* rule = R"({"asset": "saw-1", "unless": {"tag": "saw-1/warm", "bad": true},
      "when": {"any": [{"all": [{"not": {"tag": "saw-1/warm", "above": 1}}]}, {"tag": "saw-1/load", "above": 2}]}})";
  const Json now = after(R"([{"tag": "saw-1/oil", "id": "saw-1/warm"}])", rule);
  EXPECT_EQ(now["when"]["any"][0]["all"][0]["not"]["tag"].get<std::string>(), "saw-1/oil");
  EXPECT_EQ(now["when"]["any"][1]["tag"].get<std::string>(), "saw-1/load");
  EXPECT_EQ(now["unless"]["tag"].get<std::string>(), "saw-1/oil");
  EXPECT_EQ(now["asset"].get<std::string>(), "saw-1");
}

TEST(FollowRenames, AMachineIsReplacedWithAllItsTags) {
  const Json now = after(R"([{"asset": "saw-1", "id": "old"}])",
                         R"({"asset": "old", "when": {"tag": "old/oil", "above": 1}})");
  EXPECT_EQ(now["asset"].get<std::string>(), "saw-1");
  EXPECT_EQ(now["when"]["tag"].get<std::string>(), "saw-1/oil");
}

TEST(FollowRenames, AMachineOfWhichOneTagWentAwayKeepsItsName) {
  const Json now = after(R"([{"tag": "saw-1/oil", "id": "saw-2/warm"}])",
                         R"({"asset": "saw-2", "when": {"tag": "saw-2/warm", "above": 1}})");
  EXPECT_EQ(now["asset"].get<std::string>(), "saw-2");
  EXPECT_EQ(now["when"]["tag"].get<std::string>(), "saw-1/oil");
}

TEST(FollowRenames, WhatIsNoConditionStaysAsItIs) {
  const char* formerly = R"([{"tag": "saw-1/oil", "id": "saw-1/warm"}])";
  for (const char* rule : {"[]", "{}", R"({"when": 7})", R"({"when": {"tag": 7}})",
                           R"({"when": {"all": [7, ["x"]]}, "asset": null})"}) {
    EXPECT_EQ(after(formerly, rule), *parse_json(rule)) << rule;
  }
}

}  // namespace
}  // namespace mw::alarms
