#include "core/json.h"

#include <gtest/gtest.h>

namespace mw {
namespace {

TEST(Json, MembersKeepTheirOrder) {
  EXPECT_EQ(to_text(*parse_json(R"({"b":1,"a":[2.5,"x"]})")), R"({"b":1,"a":[2.5,"x"]})");
}

TEST(Json, BrokenTextIsAnErrorNotAnException) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":1}x", "\"\xff\"", "nul", "1e999999"}) {
    const auto got = parse_json(text);
    EXPECT_FALSE(got) << text;
  }
}

TEST(Json, NestingOverTheLimitIsRefused) {
  EXPECT_TRUE(parse_json(std::string(10, '[') + std::string(10, ']'), 16));
  EXPECT_FALSE(parse_json(std::string(40, '[') + std::string(40, ']'), 16));
  EXPECT_FALSE(parse_json(std::string(200000, '[')));
}

TEST(Json, ObjectsWithTooManyMembersAreRefusedBeforeTheyCostMinutes) {
  const auto object_of = [](int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) text += "\"m" + std::to_string(i) + "\":{\"x\":1},";
    return text + "\"last\":0}";
  };
  EXPECT_TRUE(parse_json(object_of(2000)));  // 2000 objects of one member each
  const auto wide = parse_json(object_of(5000));
  ASSERT_FALSE(wide);
  EXPECT_NE(wide.error().message.en.find("2048 members"), std::string::npos);
}

TEST(Json, AMemberOfTheWrongTypeIsNamed) {
  const Json object = *parse_json(R"({"n":"seven","i":1.5,"z":null})");
  EXPECT_EQ(json_number(object, "n", 0).error().param, "n");
  EXPECT_EQ(json_integer(object, "i", 0).error().param, "i");
  EXPECT_EQ(*json_integer(object, "z", 9), 9);
  EXPECT_EQ(*json_string(object, "missing", "other"), "other");
}

}  // namespace
}  // namespace mw
