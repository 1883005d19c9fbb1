#include "plant/renames.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

Renames of(const char* formerly) {
  const auto catalogue =
      Catalogue::parse(std::string(R"({"site": "s", "lines": [{"id": "a"}], "kinds": [
          {"id": "saw", "tags": [{"id": "oil"}, {"id": "load"}]}],
          "assets": [{"id": "saw-1", "kind": "saw", "line": "a"},
                     {"id": "saw-2", "kind": "saw", "line": "a"}], "formerly": )") +
                       formerly + "}");
  EXPECT_TRUE(catalogue) << catalogue.error().message.en;
  return Renames(**catalogue);
}

TEST(Renames, TellWhatTagsAndMachinesAreCalledNow) {
  const Renames renames = of(R"([{"asset": "saw-1", "id": "old"}])");
  EXPECT_FALSE(renames.empty());
  EXPECT_EQ(renames.asset_now("old"), "saw-1");
  EXPECT_EQ(renames.tag_now("old/oil"), "saw-1/oil");
  EXPECT_EQ(renames.own_tag_now("old", "old/oil"), "saw-1/oil");
  EXPECT_EQ(renames.asset_now("saw-2"), "saw-2");
  EXPECT_EQ(renames.tag_now("saw-2/oil"), "saw-2/oil");
  EXPECT_TRUE(of("[]").empty());
}

TEST(Renames, ATagThatWentToAnotherMachineIsNoneOfItsFormerOne) {
  const Renames renames = of(R"([{"tag": "saw-1/oil", "id": "saw-2/warm"}])");
  EXPECT_EQ(renames.asset_now("saw-2"), "saw-2");
  EXPECT_EQ(renames.tag_now("saw-2/warm"), "saw-1/oil");
  EXPECT_EQ(renames.own_tag_now("saw-2", "saw-2/warm"), "saw-2/warm");
}

}  // namespace
}  // namespace mw::plant
