// Renamed tags and changed units, as a person at the store meets them.
#include "plant/internal/tag_numbers.h"

#include <gtest/gtest.h>

#include <string>

#include "plant/internal/test_plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

class TagNumbersTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<SqliteStore>> open(const std::string& tags,
                                            const std::string& formerly = "[]") {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.log = [this](LogLevel, std::string_view, std::string_view message) {
      log_ += std::string(message) + "\n";
    };
    MW_ASSIGN(options.catalogue,
              Catalogue::parse(R"({"site": "t", "lines": [{"id": "a"}], "kinds": [{"id": "k",
                  "tags": [)" + tags +
                               R"(]}], "assets": [{"id": "m", "kind": "k", "line": "a"}],
                  "formerly": )" +
                               formerly + "}"));
    return SqliteStore::open(options);
  }
  void store_a_value(const std::string& tags) {
    const auto store = open(tags);
    ASSERT_TRUE(store) << store.error().message.en;
    ASSERT_TRUE((*store)->append(std::vector{number_at(0, kStart, 7)}));
  }

  testing_support::TemporaryFolder folder_;
  std::string log_;
};

TEST_F(TagNumbersTest, AHistoryWithoutATagIsCountedAndNamedInTheLog) {
  store_a_value(R"({"id": "oil"})");
  EXPECT_EQ(log_.find("m/oil"), std::string::npos);
  const auto renamed = open(R"({"id": "oil_temperature"})");
  ASSERT_TRUE(renamed);
  EXPECT_EQ((*renamed)->stats().unlisted_tags, 1u);
  EXPECT_FALSE((*renamed)->latest(0).value().has_value());
  EXPECT_NE(log_.find("a history of tags that the description does not name: m/oil"),
            std::string::npos)
      << log_;
}

TEST_F(TagNumbersTest, ARenamedTagKeepsItsHistoryWhereTheDescriptionSaysSo) {
  store_a_value(R"({"id": "oil", "unit": "degC"})");
  const char* const kFormerly = R"([{"tag": "m/oil_temperature", "id": "m/oil"}])";
  for (int start = 0; start < 2; ++start) {  // what was done once is not done again
    const auto renamed = open(R"({"id": "oil_temperature", "unit": "degC"})", kFormerly);
    ASSERT_TRUE(renamed) << renamed.error().message.en;
    ASSERT_TRUE((*renamed)->latest(0).value().has_value());
    EXPECT_EQ((*renamed)->latest(0).value()->value, 7);
    EXPECT_EQ((*renamed)->stats().unlisted_tags, 0u);
  }
}

TEST_F(TagNumbersTest, TwoHistoriesAreNotJoinedAndTheOldOneStaysUnlisted) {
  store_a_value(R"({"id": "oil"})");
  store_a_value(R"({"id": "oil_temperature"})");
  const auto late =
      open(R"({"id": "oil_temperature"})", R"([{"tag": "m/oil_temperature", "id": "m/oil"}])");
  ASSERT_TRUE(late) << late.error().message.en;
  EXPECT_EQ((*late)->stats().unlisted_tags, 1u);
  EXPECT_EQ(samples_in(**late, 0).size(), 1u);
}

TEST_F(TagNumbersTest, AHistoryInOneUnitIsNeverShownInAnother) {
  store_a_value(R"({"id": "oil", "unit": "degC"})");
  const auto other = open(R"({"id": "oil", "unit": "degF"})");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kConflict);
  EXPECT_EQ(other.error().param, "unit");
  EXPECT_NE(other.error().message.en.find("m/oil in 'degC', the description says 'degF'"),
            std::string::npos)
      << other.error().message.en;
  ASSERT_FALSE(open(R"({"id": "oil_temperature", "unit": "degF"})",
                    R"([{"tag": "m/oil_temperature", "id": "m/oil"}])"))
      << "a new name changes nothing about it";
  ASSERT_TRUE(open(R"({"id": "oil", "unit": "degC"})")) << "refusing changed nothing";
}

TEST_F(TagNumbersTest, AnEarlierNameMustSayTheUnitThatTheStoreHas) {
  store_a_value(R"({"id": "oil", "unit": "degF"})");
  const std::string now = R"({"id": "oil_c", "unit": "degC", "earlier": [{"id": "oil", "unit": )";
  const auto wrong = open(now + R"("K"}]})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kConflict);
  const auto right = open(now + R"("degF"}]})");
  ASSERT_TRUE(right) << right.error().message.en;
  EXPECT_EQ((*right)->stats().unlisted_tags, 0u);
  EXPECT_FALSE((*right)->latest(0).value().has_value());
  EXPECT_EQ((*right)->latest(1).value()->value, 7);
}

TEST_F(TagNumbersTest, AUnitThatWasWrittenWronglyIsCorrectedOnce) {
  store_a_value(R"({"id": "oil", "unit": "degF"})");
  const char* const kFormerly = R"([{"tag": "m/oil", "unit": "degF"}])";
  ASSERT_TRUE(open(R"({"id": "oil", "unit": "degC"})", kFormerly));
  ASSERT_TRUE(open(R"({"id": "oil", "unit": "degC"})")) << "the store has it in degC now";
  ASSERT_FALSE(open(R"({"id": "oil", "unit": "degF"})"));
}

TEST_F(TagNumbersTest, ATagWithoutAUnitMayGetOneAndStaysInIt) {
  store_a_value(R"({"id": "oil"})");
  ASSERT_TRUE(open(R"({"id": "oil", "unit": "degC"})"));
  ASSERT_TRUE(open(R"({"id": "oil"})")) << "nothing is said of the unit";
  ASSERT_FALSE(open(R"({"id": "oil", "unit": "bar"})"));
}

}  // namespace
}  // namespace mw::plant
