#include "maintenance/model_cards.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {
namespace {

const Identity kOfAll{Identity::Kind::kPerson, "li", {{Role::kViewer, {"*"}, {}}}};
const Identity kOfA{Identity::Kind::kPerson, "wang", {{Role::kViewer, {"a"}, {}}}};

class ModelCards : public ::testing::Test {
 protected:
  void put(const std::string& name, const Json& lines) {
    Json card = {{"kind", "failure"},
                 {"trained_at", "2026-11-01T00:00:00Z"},
                 {"data", {{"file", "pumps.csv"}, {"sha256", "00"}}},
                 {"report", {{"rows", 9}}},
                 {"scores", {{{"metric", "f1"}, {"value", 0.9}, {"split", "random"}}}},
                 {"limits", {{"en", "x"}, {"zh", "y"}}}};
    if (!lines.is_null()) card["lines"] = lines;
    write(name, to_text(card));
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(make_private_folder(folder_.path() / name));
    ASSERT_TRUE(write_file_atomically(folder_.path() / name / "card.json", text));
  }
  std::string names(const Identity& who) const {
    std::string out;
    const std::vector<ListedCard> cards = list_cards(folder_.path(), who);
    for (const ListedCard& each : cards) {
      out += each.name + (each.problem.en.empty() ? " " : "! ");
    }
    return out;
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(ModelCards, AreShownToWhoeverMaySeeAllLinesOfTheirData) {
  put("of-a", {"a"});
  put("of-a-and-b", {"a", "b"});
  put("of-none-named", nullptr);
  EXPECT_EQ(names(kOfAll), "of-a of-a-and-b of-none-named ");
  EXPECT_EQ(names(kOfA), "of-a ");
  EXPECT_EQ(names({}), "");
}

TEST_F(ModelCards, ThatDoNotHoldAreNamedWithWhy) {
  put("good", nullptr);
  write("broken", "{");
  write("empty", "{}");
  write("odd-lines", R"({"lines":"a"})");
  EXPECT_EQ(names(kOfAll), "broken! empty! good odd-lines! ");
  EXPECT_EQ(names(kOfA), "") << "what does not hold says of no line";
}

TEST_F(ModelCards, AreNoneWhereThereIsNoFolder) {
  EXPECT_TRUE(list_cards(folder_.path() / "none", kOfAll).empty());
}

}  // namespace
}  // namespace mw::maintenance
