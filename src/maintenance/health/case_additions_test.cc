#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CaseAdditions : public HealthMonitorFixture {
 protected:
  /// Vibration is off, and besides heat and current as by a load that is too high: heat alone would
  /// be a sensor's fault.
  void run_faults(std::size_t rows, double vibration, double load) {
    offsets_ = {2 * load, 3 * load, vibration};
    run_rows(rows, 0);
  }
  static std::set<std::string> tags_of(const std::vector<CaseAddition>& also) {
    std::set<std::string> out;
    for (const CaseAddition& each : also) out.insert(each.evidence.tag);
    return out;
  }
  HealthCase only_case() const {
    const auto cases = monitor_->cases(kEngineer);
    EXPECT_THAT(cases, SizeIs(1));
    return cases.empty() ? HealthCase{} : cases.front();
  }
};

TEST_F(CaseAdditions, AnotherSignalThatDeviatesLaterIsToldInTheOpenCase) {
  run_faults(30, 0, 0);
  run_faults(30, 4, 0);
  ASSERT_EQ(only_case().evidence.front().tag, "m1/vibration");
  EXPECT_THAT(only_case().also, IsEmpty()) << "what it was opened for is no addition";
  const TimeNs before_ns = clock_.now_ns();
  run_faults(60, 4, 15);
  const HealthCase one = only_case();
  EXPECT_THAT(tags_of(one.also), ElementsAre("m1/current", "m1/heat"));
  ASSERT_THAT(one.also, SizeIs(2));
  EXPECT_GT(one.also[0].evidence.value, one.also[0].evidence.normal_high);
  EXPECT_GT(one.also[0].since_ns, before_ns);
  EXPECT_THAT(audit_->actions,
              Contains("maintenance.case_also case:" + std::to_string(one.number)));
  EXPECT_EQ(monitor_->list(kEngineer)[0].budget.spent, 1u) << "it is no alarm of its own";
  open();
  ASSERT_THAT(only_case().also, SizeIs(2));
  EXPECT_EQ(tags_of(only_case().also), tags_of(one.also));
  EXPECT_EQ(only_case().also[0].since_ns, one.also[0].since_ns);
}

TEST_F(CaseAdditions, TheSameFaultThatGrowsIsNoAddition) {
  run_faults(30, 0, 0);
  run_faults(60, 3, 0);
  run_faults(60, 9, 0);
  EXPECT_THAT(only_case().also, IsEmpty());
}

TEST_F(CaseAdditions, AShortStrayIsNoAddition) {
  run_faults(30, 0, 0);
  run_faults(30, 4, 0);
  run_faults(2, 4, 15);
  run_faults(20, 4, 0);
  EXPECT_THAT(only_case().also, IsEmpty());
}

TEST_F(CaseAdditions, WhatTheAuditLogDoesNotTakeIsTriedAgain) {
  run_faults(30, 0, 0);
  run_faults(30, 4, 0);
  ASSERT_THAT(only_case().also, IsEmpty());
  audit_->full = true;
  run_faults(30, 4, 15);
  EXPECT_THAT(only_case().also, IsEmpty());
  audit_->full = false;
  run_faults(30, 4, 15);
  EXPECT_THAT(only_case().also, SizeIs(2));
}

TEST_F(CaseAdditions, ACaseAfterADecidedOneBeginsWithItsOwnEvidence) {
  run_faults(30, 0, 0);
  run_faults(30, 4, 0);
  ASSERT_TRUE(monitor_->decide(kEngineer, case_number(), CaseOutcome::kConfirmed, ""));
  run_faults(240, 0, 0);  // longer than the quiet that a new alarm takes
  run_faults(40, 0, 15);
  const auto cases = monitor_->cases(kEngineer);
  ASSERT_THAT(cases, SizeIs(2));
  EXPECT_THAT(cases[0].evidence.front().tag, AnyOf(Eq("m1/heat"), Eq("m1/current")));
  EXPECT_THAT(cases[0].also, IsEmpty());
  EXPECT_THAT(cases[1].also, IsEmpty());
}

}  // namespace
}  // namespace mw::maintenance
