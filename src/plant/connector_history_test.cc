// How connectors did, over the facade: who is told, and that it is there after a restart.
#include "plant/connector_history.h"

#include <gtest/gtest.h>

#include <thread>

#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;
constexpr TimeWindow kDay{kNow - kNsPerDay, kNow + kNsPerDay};

/// A device of one machine that nobody answers for.
ConnectorOptions device(const std::string& name, const std::string& tag) {
  ModbusOptions options;
  options.name = name;
  options.host = "127.0.0.1";
  options.port = 1;
  options.registers.emplace_back();
  options.registers[0].tag = tag;
  return options;
}

class ConnectorHistoryTest : public testing::Test {
 protected:
  ConnectorHistoryTest() { open(); }
  void open() {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = test_catalogue();
    options.clock = &clock_;
    options.connectors = {device("plc-a", "m1/temperature"), device("plc-b", "m2/temperature")};
    plant_ = Plant::open(std::move(options)).value();
  }
  /// Once there is any.
  std::vector<ConnectorMinute> points(const Identity& who, const char* name) const {
    for (int i = 0; i < 500; ++i) {
      auto history = plant_->connector_history(who, name, kDay, 3000).value();
      if (!history.points.empty()) return history.points;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
  }
  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow + 5 * kNsPerSecond};
  std::unique_ptr<Plant> plant_;
  const Identity all_ = Identity::local_viewer();
};

TEST_F(ConnectorHistoryTest, IsToldAlsoAfterARestart) {
  ASSERT_EQ(points(all_, "plc-a").size(), 1u);
  // The first look may come before the device has refused its connector.
  const auto state = [&] { return points(all_, "plc-a")[0].state; };
  for (int i = 0; i < 1500 && state() != ConnectorState::kFailed; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_EQ(state(), ConnectorState::kFailed);
  plant_.reset();
  clock_.set(clock_.now_ns() + 10 * kNsPerMinute);
  open();
  for (int i = 0; i < 500 && points(all_, "plc-a").size() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const std::vector<ConnectorMinute> minutes = points(all_, "plc-a");
  ASSERT_EQ(minutes.size(), 2u);
  EXPECT_EQ(minutes[0].state, ConnectorState::kFailed);
  EXPECT_EQ(minutes[1].start_ns - minutes[0].start_ns, 10 * kNsPerMinute);
}

TEST_F(ConnectorHistoryTest, OfAHiddenLineIsAnsweredAsOfNothing) {
  const Identity of_b = Identity::viewer_of({"b"});
  EXPECT_EQ(points(of_b, "plc-b").size(), 1u);
  const auto hidden = plant_->connector_history(of_b, "plc-a", kDay, 100);
  const auto nothing = plant_->connector_history(of_b, "plc-x", kDay, 100);
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().code, Code::kNotFound);
  EXPECT_EQ(hidden.error().param, nothing.error().param);
  EXPECT_EQ(hidden.error().message.en.size(), nothing.error().message.en.size());
  EXPECT_FALSE(plant_->connector_history(Identity{}, "plc-a", kDay, 100));
  EXPECT_EQ(plant_->connector_history(all_, "plc-a", {5, 5}, 100).error().param, "window");
}

TEST_F(ConnectorHistoryTest, OfAWindowBeforeAllIsEmpty) {
  ASSERT_EQ(points(all_, "plc-a").size(), 1u);
  const auto early = plant_->connector_history(all_, "plc-a", {0, kNsPerDay}, 100);
  ASSERT_TRUE(early) << early.error().message.en;
  EXPECT_TRUE(early->points.empty());
}

TEST_F(ConnectorHistoryTest, StatusHasTheEndOfACertificateOnceSomebodySawIt) {
  EXPECT_EQ(plant_->connectors(all_).at(0).certificate_expires_ns, std::nullopt);
  plant_->set_certificate_expiry("plc-a", kNow + 9);
  plant_->set_certificate_expiry("nobody", kNow);
  EXPECT_EQ(plant_->connectors(all_).at(0).certificate_expires_ns, kNow + 9);
  EXPECT_EQ(plant_->connectors(all_).at(1).certificate_expires_ns, std::nullopt);
}

}  // namespace
}  // namespace mw::plant
