// What the System page tells of the certificates of others, and to whom.
#include "server/api/system_report.h"

#include <gtest/gtest.h>

#include "server/testing/fakes.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using certificates::CertificateFacts;
using certificates::WatchedStatus;

constexpr TimeNs kNow = 1'700'000'000 * kNsPerSecond;

class SystemReportTest : public ::testing::Test {
 protected:
  SystemReportTest() {
    certificates::WatchOptions watch;
    watch.clock = clock_.get();
    watch.seen_by_others = [] {
      CertificateFacts soon;
      soon.subject = "CN=mail.plant";
      soon.until_ns = kNow + 10 * kNsPerDay;
      CertificateFacts early = soon;
      early.from_ns = kNow + kNsPerDay;
      return std::vector<WatchedStatus>{
          {{"channel", "shift"}, "mail.plant:587", soon, kNow - 5 * kNsPerSecond, {}},
          {{"upstream", "cluster"}, "gpu-1:8000", early, 0, {}},
          {{"broker", "broker"}, "broker:8883", {}, 0, Text{"no connection", "无法连接"}}};
    };
    parts_.clock = clock_;
    parts_.metrics = std::make_shared<ServerMetrics>();
    parts_.system = std::make_shared<testing::FakeSystemInfo>();
    parts_.certificates = std::make_shared<certificates::CertificateWatch>(std::move(watch));
  }
  const std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(kNow);
  ApiParts parts_;
};

TEST_F(SystemReportTest, TellsOfTheCertificatesOfOthersToWhoMaySeeAllLines) {
  const SystemReport report(parts_);
  const Json told = report.json(Identity::local_viewer());
  EXPECT_EQ(testing::schema_problem("System", told), "");
  const Json& list = told["certificates"];
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0]["kind"], "channel");
  EXPECT_EQ(list[0]["state"], "expires_soon");
  EXPECT_EQ(list[0]["subject"], "CN=mail.plant");
  EXPECT_EQ(list[0]["seen_ms"], 1'699'999'995'000);
  EXPECT_EQ(list[1]["state"], "not_yet_valid");
  EXPECT_EQ(list[1]["seen_ms"], nullptr);
  EXPECT_EQ(list[2]["state"], "unknown");
  EXPECT_EQ(list[2]["until_ms"], nullptr);
  EXPECT_EQ(list[2]["problem"]["zh"], "无法连接");
  const Json of_a_line = report.json(Identity::viewer_of({"line-1"}));
  EXPECT_EQ(testing::schema_problem("System", of_a_line), "");
  EXPECT_EQ(of_a_line["certificates"], nullptr);
}

TEST_F(SystemReportTest, CountsTheirEndsForWhoCollectsMetrics) {
  register_process_metrics(parts_);
  const std::string text = parts_.metrics->plant_registry.text();
  const auto has = [&](const std::string& line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(
      has("millwright_certificate_until_seconds{certificate=\"channel/shift\","
          "address=\"mail.plant:587\"} 1700864000"))
      << text;
  EXPECT_TRUE(has("{certificate=\"broker/broker\",address=\"broker:8883\"} NaN")) << text;
}

}  // namespace
}  // namespace mw::server
