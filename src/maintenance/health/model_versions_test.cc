#include "maintenance/health/model_versions.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

ModelVersions versions_of(const std::vector<std::pair<int64_t, VersionStep>>& steps) {
  ModelVersions out;
  TimeNs at_ns = 0;
  for (const auto& [version, step] : steps) out.take({"m1", version, step, "li", ++at_ns});
  return out;
}

TEST(ModelVersions, MakeTheFirstOneLiveAndALaterOneAShadow) {
  const ModelVersions one = versions_of({{1, VersionStep::kLearned}});
  EXPECT_EQ(one.live(), 1);
  EXPECT_EQ(one.shadow(), 0);
  const ModelVersions two = versions_of({{1, VersionStep::kLearned}, {2, VersionStep::kLearned}});
  EXPECT_EQ(two.live(), 1);
  EXPECT_EQ(two.shadow(), 2);
  EXPECT_EQ(two.before(), 0);
}

TEST(ModelVersions, GoBackAsOftenAsTheyWentForward) {
  const std::vector<std::pair<int64_t, VersionStep>> steps = {
      {1, VersionStep::kLearned},    {2, VersionStep::kLearned},   {2, VersionStep::kPromoted},
      {3, VersionStep::kLearned},    {3, VersionStep::kPromoted},  {3, VersionStep::kRolledBack},
      {2, VersionStep::kRolledBack}, {1, VersionStep::kRolledBack}};
  const std::vector<int64_t> live = {1, 1, 2, 2, 3, 2, 1, 1};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(
        versions_of({steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i) + 1}).live(),
        live[i])
        << i;
  }
  EXPECT_EQ(versions_of(steps).find(3)->stage, VersionStage::kRolledBack);
  EXPECT_EQ(versions_of(steps).find(1)->stage, VersionStage::kLive);
}

TEST(ModelVersions, ReplaceAShadowThatNobodyDecidedUpon) {
  const ModelVersions all = versions_of(
      {{1, VersionStep::kLearned}, {2, VersionStep::kLearned}, {3, VersionStep::kLearned}});
  EXPECT_EQ(all.find(2)->stage, VersionStage::kReplaced);
  EXPECT_EQ(all.shadow(), 3);
}

TEST(ModelVersions, KeepTheLiveOneWhenTheShadowIsRejected) {
  const ModelVersions all = versions_of({{1, VersionStep::kLearned},
                                         {2, VersionStep::kLearned},
                                         {2, VersionStep::kWouldAlarm},
                                         {2, VersionStep::kRejected}});
  EXPECT_EQ(all.live(), 1);
  EXPECT_EQ(all.shadow(), 0);
  EXPECT_EQ(all.find(2)->stage, VersionStage::kRejected);
  EXPECT_EQ(all.find(2)->would_alarm_ns, std::vector<TimeNs>{3});
}

TEST(ModelVersions, ForgetWhoDecided) {
  ModelVersions all = versions_of({{1, VersionStep::kLearned}});
  all.forget([](const std::string& name) { return name == "li"; });
  EXPECT_EQ(all.find(1)->who, "?");
}

}  // namespace
}  // namespace mw::maintenance
