#include "plant/internal/connector_health.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

IngestOutcome took(uint64_t samples, std::optional<int64_t> skew_ns = {}) {
  IngestOutcome outcome;
  outcome.stored = samples;
  outcome.skew_ns = skew_ns;
  return outcome;
}

class ConnectorHealthTest : public testing::Test {
 protected:
  void advance(int64_t ns) { clock_.set(clock_.now_ns() + ns); }
  FixedClock clock_{kStart};
  const std::shared_ptr<const Catalogue> plant_ = test_catalogue();
  ConnectorHealth health_{{"plc", "modbus_tcp", "10.0.0.7:502", {1, 2}}, *plant_, clock_};
};

TEST_F(ConnectorHealthTest, IsConnectingUntilItIsToldHowItWent) {
  advance(kNsPerHour);
  const ConnectorStatus status = health_.status();
  EXPECT_EQ(status.state, ConnectorState::kConnecting);
  EXPECT_EQ(status.since_ns, kStart);
  EXPECT_EQ(status.tags, 2u);
  EXPECT_EQ(status.problem_ns, 0);
}

TEST_F(ConnectorHealthTest, FailsSinceTheFirstFailureAndKeepsTheLastProblem) {
  health_.failed({"refused", "拒绝"});
  advance(kNsPerMinute);
  health_.failed({"no route", "无路由"});
  ConnectorStatus status = health_.status();
  EXPECT_EQ(status.state, ConnectorState::kFailed);
  EXPECT_EQ(status.since_ns, kStart);
  EXPECT_EQ(status.problem.en, "no route");
  EXPECT_EQ(status.problem_ns, kStart + kNsPerMinute);
  advance(kNsPerMinute);
  health_.connected();
  status = health_.status();
  EXPECT_EQ(status.state, ConnectorState::kConnected);
  EXPECT_EQ(status.since_ns, clock_.now_ns());
  EXPECT_EQ(status.problem.en, "no route") << "why it was away stays visible";
}

TEST_F(ConnectorHealthTest, CountsStretchesWithoutASampleOnceTheyAreOver) {
  health_.connected();
  health_.took(took(1));
  advance(10 * kNsPerSecond);
  health_.took(took(1));  // as long as its tags may be silent
  EXPECT_EQ(health_.status().gaps, 0u);
  const TimeNs before = clock_.now_ns();
  advance(kNsPerMinute);
  health_.failed({"refused", "拒绝"});
  EXPECT_EQ(health_.status().gaps, 0u) << "it is not over";
  health_.connected();
  health_.took(took(1));
  const ConnectorStatus status = health_.status();
  EXPECT_EQ(status.gaps, 1u);
  EXPECT_EQ(status.gap_start_ns, before);
  EXPECT_EQ(status.gap_end_ns, clock_.now_ns());
}

TEST_F(ConnectorHealthTest, IsSilentAfterTheLongestWatchdogOfItsTags) {
  health_.connected();
  health_.took(took(3));
  advance(10 * kNsPerSecond);
  EXPECT_EQ(health_.status().state, ConnectorState::kConnected);
  advance(kNsPerSecond);
  EXPECT_EQ(health_.status().state, ConnectorState::kSilent);
  EXPECT_EQ(health_.status().since_ns, kStart + 10 * kNsPerSecond);
  health_.took(took(1));
  EXPECT_EQ(health_.status().state, ConnectorState::kConnected);
  EXPECT_EQ(health_.status().since_ns, kStart);
  EXPECT_EQ(health_.status().samples, 4u);
}

TEST_F(ConnectorHealthTest, TakesTheSkewOfTheFreshestSampleAndForgetsItAfterTwoMinutes) {
  health_.took(took(1, -3 * kNsPerHour));  // kept by a gateway and sent late
  EXPECT_EQ(health_.status().skew_ns, -3 * kNsPerHour);
  health_.took(took(1, 40 * kNsPerMs));
  EXPECT_EQ(health_.status().skew_ns, 40 * kNsPerMs);
  advance(kNsPerMinute);
  health_.took(took(1, -5 * kNsPerMs));
  EXPECT_EQ(health_.status().skew_ns, 40 * kNsPerMs) << "of the minute before";
  advance(kNsPerMinute);
  health_.took(took(1, -6 * kNsPerMs));
  EXPECT_EQ(health_.status().skew_ns, -5 * kNsPerMs);
  advance(5 * kNsPerMinute);
  EXPECT_FALSE(health_.status().skew_ns.has_value());
}

TEST_F(ConnectorHealthTest, ShowsOnlyToThoseWhoSeeEveryLineThatItServes) {
  Identity who = Identity::local_viewer();
  EXPECT_TRUE(health_.visible_to(who));
  who = Identity::viewer_of({"a"});
  EXPECT_TRUE(health_.visible_to(who)) << "all its tags are on line a";
  who = Identity::viewer_of({"b"});
  EXPECT_FALSE(health_.visible_to(who));
  const ConnectorHealth broker({"broker", "mqtt", "tcp://x:1", {}}, *plant_, clock_);
  EXPECT_FALSE(broker.visible_to(who)) << "its counts would tell of line a";
  who = Identity::viewer_of({"a", "b"});
  EXPECT_FALSE(broker.visible_to(who)) << "whether a third line exists must not show";
  EXPECT_TRUE(broker.visible_to(Identity::local_viewer()));
}

TEST(StopConnectors, AsksAllBeforeItWaitsForTheFirst) {
  struct Slow final : Connector {
    explicit Slow(std::string& log) : log_(log) {}
    ~Slow() override { log_ += "waited "; }
    const ConnectorHealth& health() const override { return *health_; }
    void request_stop() override { log_ += "asked "; }
    std::string& log_;
    const ConnectorHealth* health_ = nullptr;
  };
  std::string log;
  std::vector<std::unique_ptr<Connector>> connectors;
  for (int i = 0; i < 3; ++i) connectors.push_back(std::make_unique<Slow>(log));
  stop_connectors(connectors);
  EXPECT_EQ(log, "asked asked asked waited waited waited ");
  EXPECT_TRUE(connectors.empty());
}

}  // namespace
}  // namespace mw::plant
