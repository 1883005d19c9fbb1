// The few members of the library's statistics that we live by.
#include "kafka/internal/kafka_statistics.h"

#include <gtest/gtest.h>

namespace mw::kafka {
namespace {

TEST(KafkaStatistics, CountsBrokersThatAreUpAndWhatIsStillToBeRead) {
  const auto read = parse_statistics(R"({
    "brokers": {"a:1/1": {"state": "UP"}, "b:1/2": {"state": "CONNECT"}, "c:1/3": {"state": "UP"}},
    "cgrp": {"state": "up", "join_state": "steady"},
    "topics": {"t": {"partitions": {"0": {"consumer_lag": 7}, "1": {"consumer_lag": -1},
                                    "2": {"consumer_lag": 5}, "-1": {"consumer_lag": 99}}}}})");
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->brokers_up, 2);
  EXPECT_TRUE(read->in_group);
  EXPECT_EQ(read->lag, 12u);
}

TEST(KafkaStatistics, KnowsNoLagBeforeAnyPartitionTellsOne) {
  const auto read = parse_statistics(
      R"({"brokers": {}, "cgrp": {"join_state": "wait-join"},
          "topics": {"t": {"partitions": {"0": {"consumer_lag": -1}}}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->brokers_up, 0);
  EXPECT_FALSE(read->in_group);
  EXPECT_EQ(read->lag, std::nullopt);
}

TEST(KafkaStatistics, RefusesWhatIsNotOfThatForm) {
  for (const char* each :
       {"", "{", "[]", "{}", R"({"brokers": []})", R"({"brokers": {"a": 1}})",
        R"({"brokers": {"a": {"state": 1}}})", R"({"brokers": {}, "cgrp": {"join_state": 1}})"}) {
    EXPECT_FALSE(parse_statistics(each)) << each;
  }
  // Topics come and go: what is odd about one is no reason to know nothing.
  EXPECT_TRUE(
      parse_statistics(R"({"brokers": {}, "topics": {"t": 1, "u": {"partitions": {"0": 1}}}})"));
}

}  // namespace
}  // namespace mw::kafka
