// A device that measures in another unit from now on: what was stored before stays, apart.
#include <gtest/gtest.h>

#include "plant/ingest.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kChange = 1'760'000'000 * kNsPerSecond;

std::string described(const std::string& tags) {
  return R"({"site": "t", "lines": [{"id": "a"}, {"id": "b"}],
      "kinds": [{"id": "k", "tags": [)" +
         tags + R"(]}], "assets": [{"id": "m", "kind": "k", "line": "a"}]})";
}
std::string error_of(const std::string& tags) {
  const auto read = Catalogue::parse(described(tags));
  return read ? "" : read.error().message.en;
}

const char* const kBefore = R"({"id": "oil", "unit": "degF", "watchdog_s": 60})";
const char* const kAfter = R"({"id": "oil_c", "unit": "degC", "watchdog_s": 60, "decimals": 2,
    "normal": [null, 90], "earlier": [{"id": "oil", "unit": "degF"}]})";

class PlantEarlier : public ::testing::Test {
 protected:
  void open(const std::string& tags, std::vector<RetentionRule> retention = {}) {
    plant_.reset();
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = Catalogue::parse(described(tags)).value();
    options.clock = &clock_;
    options.retention = std::move(retention);
    auto plant = Plant::open(std::move(options));
    ASSERT_TRUE(plant) << plant.error().message.en;
    plant_ = std::move(*plant);
  }
  void put(const std::string& tag, TimeNs from_ns, double value) {
    std::vector<Reading> readings;
    for (int s = 0; s < 60; ++s) {
      Reading reading;
      reading.tag = tag;
      reading.ts_ns = from_ns + s * kNsPerSecond;
      reading.value = value;
      readings.push_back(std::move(reading));
    }
    ASSERT_TRUE(plant_->ingest().take(readings));
  }
  /// A minute of 180 degF, the change, a minute of 80 degC.
  void change_the_unit() {
    open(kBefore);
    put("m/oil", kChange - kNsPerMinute, 180);
    open(kAfter);
    put("m/oil_c", kChange, 80);
  }
  std::string text_of(const std::vector<std::string>& tags) {
    std::string text;
    const auto done = plant_->export_samples(all_, tags, {kChange - kNsPerHour, kNow},
                                             [&](std::string_view part) {
                                               text += part;
                                               return true;
                                             });
    EXPECT_TRUE(done);
    return text;
  }

  static constexpr TimeNs kNow = kChange + kNsPerMinute;
  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<Plant> plant_;
  const Identity all_ = Identity::local_viewer();
  const TimeWindow before_{kChange - kNsPerMinute, kChange};
};

TEST_F(PlantEarlier, TellsWhatLiesUnderAnEarlierNameAndUntilWhen) {
  change_the_unit();
  const auto found = plant_->earlier(all_, "m");
  ASSERT_TRUE(found) << found.error().message.en;
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().tag, "m/oil_c");
  EXPECT_EQ(found->front().name.id, "m/oil");
  EXPECT_EQ(found->front().name.unit, "degF");
  EXPECT_EQ(found->front().first_ns, kChange - kNsPerMinute);
  EXPECT_EQ(found->front().last_ns, kChange - kNsPerSecond);
  EXPECT_EQ(plant_->stats().store.unlisted_tags, 0u) << "the description has it";
}

TEST_F(PlantEarlier, AnswersEachHistoryInItsOwnUnitAndNeverBothInOne) {
  change_the_unit();
  EXPECT_EQ(plant_->aggregate(all_, "m/oil", before_)->mean, 180);
  EXPECT_EQ(plant_->aggregate(all_, "m/oil_c", before_)->count, 0u);
  EXPECT_EQ(plant_->aggregate(all_, "m/oil_c", {kChange - kNsPerHour, kNow})->max->value, 80);
  EXPECT_EQ(plant_->series(all_, "m/oil", before_, 2)->points.size(), 2u);
  EXPECT_EQ(plant_->value_at(all_, "m/oil", kChange - kNsPerSecond, {})->value, 180);
  const std::string text = text_of({"m/oil", "m/oil_c"});
  EXPECT_NE(text.find(",m/oil,180,good,degF\n"), std::string::npos) << text;
  EXPECT_NE(text.find(",m/oil_c,80,good,degC\n"), std::string::npos) << text;
}

TEST_F(PlantEarlier, IsNoTagWithALiveValueAndTakesNoSamples) {
  change_the_unit();
  EXPECT_EQ(plant_->latest(all_, "m/oil").error().code, Code::kNotFound);
  EXPECT_EQ(plant_->snapshot(all_).values.size(), 1u);
  EXPECT_EQ(plant_->catalogue(all_)->tag("m/oil"), nullptr);
  Reading reading;
  reading.tag = "m/oil";
  reading.ts_ns = kChange;
  reading.value = 181.0;
  const auto taken = plant_->ingest().take(std::vector<Reading>{reading});
  EXPECT_EQ(plant_->aggregate(all_, "m/oil", {kChange, kNow})->count, 0u);
}

TEST_F(PlantEarlier, IsHiddenFromWhomTheTagIsHiddenFrom) {
  change_the_unit();
  const Identity other = Identity::viewer_of({"b"});
  const auto same = [](const auto& one, const auto& two) {
    return one.error().code == Code::kNotFound && two.error().code == Code::kNotFound;
  };
  EXPECT_TRUE(same(plant_->earlier(other, "m"), plant_->earlier(other, "nope")));
  EXPECT_TRUE(same(plant_->series(other, "m/oil", before_, 2),
                   plant_->series(other, "m/nope", before_, 2)));
  EXPECT_EQ(plant_->catalogue(other)->stored_tag("m/oil"), nullptr);
  EXPECT_NE(plant_->catalogue(Identity::viewer_of({"a"}))->stored_tag("m/oil"), nullptr);
}

TEST_F(PlantEarlier, AQuestionAboutBeforeIsAnsweredInTheUnitOfThen) {
  change_the_unit();
  ToolRegistry tools;
  register_tools(tools, *plant_);
  const auto ask = [&](TimeNs from_ns, TimeNs to_ns) {
    const Json arguments = {
        {"tag", "m/oil_c"},
        {"statistics", {"mean"}},
        {"window", {{"start_ms", from_ns / kNsPerMs}, {"end_ms", to_ns / kNsPerMs}}}};
    return tools.find("window_statistics")->run(all_, arguments).value();
  };
  const auto before = ask(before_.start_ns, before_.end_ns);
  ASSERT_EQ(before.size(), 2u);
  EXPECT_EQ(before[0].value, 180);
  EXPECT_EQ(before[0].unit, "degF");
  EXPECT_EQ(before[0].tag, "m/oil");
  EXPECT_EQ(before[1].fact, "earlier");
  EXPECT_EQ(before[1].text, "m/oil");
  const auto both = ask(before_.start_ns, kNow);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].value, 80) << "of the unit of now alone";
  EXPECT_EQ(both[0].unit, "degC");
  EXPECT_EQ(both[1].fact, "earlier") << "and it says that there is more";
  EXPECT_EQ(ask(kChange, kNow).size(), 1u);
}

TEST_F(PlantEarlier, ANameWithoutHistoryHasNoTimes) {
  open(kAfter);
  const auto found = plant_->earlier(all_, "m").value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found.front().first_ns || found.front().last_ns);
}

TEST(EarlierNames, KeepNothingThatHoldsInTheUnitOfNow) {
  const auto catalogue = Catalogue::parse(described(kAfter)).value();
  const Tag* earlier = catalogue->stored_tag("m/oil");
  ASSERT_NE(earlier, nullptr);
  EXPECT_EQ(earlier->unit, "degF");
  EXPECT_EQ(earlier->decimals, 2);
  EXPECT_EQ(earlier->goes_on_as, "m/oil_c");
  EXPECT_FALSE(earlier->normal_high);
  EXPECT_EQ(earlier->index, 1u);
  EXPECT_EQ(catalogue->tag(TagIndex{1}), nullptr);
  EXPECT_EQ(catalogue->stored_tags().size(), 2u);
}

TEST(EarlierNames, AreRefusedWhereTheyAreTakenOrSayNoUnit) {
  EXPECT_NE(error_of(R"({"id": "x", "unit": "degC", "earlier": [{"id": "x", "unit": "degF"}]})")
                .find("'m/x' is the name of another tag"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"id": "x", "unit": "degC", "earlier": [{"id": "y"}]})")
                .find("earlier[0].unit: expected the unit"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"id": "x", "unit": "degC", "earlier": [{"unit": "degF"}]})")
                .find("earlier[0].id"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"id": "x", "earlier": [{"id": "y"}, {"id": "y"}]})").find("'m/y'"),
            std::string::npos);
  EXPECT_EQ(error_of(R"({"id": "x", "unit": "degC",
                         "earlier": [{"id": "y", "unit_code": "FAH"}]})"),
            "");
}

}  // namespace
}  // namespace mw::plant
