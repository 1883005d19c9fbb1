#include "maintenance/data/json_lists.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

TEST(JsonLists, AreReadWhole) {
  const Json object = *parse_json(R"({"n": [1, 2.5], "t": ["a"], "m": [[1, 2], [3, 4]]})");
  EXPECT_EQ(json_numbers(object, "n", 2).value(), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(json_strings(object, "t", 1).value(), (std::vector<std::string>{"a"}));
  EXPECT_EQ(json_matrix(object, "m", 2, 2).value()[1], (std::vector<double>{3, 4}));
}

TEST(JsonLists, AreDamagedByTheirKeyWhereSomethingElseStands) {
  const Json object =
      *parse_json(R"({"n": [1, "2"], "long": [1, 2, 3], "t": [1], "m": [[1, 2], [3]], "o": 1})");
  const Error errors[] = {
      json_numbers(object, "n", 9).error(),    json_numbers(object, "long", 2).error(),
      json_numbers(object, "none", 2).error(), json_strings(object, "t", 9).error(),
      json_matrix(object, "m", 9, 2).error(),  json_member(object, "o").error(),
      json_numbers(Json(1), "n", 1).error()};
  for (const Error& each : errors) {
    EXPECT_EQ(each.code, Code::kCorrupt);
    EXPECT_NE(each.message.en.find("damaged"), std::string::npos);
  }
  EXPECT_NE(errors[1].message.en.find("'long'"), std::string::npos);
}

}  // namespace
}  // namespace mw::maintenance
