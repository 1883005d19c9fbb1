#include "plant/internal/tag_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mw::plant {
namespace {

Result<std::vector<Tag>> read(const std::string& tags) {
  return read_tags(parse_json(R"({"tags": )" + tags + "}").value(), "kinds[0]");
}

TEST(TagReader, ReadsEachKindWithItsDefaults) {
  const auto tags = read(R"([{"id": "a"}, {"id": "b", "kind": "state"},
                             {"id": "c", "kind": "counter", "key": true},
                             {"id": "d", "kind": "text", "watchdog_s": 3600},
                             {"id": "e", "unit_code": "CEL", "physical": [null, 9],
                              "decimals": 3}])")
                        .value();
  ASSERT_EQ(tags.size(), 5u);
  EXPECT_EQ(tags[0].kind, TagKind::kNumber);
  EXPECT_EQ(tags[0].watchdog_s, 10);
  EXPECT_EQ(tags[0].decimals, 1);
  EXPECT_EQ(tags[1].kind, TagKind::kState);
  EXPECT_EQ(tags[2].kind, TagKind::kCounter);
  EXPECT_TRUE(tags[2].key);
  EXPECT_EQ(tags[3].kind, TagKind::kText);
  EXPECT_EQ(tags[3].watchdog_s, 3600);
  EXPECT_EQ(tags[4].unit, "degC");
  EXPECT_FALSE(tags[4].physical_low);
  EXPECT_EQ(tags[4].physical_high, 9);
}

TEST(TagReader, NamesTheMemberThatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {R"([{"kind": "state"}])", "kinds[0].tags[0].id"},
      {R"([{"id": "A"}])", "kinds[0].tags[0].id"},
      {R"([{"id": "a"}, {"id": "b", "kind": "string"}])", "kinds[0].tags[1].kind"},
      {R"([{"id": "a", "normal": [3]}])", "kinds[0].tags[0].normal"},
      {R"([{"id": "a", "normal": [3, 1]}])", "kinds[0].tags[0].normal"},
      {R"([{"id": "a", "normal": ["low", 1]}])", "kinds[0].tags[0].normal"},
      {R"([{"id": "a", "watchdog_s": 0}])", "kinds[0].tags[0].watchdog_s"},
      {R"([{"id": "a", "flat_after_s": -1}])", "kinds[0].tags[0].flat_after_s"},
      {R"([{"id": "a", "flat_after_s": 2592001}])", "kinds[0].tags[0].flat_after_s"},
      {R"([{"id": "a", "flat_after_s": "10"}])", "kinds[0].tags[0].flat_after_s"},
      {R"([{"id": "a", "kind": "state", "flat_after_s": 10}])", "kinds[0].tags[0].flat_after_s"},
      {R"([{"id": "a", "kind": "text", "flat_after_s": 10}])", "kinds[0].tags[0].flat_after_s"},
      {R"([{"id": "a", "interpolation": "spline"}])", "kinds[0].tags[0].interpolation"},
      {R"([{"id": "a", "interpolation": true}])", "kinds[0].tags[0].interpolation"},
      {R"([{"id": "a", "kind": "counter", "interpolation": "linear"}])",
       "kinds[0].tags[0].interpolation"},
      {R"([{"id": "a", "kind": "state", "interpolation": "linear"}])",
       "kinds[0].tags[0].interpolation"},
      {R"([{"id": "a", "decimals": 7}])", "kinds[0].tags[0].decimals"},
      {R"([{"id": "a", "unit_code": "XYZ"}])", "kinds[0].tags[0].unit_code"},
      {R"([7])", "kinds[0].tags[0]"},
      {R"({"id": "a"})", "kinds[0].tags"},
  };
  for (const auto& [tags, place] : rows) {
    const auto found = read(tags);
    ASSERT_FALSE(found) << tags;
    EXPECT_EQ(found.error().param, place) << tags;
  }
}

TEST(TagReader, OverridesOnlyWhatAnAssetMaySay) {
  std::vector<Tag> tags = read(R"([{"id": "t", "unit": "degC", "normal": [null, 80]}])").value();
  const auto change = [&](const char* json) {
    return override_tags(parse_json(json).value(), "/assets/0/override", tags);
  };
  ASSERT_TRUE(change(R"({"t": {"watchdog_s": 30, "name": {"en": "oil"}}})"));
  EXPECT_EQ(tags[0].watchdog_s, 30);
  EXPECT_EQ(tags[0].name.en, "oil");
  EXPECT_EQ(tags[0].normal_high, 80) << "what is absent stays";
  EXPECT_EQ(tags[0].flat_after_s, 0) << "nobody looks unless asked to";
  ASSERT_TRUE(change(R"({"t": {"flat_after_s": 600}})"));
  EXPECT_EQ(tags[0].flat_after_s, 600);
  ASSERT_TRUE(change(R"({"t": {"flat_after_s": 0}})")) << "an asset may say that nobody looks";
  EXPECT_EQ(tags[0].flat_after_s, 0);
  EXPECT_EQ(tags[0].interpolation, Interpolation::kStepped) << "as it ever was";
  ASSERT_TRUE(change(R"({"t": {"interpolation": "linear"}})"));
  EXPECT_EQ(tags[0].interpolation, Interpolation::kLinear);
  ASSERT_TRUE(change(R"({"t": {"interpolation": "stepped"}})"));
  EXPECT_EQ(tags[0].interpolation, Interpolation::kStepped);
  EXPECT_EQ(change(R"({"t": {"flat_after_s": -1}})").error().param,
            "/assets/0/override/t.flat_after_s");
  EXPECT_EQ(change(R"({"t": {"kind": "state"}})").error().param, "/assets/0/override/t/kind");
  EXPECT_EQ(change(R"({"u": {}})").error().param, "/assets/0/override/u");
  EXPECT_EQ(change(R"({"t": {"unit": "degF"}})").error().param, "/assets/0/override/t")
      << "80 degC is not 80 degF";
}

}  // namespace
}  // namespace mw::plant
