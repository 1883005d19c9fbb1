// A connector against a device that answers well, refuses, lies, cuts answers short, falls silent
// or goes away. Values and real peers: tests/integration/modbus_test.py.
#include "plant/modbus/modbus_connector.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

const Identity kAll = Identity::local_viewer();

/// Two machines whose tags may be silent for half a second only.
std::shared_ptr<const Catalogue> quick_catalogue() {
  return Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}],
    "kinds": [{"id": "machine", "tags": [
      {"id": "temperature", "watchdog_s": 0.5}, {"id": "parts", "kind": "counter", "watchdog_s": 0.5}]}],
    "assets": [{"id": "m1", "kind": "machine", "line": "a"}, {"id": "m2", "kind": "machine", "line": "a"}]
  })json")
      .value();
}

/// A Modbus TCP device of holding registers whose value is their address, on a port of its own.
class FakeDevice {
 public:
  enum class Mode { kWell, kBusy, kGarbage, kHalf, kDrip, kMute, kWrongId, kHangUp };

  FakeDevice() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~FakeDevice() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  int port() const { return port_; }

  std::atomic<Mode> mode{Mode::kWell};
  std::atomic<int> missing_address{-1};  // refused with exception 2
  std::atomic<int> mute_address{-1};     // not answered at all
  std::atomic<int> deaf_unit{-1};        // answered by the gateway with exception 11
  std::atomic<int> requests{0};

 private:
  static bool readable(int fd, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd wait{fd, POLLIN, 0};
      if (::poll(&wait, 1, 20) > 0) return true;
    }
    return false;
  }
  void serve(const std::stop_token& stop) {
    while (readable(listener_, stop)) {
      const int client = ::accept(listener_, nullptr, nullptr);
      while (readable(client, stop) && answer(client)) {
      }
      ::close(client);
    }
  }
  bool answer(int client) {
    std::array<uint8_t, 12> in{};
    if (::recv(client, in.data(), in.size(), MSG_WAITALL) != 12) return false;
    ++requests;
    const int address = in[8] << 8 | in[9];
    const int count = in[10] << 8 | in[11];
    std::vector<uint8_t> out(in.begin(), in.begin() + 8);
    const auto exception = [&](uint8_t code) {
      out[5] = 3;
      out[7] = static_cast<uint8_t>(out[7] | 0x80);
      out.push_back(code);
    };
    const int missing = missing_address;
    const Mode now = mode;
    if (in[6] == deaf_unit) {
      exception(11);
    } else if (now == Mode::kBusy) {
      exception(6);
    } else if (missing >= address && missing < address + count) {
      exception(2);
    } else {
      out[5] = static_cast<uint8_t>(3 + 2 * count);
      out.push_back(static_cast<uint8_t>(2 * count));
      for (int i = address; i < address + count; ++i) {
        out.push_back(static_cast<uint8_t>(i >> 8));
        out.push_back(static_cast<uint8_t>(i));
      }
    }
    const int muted = mute_address;
    if (now == Mode::kMute || (muted >= address && muted < address + count)) return true;
    if (now == Mode::kHangUp) return false;
    if (now == Mode::kGarbage) out.assign(64, 0xAA);
    if (now == Mode::kHalf) out.resize(out.size() / 2);
    if (now == Mode::kWrongId) out[1] = static_cast<uint8_t>(out[1] + 1);
    if (now == Mode::kDrip) {  // a byte each 50 ms: the whole would take longer than a timeout
      for (std::size_t i = 0; i < 5; ++i) {
        if (::send(client, &out[i], 1, MSG_NOSIGNAL) != 1) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      return true;
    }
    return ::send(client, out.data(), out.size(), MSG_NOSIGNAL) > 0;
  }

  int listener_ = -1;
  int port_ = 0;
  std::jthread thread_;
};

bool wait_for(const std::function<bool()>& condition, int seconds = 15) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

ModbusRegister holding(std::string tag, int address, int unit = 1) {
  ModbusRegister reg;
  reg.tag = std::move(tag);
  reg.address = address;
  reg.unit = unit;
  reg.poll_ms = 50;
  return reg;
}

class ModbusConnectorTest : public testing::Test {
 protected:
  void open(std::vector<ModbusRegister> registers) {
    ModbusOptions modbus;
    modbus.name = "plc";
    modbus.host = "127.0.0.1";
    modbus.port = device_.port();
    modbus.timeout_ms = 100;
    modbus.registers = std::move(registers);
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = quick_catalogue();
    options.connectors = {modbus};
    auto opened = Plant::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().message.en;
    plant_ = std::move(*opened);
  }
  TagValue value(const char* tag) { return plant_->latest(kAll, tag).value(); }
  bool good(const char* tag) { return value(tag).quality == Quality::kGood; }
  ConnectorStatus status() { return plant_->snapshot(kAll).connectors.at(0); }

  testing_support::TemporaryFolder folder_;
  FakeDevice device_;
  std::unique_ptr<Plant> plant_;
};

TEST_F(ModbusConnectorTest, PollsTagsAndTellsHowItGoes) {
  open({holding("m1/temperature", 21), holding("m1/parts", 40)});
  ASSERT_TRUE(wait_for([&] { return good("m1/temperature") && good("m1/parts"); }));
  EXPECT_EQ(value("m1/temperature").value, 21);
  EXPECT_EQ(value("m1/parts").value, 40);
  EXPECT_EQ(status().state, ConnectorState::kConnected);
  EXPECT_EQ(status().kind, "modbus_tcp");
  EXPECT_EQ(status().tags, 2u);
  EXPECT_EQ(status().problem_ns, 0);
  EXPECT_FALSE(status().skew_ns.has_value()) << "a Modbus device has no clock";
}

TEST_F(ModbusConnectorTest, TurnsTagsBadWithinTheWatchdogHoweverTheDeviceFailsAndGoodByItself) {
  open({holding("m1/temperature", 21)});
  using Mode = FakeDevice::Mode;
  for (const Mode mode :
       {Mode::kMute, Mode::kHalf, Mode::kGarbage, Mode::kDrip, Mode::kWrongId, Mode::kHangUp}) {
    device_.mode = Mode::kWell;
    ASSERT_TRUE(wait_for([&] { return good("m1/temperature"); })) << static_cast<int>(mode);
    device_.mode = mode;
    const auto began = std::chrono::steady_clock::now();
    ASSERT_TRUE(wait_for([&] { return !good("m1/temperature"); })) << static_cast<int>(mode);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(500 + 250 + 1500))
        << "watchdog period, the tick that looks, and what a busy machine takes";
    EXPECT_EQ(value("m1/temperature").reason, QualityReason::kNoCommunication);
    EXPECT_EQ(value("m1/temperature").value, 21) << "the last known value stays visible";
    EXPECT_EQ(status().state, ConnectorState::kFailed);
    EXPECT_FALSE(status().problem.en.empty());
    EXPECT_FALSE(status().problem.zh.empty());
  }
  device_.mode = Mode::kWell;
  ASSERT_TRUE(wait_for([&] { return good("m1/temperature"); }));
  const TimeNs now_ns = plant_->now_ns();
  const auto history =
      plant_->aggregate(kAll, "m1/temperature", {now_ns - kNsPerMinute, now_ns + 1});
  EXPECT_EQ(history->bad_count, 6u) << "each gap is in history, as one mark";
  EXPECT_EQ(history->max->value, 21);
}

TEST_F(ModbusConnectorTest, TakesARefusalAsTheDevicesWordAboutThoseTagsAlone) {
  open({holding("m1/temperature", 21)});
  ASSERT_TRUE(wait_for([&] { return good("m1/temperature"); }));
  device_.mode = FakeDevice::Mode::kBusy;
  ASSERT_TRUE(wait_for([&] { return !good("m1/temperature"); }));
  EXPECT_EQ(value("m1/temperature").reason, QualityReason::kDevice);
  EXPECT_EQ(status().state, ConnectorState::kConnected) << "it answers";
  EXPECT_NE(status().problem.en.find("busy"), std::string::npos) << status().problem.en;
  device_.mode = FakeDevice::Mode::kWell;
  EXPECT_TRUE(wait_for([&] { return good("m1/temperature"); }));
}

TEST_F(ModbusConnectorTest, FindsTheOneAddressThatADeviceDoesNotHave) {
  device_.missing_address = 30;
  open({holding("m1/temperature", 21), holding("m2/parts", 30), holding("m1/parts", 40)});
  ASSERT_TRUE(wait_for([&] {
    return good("m1/temperature") && good("m1/parts") &&
           value("m2/parts").reason == QualityReason::kDevice;
  }));
  EXPECT_NE(status().problem.en.find("holding 30"), std::string::npos) << status().problem.en;
}

TEST_F(ModbusConnectorTest, LosesOneUnitBehindAGatewayWithoutTheOthers) {
  open({holding("m1/temperature", 21, 1), holding("m2/temperature", 22, 2)});
  ASSERT_TRUE(wait_for([&] { return good("m1/temperature") && good("m2/temperature"); }));
  device_.deaf_unit = 2;
  ASSERT_TRUE(wait_for([&] { return !good("m2/temperature"); }));
  EXPECT_EQ(value("m2/temperature").reason, QualityReason::kNoCommunication);
  EXPECT_TRUE(good("m1/temperature"));
  EXPECT_EQ(status().state, ConnectorState::kConnected);
  EXPECT_NE(status().problem.en.find("unit 2"), std::string::npos) << status().problem.en;
  device_.deaf_unit = -1;
  EXPECT_TRUE(wait_for([&] { return good("m2/temperature"); }));
}

TEST_F(ModbusConnectorTest, ARequestThatIsNeverAnsweredLeavesTheOthersTheirTurn) {
  device_.mute_address = 21;
  open({holding("m1/temperature", 21), holding("m1/parts", 400)});
  EXPECT_TRUE(wait_for([&] { return good("m1/parts"); }));
  EXPECT_FALSE(good("m1/temperature"));
}

TEST_F(ModbusConnectorTest, AsksADeviceThatIsAwayEverLessOften) {
  device_.mode = FakeDevice::Mode::kHangUp;
  open({holding("m1/temperature", 21)});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_LE(device_.requests, 5) << "0.25 s, 0.5 s, 1 s: not each 50 ms";
  EXPECT_TRUE(wait_for([&] { return device_.requests >= 2; })) << "and goes on asking";
}

}  // namespace
}  // namespace mw::plant
