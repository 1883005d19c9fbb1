// Performance by product, and where part of the time is not known. Times are seconds after kStart.
#include "plant/internal/oee_performance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plant/internal/reference_store.h"
#include "plant/internal/test_plant.h"
#include "plant/internal/text_plant.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

class OeePerformance : public testing::Test {
 protected:
  OeePerformance() {
    asset_.production.total = "p1/parts";
    asset_.production.reject = "p1/rejects";
    asset_.production.product = "p1/product";
    asset_.production.products = {{"A-100", {"A-100", ""}, 10}, {"B-200", {"B-200", ""}, 20}};
  }
  const Tag* tag(const char* id) const { return catalogue_->tag(std::string("p1/") + id); }
  void text(const char* id, int from_s, int to_s, const std::string& text) {
    for (int s = from_s; s < to_s; s += 10) put(state_at(tag(id)->index, time(s), text));
  }
  /// A part each `cycle_s`, the twentieth of them bad.
  void parts(int from_s, int to_s, double cycle_s) {
    for (int s = from_s; s < to_s; s += 10) {
      const double made = made_ + std::floor((s - from_s) / cycle_s);
      put(number_at(tag("parts")->index, time(s), made));
      put(number_at(tag("rejects")->index, time(s), std::floor(made / 20)));
    }
    made_ += std::floor((to_s - from_s) / cycle_s);
  }
  void put(const Sample& sample) { ASSERT_TRUE(store_.append({&sample, 1})); }
  static TimeNs time(int s) { return kStart + s * kNsPerSecond; }
  OeeReport report(int from_s, int to_s) {
    const OeeTags tags{tag("state"), tag("parts"), nullptr, tag("rejects"), tag("product")};
    OeeReport report;
    report.inputs =
        read_oee_inputs(store_, asset_, tags, {time(from_s), time(to_s)}, std::nullopt).value();
    report.oee = compute_oee(report.inputs);
    return report;
  }
  static bool has(const Oee& oee, OeeRemark remark) {
    return std::find(oee.remarks.begin(), oee.remarks.end(), remark) != oee.remarks.end();
  }

  const std::shared_ptr<const Catalogue> catalogue_ = text_catalogue();
  Asset asset_ = *catalogue_->asset("p1");
  ReferenceStore store_;
  double made_ = 0;
};

TEST_F(OeePerformance, IsThatOfTheProductThatRan) {
  text("state", 0, 7200, "running");
  text("product", 0, 3600, "A-100");
  text("product", 3600, 7200, "B-200");
  parts(0, 3600, 12);     // 300 parts of 10 s
  parts(3600, 7200, 30);  // 120 parts of 20 s
  const OeeReport both = report(0, 7200);
  ASSERT_TRUE(both.oee.performance);
  EXPECT_NEAR(*both.oee.performance, (300 * 10 + 120 * 20) / 7200.0, 0.01);
  EXPECT_TRUE(both.oee.remarks.empty());
  ASSERT_EQ(both.inputs.products.size(), 2u);
  EXPECT_EQ(both.inputs.products[0].production_ns, 3600 * kNsPerSecond);
  EXPECT_NEAR(both.inputs.products[0].parts, 300, 2);
  EXPECT_NEAR(both.inputs.products[0].parts + both.inputs.products[1].parts, *both.inputs.total, 1)
      << "no part is lost between two products";
  EXPECT_NEAR(*report(0, 3600).oee.performance, 10 / 12.0, 0.01);
  EXPECT_NEAR(*report(3600, 7200).oee.performance, 20 / 30.0, 0.01);
}

TEST_F(OeePerformance, IsNotStatedWhereTheProductIsNotKnown) {
  asset_.production.ideal_cycle_s = 10;  // of no product in particular: not used
  text("state", 0, 7200, "running");
  parts(0, 7200, 12);
  const OeeReport none = report(0, 7200);
  EXPECT_FALSE(none.oee.performance);
  EXPECT_FALSE(none.oee.oee);
  EXPECT_TRUE(has(none.oee, OeeRemark::kProductsMissing));
  EXPECT_TRUE(none.oee.availability) << "what can be stated is";
  EXPECT_TRUE(none.oee.quality);
  text("product", 0, 7200, "C-300");  // one that is not described
  const OeeReport other = report(0, 7200);
  EXPECT_FALSE(other.oee.performance);
  EXPECT_TRUE(has(other.oee, OeeRemark::kProductsMissing));
  ASSERT_EQ(other.inputs.products.size(), 1u);
  EXPECT_EQ(other.inputs.products[0].product, "C-300");
  EXPECT_FALSE(other.inputs.products[0].ideal_cycle_s);
}

TEST_F(OeePerformance, LeavesAShortTimeWithoutProductOutAndSaysSo) {
  text("state", 0, 7200, "running");
  text("product", 0, 6900, "A-100");  // then not known, while it makes parts at twice the speed
  parts(0, 6960, 20);
  parts(6960, 7200, 10);
  const OeeReport most = report(0, 7200);
  ASSERT_TRUE(most.oee.performance);
  EXPECT_NEAR(*most.oee.performance, 0.5, 0.01);
  EXPECT_TRUE(has(most.oee, OeeRemark::kProductGaps));
}

TEST_F(OeePerformance, PartsMadeInAnUnknownStateDoNotMakeTheKnownTimeFaster) {
  asset_.production.products.clear();
  asset_.production.ideal_cycle_s = 10;
  text("state", 0, 6800, "running");  // then unknown, while parts are made at four times the speed
  parts(0, 6860, 20);
  parts(6860, 7200, 5);
  const OeeReport gap = report(0, 7200);
  EXPECT_TRUE(has(gap.oee, OeeRemark::kGaps));
  ASSERT_TRUE(gap.oee.performance);
  EXPECT_NEAR(*gap.oee.performance, 0.5, 0.01);
  EXPECT_NEAR(*gap.oee.oee, 0.5 * *gap.oee.quality, 0.01);
}

TEST_F(OeePerformance, AStateThatTheDescriptionDoesNotKnowIsNoEvidence) {
  asset_.production.products.clear();
  asset_.production.ideal_cycle_s = 10;
  text("state", 0, 6600, "running");
  text("state", 6600, 7200, "cleaning");  // good samples, of a state that was taken out since
  parts(0, 7200, 20);
  const OeeReport report_of = report(0, 7200);
  EXPECT_NEAR(report_of.inputs.state_share, 6600.0 / 7200, 1e-9);
  EXPECT_EQ(report_of.inputs.known_ns, 6600 * kNsPerSecond);
}

TEST_F(OeePerformance, CountsGoodAndRejectedWhereThereIsNoTotal) {
  text("state", 0, 3600, "running");
  text("product", 0, 3600, "A-100");
  parts(0, 3600, 12);
  const OeeTags tags{tag("state"), nullptr, tag("parts"), tag("rejects"), tag("product")};
  OeeInputs in = read_oee_inputs(store_, asset_, tags, {time(0), time(3600)}, std::nullopt).value();
  ASSERT_TRUE(in.performance);
  EXPECT_NEAR(in.performance->parts, *in.good + *in.reject, 1e-9);
}

}  // namespace
}  // namespace mw::plant
