// What lies between samples as the plant has them and as tables hold them; the whole is tested over
// each database by store_contract_test.cc.
#include "plant/block_store.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plant/internal/test_plant.h"
#include "plant/internal/text_table.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
constexpr TagIndex kState = 0, kTemperature = 1;

class BlockStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteStore>> open(const std::shared_ptr<const Catalogue>& catalogue) {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = catalogue;
    return SqliteStore::open(options);
  }
  static std::shared_ptr<const Catalogue> plant_of(const char* simulated, const char* tags) {
    return Catalogue::parse(std::string(R"({"site": "t", "simulated": )") + simulated +
                            R"(, "lines": [{"id": "a"}], "kinds": [{"id": "k", "tags": [)" + tags +
                            R"(]}], "assets": [{"id": "m", "kind": "k", "line": "a"}]})")
        .value();
  }

  testing_support::TemporaryFolder folder_;
};

TEST_F(BlockStoreTest, KeepsATagsSamplesWhenOthersComeBeforeItInTheDescription) {
  const char* const kOne = R"({"id": "b"})";
  const char* const kTwo = R"({"id": "a"}, {"id": "b"})";
  {
    ASSERT_TRUE(
        open(plant_of("false", kOne)).value()->append(std::vector{number_at(0, kStart, 7)}));
  }
  const auto store = open(plant_of("false", kTwo)).value();
  EXPECT_FALSE(store->latest(0).value().has_value());
  ASSERT_TRUE(store->latest(1).value().has_value());
  EXPECT_EQ(store->latest(1).value()->value, 7);
}

TEST_F(BlockStoreTest, RefusesToMixSimulatedAndRealSamples) {
  ASSERT_TRUE(open(plant_of("true", R"({"id": "a"})")));
  const auto real = open(plant_of("false", R"({"id": "a"})"));
  ASSERT_FALSE(real);
  EXPECT_EQ(real.error().code, Code::kConflict);
  EXPECT_NE(real.error().message.en.find("plant.db holds simulated samples of m/a"),
            std::string::npos)
      << real.error().message.en;
}

TEST_F(BlockStoreTest, TakesTheNewerOfPackedAndWaitingSamples) {
  SqliteStoreOptions options;
  options.path = (folder_.path() / "plant.db").string();
  options.catalogue = test_catalogue();
  options.seal_samples = 2;
  const auto store = SqliteStore::open(options).value();
  ASSERT_TRUE(store->append(std::vector{number_at(kTemperature, kStart + 10, 1),
                                        number_at(kTemperature, kStart + 20, 2)}));
  ASSERT_TRUE(store->append(std::vector{number_at(kTemperature, kStart + 15, 3)}));
  EXPECT_EQ(store->latest(kTemperature).value()->value, 2);
  EXPECT_EQ(store->last_before(kTemperature, kStart + 20).value()->value, 3);
  EXPECT_EQ(store->last_before(kTemperature, kStart + 15).value()->value, 1);
}

TEST_F(BlockStoreTest, StoresAStateOverTheMostTextsAsBadWithoutOne) {
  const auto store = open(test_catalogue()).value();
  std::vector<Sample> samples;
  constexpr int kMost = TextTable::kMostTexts;
  for (int i = 0; i <= kMost; ++i) {
    samples.push_back(state_at(kState, kStart + i, std::to_string(i)));
  }
  ASSERT_TRUE(store->append(samples));
  const Result<std::optional<Sample>> last = store->latest(kState);
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->ts_ns, kStart + kMost);
  EXPECT_EQ((*last)->text, "");
  EXPECT_TRUE(std::isnan((*last)->value));
  EXPECT_EQ((*last)->quality, Quality::kBad);
  EXPECT_EQ((*last)->reason, QualityReason::kNoRoomForText);
  const Result<std::optional<Sample>> before = store->last_before(kState, kStart + kMost);
  ASSERT_TRUE(before && *before);
  EXPECT_EQ((*before)->text, std::to_string(kMost - 1));
}

}  // namespace
}  // namespace mw::plant
