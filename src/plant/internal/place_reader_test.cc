#include "plant/internal/place_reader.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

TEST(PlaceReader, ReadsTheLevelsAboveTheMachines) {
  const Json json = parse_json(R"({"enterprise": {"id": "acme"}, "areas": [{"id": "hall"}],
      "lines": [{"id": "a", "area": "hall", "name": {"en": "Line A", "zh": "甲线"}}, {"id": "b"}],
      "cells": [{"id": "c", "line": "a", "synonyms": ["welding"]}]})")
                        .value();
  EXPECT_EQ(read_enterprise(json)->id, "acme");
  const auto areas = read_areas(json).value();
  const auto lines = read_lines(json, areas).value();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].area, "hall");
  EXPECT_EQ(lines[0].name.zh, "甲线");
  EXPECT_EQ(lines[1].name.en, "b") << "the id where there is no name";
  const auto cells = read_cells(json, lines).value();
  EXPECT_EQ(cells[0].line, "a");
  EXPECT_EQ(cells[0].synonyms, std::vector<std::string>{"welding"});
  EXPECT_TRUE(read_enterprise(Json::object())->id.empty());
}

TEST(PlaceReader, NamesTheMemberThatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"areas": [{"id": "x"}, {"id": "x"}]})", "areas[1].id"},
      {R"({"areas": [{"id": "X"}]})", "areas[0].id"},
      {R"({"areas": {}})", "areas"},
      {R"({"lines": [{"id": "a", "area": "none"}]})", "lines[0].area"},
      {R"({"lines": [{"id": "a"}], "cells": [{"id": "c"}]})", "cells[0].line"},
      {R"({"lines": [{"id": "a", "name": {"zh": "甲"}}]})", "lines[0].name.en"},
      {R"({"enterprise": "acme"})", "enterprise"},
  };
  for (const auto& [text, place] : rows) {
    const Json json = parse_json(text).value();
    const auto all = [&]() -> Result<void> {
      MW_TRY(read_enterprise(json));
      MW_ASSIGN(const auto areas, read_areas(json));
      MW_ASSIGN(const auto lines, read_lines(json, areas));
      MW_TRY(read_cells(json, lines));
      return {};
    };
    const Result<void> read = all();
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().param, place) << text;
  }
}

}  // namespace
}  // namespace mw::plant
