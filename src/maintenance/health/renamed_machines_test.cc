#include "maintenance/health/renamed_machines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::SizeIs;

std::string edited_plant(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// m1 has a model, a schedule and a case that is open; then the description is edited.
class RenamedMachines : public HealthMonitorFixture {
 protected:
  void SetUp() override {
    HealthMonitorFixture::SetUp();
    run_rows(90, 1);
    number_ = case_number();
    RetrainSchedule schedule;
    schedule.asset = "m1";
    schedule.history_days = 30;
    schedule.contract = {4, 1};
    ASSERT_TRUE(monitor_->set_schedule(kEngineer, schedule));
    audit_->actions.clear();
  }
  /// Starts with another description.
  void start_with(const std::string& description) {
    monitor_.reset();
    plant_.reset();
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    auto catalogue = plant::Catalogue::parse(description);
    ASSERT_TRUE(catalogue) << catalogue.error().message.en;
    options.catalogue = *std::move(catalogue);
    options.clock = &clock_;
    options.log = no_log();
    plant_ = plant::Plant::open(std::move(options)).value();
    open();
  }
  static std::string renamed(const std::string& formerly = R"([{"asset": "n1", "id": "m1"}])") {
    return edited_plant(edited_plant(kMadePlant, R"("id": "m1")", R"("id": "n1")"), R"("assets":)",
                        R"("formerly": )" + formerly + R"(, "assets":)");
  }
  std::filesystem::path model(const char* name) const { return folder_.path() / "health" / name; }
  const HealthView* of(const std::vector<HealthView>& views, const std::string& asset) const {
    for (const HealthView& each : views) {
      if (each.asset == asset) return &each;
    }
    return nullptr;
  }
  int64_t number_ = 0;
};

TEST_F(RenamedMachines, KeepTheirModelScheduleAndCases) {
  start_with(renamed());
  const auto views = monitor_->list(kEngineer);
  const HealthView* view = of(views, "n1");
  ASSERT_TRUE(view != nullptr && view->card);
  EXPECT_EQ(view->card->trained_by, "li");
  EXPECT_EQ(view->tags[0], "n1/heat");
  EXPECT_EQ(view->open_case, number_);
  EXPECT_EQ(view->budget.spent, 1u);
  const auto one = monitor_->find_case(kEngineer, number_);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->asset, "n1");
  EXPECT_EQ(one->evidence.front().tag, "n1/vibration");
  const auto schedule = monitor_->schedule(kEngineer, "n1");
  ASSERT_TRUE(schedule && *schedule);
  EXPECT_EQ((*schedule)->history_days, 30);
  EXPECT_EQ(monitor_->versions(kEngineer, "n1")->versions.size(), 1u);
  EXPECT_THAT(audit_->actions, Contains("maintenance.rename asset:n1"));
  EXPECT_FALSE(std::filesystem::exists(model("m1.1.json")));
}

TEST_F(RenamedMachines, FollowForGoodAndOnce) {
  start_with(renamed());
  audit_->actions.clear();
  start_with(renamed());
  EXPECT_THAT(audit_->actions, Not(Contains("maintenance.rename asset:n1")));
  start_with(edited_plant(kMadePlant, R"("id": "m1")", R"("id": "n1")"));  // `formerly` is gone
  const auto views = monitor_->list(kEngineer);
  ASSERT_NE(of(views, "n1"), nullptr);
  EXPECT_TRUE(of(views, "n1")->card);
  EXPECT_EQ(monitor_->find_case(kEngineer, number_)->asset, "n1");
}

TEST_F(RenamedMachines, KeepTheirModelWhereATagIsRenamed) {
  const std::string description = edited_plant(
      edited_plant(kMadePlant, R"({"id": "heat")", R"({"id": "warmth")"), R"("assets":)",
      R"("formerly": [{"tag": "m1/warmth", "id": "m1/heat"}], "assets":)");
  start_with(description);
  const auto views = monitor_->list(kEngineer);
  const HealthView* view = of(views, "m1");
  ASSERT_TRUE(view != nullptr && view->card) << "it is not left out";
  EXPECT_THAT(view->tags, Contains("m1/warmth"));
  const auto one = monitor_->find_case(kEngineer, number_);
  bool found = false;
  for (const CaseEvidence& each : one->evidence) found = found || each.tag == "m1/warmth";
  EXPECT_TRUE(found);
  EXPECT_THAT(audit_->actions, Contains("maintenance.rename asset:m1"));
  audit_->actions.clear();
  start_with(description);
  EXPECT_THAT(audit_->actions, Not(Contains("maintenance.rename asset:m1")));
}

TEST_F(RenamedMachines, FinishWhatACrashCutShort) {
  std::filesystem::copy_file(model("m1.1.json"), folder_.path() / "kept");
  start_with(renamed());
  std::filesystem::copy_file(folder_.path() / "kept", model("m1.1.json"));  // not removed yet
  start_with(renamed());
  EXPECT_FALSE(std::filesystem::exists(model("m1.1.json")));
  const auto views = monitor_->list(kEngineer);
  EXPECT_TRUE(of(views, "n1")->card);
  EXPECT_EQ(monitor_->versions(kEngineer, "n1")->versions.size(), 1u);
}

TEST_F(RenamedMachines, DoNothingThatTheAuditLogDoesNotTake) {
  audit_->full = true;
  monitor_.reset();
  auto catalogue = plant::Catalogue::parse(renamed());
  ASSERT_TRUE(catalogue) << catalogue.error().message.en;
  EXPECT_FALSE(follow_renamed_machines(folder_.path(), **catalogue, no_log(), audit_));
  EXPECT_TRUE(std::filesystem::exists(model("m1.1.json")));
  audit_->full = false;
  EXPECT_TRUE(follow_renamed_machines(folder_.path(), **catalogue, no_log(), audit_));
  EXPECT_FALSE(std::filesystem::exists(model("m1.1.json")));
}

TEST_F(RenamedMachines, StayApartWhereTheNewNameHasModelsOfItsOwn) {
  monitor_.reset();
  {
    auto versions = VersionStore::open((folder_.path() / "maintenance.db").string());
    ASSERT_TRUE(versions->add({"n1", 1, VersionStep::kLearned, "wang", 5}));
  }
  start_with(renamed());
  EXPECT_TRUE(std::filesystem::exists(model("m1.1.json")));
  EXPECT_EQ(monitor_->find_case(kEngineer, number_)->asset, "m1");
  EXPECT_THAT(audit_->actions, Not(Contains("maintenance.rename asset:n1")));
}

TEST_F(RenamedMachines, ATagOfAnotherMachineIsNoneOfTheirs) {
  const std::string description = edited_plant(
      edited_plant(kMadePlant, R"({"id": "heat", "unit": "degC"},)", ""), R"("assets": [)",
      R"("formerly": [{"tag": "m2/warmth", "id": "m1/heat"}],
                 "assets": [)");
  start_with(edited_plant(description, R"({"id": "m2", "kind": "machine", "line": "b")",
                          R"({"id": "m2", "kind": "machine", "line": "b",
                         "tags": [{"id": "warmth", "unit": "degC"}])"));
  const auto views = monitor_->list(kEngineer);
  EXPECT_FALSE(of(views, "m1")->card) << "its tag is gone: train anew";
  EXPECT_THAT(audit_->actions, Not(Contains("maintenance.rename asset:m1")));
}

}  // namespace
}  // namespace mw::maintenance
