#include "mqtt/internal/look_up.h"

#include <gtest/gtest.h>

namespace mw::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(LookUp, TakesTheHostOfAnAddress) {
  for (const auto& [address, host] : {std::pair{"tcp://10.0.0.7:1883", "10.0.0.7"},
                                      {"ssl://broker.plant.example:8883", "broker.plant.example"},
                                      {"ssl://[fe80::1]:8883", "fe80::1"},
                                      {"tcp://broker", "broker"},
                                      {"broker:1883", "broker"},
                                      {"ssl://broker/path", "broker"},
                                      {"tcp://", ""},
                                      {"", ""}}) {
    EXPECT_EQ(host_of(address), host) << address;
  }
  EXPECT_EQ(host_of("tcp://[fe80::1"), "fe80::1") << "a bracket that never closes";
}

TEST(LookUp, SaysThatANameHasNoAddressAndEndsWhenItIsAskedTo) {
  const auto by = steady_clock::now() + milliseconds(20'000);
  const auto known = look_up("127.0.0.1", by, {});
  ASSERT_TRUE(known);
  EXPECT_TRUE(*known);
  const auto unknown = look_up("no-such-host.invalid", by, {});
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->error().code, Code::kUnavailable);
  EXPECT_NE(unknown->error().message.zh.find("no-such-host.invalid"), std::string::npos);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(Event().wait(by, stop.get_token()));
  EXPECT_FALSE(Event().wait(steady_clock::now(), {}));
}

TEST(LookUp, AnEventKeepsWhatItWasToldFirst) {
  Event event;
  event.set(Error::make(Code::kIo, "first"));
  event.set({});
  const auto said = event.wait(steady_clock::now(), {});
  ASSERT_TRUE(said);
  EXPECT_EQ(said->error().message.en, "first");
}

}  // namespace
}  // namespace mw::mqtt
