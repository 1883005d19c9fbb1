#include "certificates/peer.h"

#include <gtest/gtest.h>

namespace mw::certificates {
namespace {

TEST(Peer, IsFoundInAddressesAsConfigurationsWriteThem) {
  const auto found = [](const char* address, uint16_t port = 0) {
    const auto peer = peer_at(address, port);
    return peer ? peer->address() : std::string("none");
  };
  EXPECT_EQ(found("ssl://broker.plant:8883"), "broker.plant:8883");
  EXPECT_EQ(found("ssl://[fe80::1]:8883"), "[fe80::1]:8883");
  EXPECT_EQ(found("kafka-1:9093"), "kafka-1:9093");
  EXPECT_EQ(found("https://id.plant/realms/a?b=c:1", 443), "id.plant:443");
  EXPECT_EQ(found("https://[::1]", 443), "[::1]:443");
  EXPECT_EQ(found("postgresql://me:se:cret@db.plant/plant", 5432), "db.plant:5432");
  EXPECT_EQ(found("https://me@id.plant:8443/a@b", 443), "id.plant:8443");
  for (const char* none : {"", "ssl://", "ssl://:8883", "broker.plant", "broker.plant:0", "[::1",
                           "broker.plant:x", "broker.plant:70000", "broker.plant:", "[]:1"}) {
    EXPECT_EQ(found(none), "none") << none;
  }
}

}  // namespace
}  // namespace mw::certificates
