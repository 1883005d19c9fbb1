// What is taken as brokers and as topics.
#include "kafka/kafka_server.h"

#include <gtest/gtest.h>

namespace mw::kafka {
namespace {

TEST(KafkaServer, TakesBrokersByNameAndAddress) {
  for (const char* each : {"kafka:9092", "10.0.0.5:9092", "a-1.b_c:1,b:65535", "[fe80::1]:9092"}) {
    EXPECT_TRUE(check_server({.address = each})) << each;
  }
}

TEST(KafkaServer, RefusesWhatNamesNoBroker) {
  const std::string cases[] = {"",
                               "kafka",
                               "kafka:",
                               ":9092",
                               "kafka:0",
                               "kafka:65536",
                               "kafka:9092,",
                               ",kafka:9092",
                               "ssl://kafka:9092",
                               "kafka:9092 ",
                               "a b:1",
                               "fe80::1:9092",
                               "[]:1",
                               std::string(1001, 'a') + ":1"};
  for (const std::string& each : cases) {
    const Result<void> checked = check_server({.address = each});
    ASSERT_FALSE(checked) << each;
    EXPECT_EQ(checked.error().param, "address");
    EXPECT_FALSE(checked.error().message.zh.empty());
  }
}

TEST(KafkaServer, WantsUserAndPasswordJustWhereTheyAreUsed) {
  Server server{.address = "kafka:9092", .sasl = Sasl::kScramSha256, .user = "mw"};
  EXPECT_EQ(check_server(server).error().param, "user");
  server.password = "x";
  EXPECT_TRUE(check_server(server));
  server.sasl = Sasl::kNone;
  EXPECT_EQ(check_server(server).error().param, "sasl") << "a password that nobody would check";
  server = {.address = "kafka:9092", .ca_file = "/etc/ca.pem"};
  EXPECT_EQ(check_server(server).error().param, "ca_file");
  server = {.address = "kafka:9092", .sasl = Sasl::kPlain, .user = "mw\nx", .password = "y"};
  EXPECT_EQ(check_server(server).error().param, "user");
}

TEST(KafkaServer, KnowsItsWords) {
  EXPECT_EQ(sasl_of("plain"), Sasl::kPlain);
  EXPECT_EQ(sasl_of("scram_sha512"), Sasl::kScramSha512);
  EXPECT_EQ(sasl_of("gssapi"), std::nullopt);
  EXPECT_TRUE(is_topic("plant.line-1_samples"));
  for (const char* each : {"", ".", "..", "a/b", "a b", "\xe6\xb2\xb9"}) {
    EXPECT_FALSE(is_topic(each)) << each;
  }
  EXPECT_TRUE(is_topic(std::string(249, 'a')));
  EXPECT_FALSE(is_topic(std::string(250, 'a')));
}

}  // namespace
}  // namespace mw::kafka
