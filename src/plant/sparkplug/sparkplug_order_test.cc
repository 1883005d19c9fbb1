// The order of an edge node's messages by numbers that run round.
#include "plant/sparkplug/sparkplug_order.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

constexpr std::size_t kRoom = 1000;

SparkplugOrder::Held held(std::string payload, std::optional<uint64_t> ms = {}) {
  return {SparkplugVerb::kNodeData, "", std::move(payload), ms};
}

TEST(SparkplugOrder, TakesNumbersInTheirOrderAndRoundAgain) {
  SparkplugOrder order;
  order.restart(254);
  EXPECT_FALSE(order.take(254));
  EXPECT_TRUE(order.take(255));
  EXPECT_FALSE(order.take(1));
  EXPECT_TRUE(order.take(0));
  EXPECT_TRUE(order.take(1));
}

TEST(SparkplugOrder, KeepsWhatComesTooEarlyUntilItIsNext) {
  SparkplugOrder order;
  order.restart(254);
  EXPECT_TRUE(order.hold(1, held("one"), 5, kRoom));
  EXPECT_TRUE(order.hold(0, held("zero"), 6, kRoom));
  EXPECT_TRUE(order.waits());
  EXPECT_EQ(order.since_ns(), 5);
  EXPECT_FALSE(order.next()) << "255 is missing";
  EXPECT_TRUE(order.take(255));
  EXPECT_EQ(order.next()->payload, "zero");
  EXPECT_EQ(order.next()->payload, "one");
  EXPECT_FALSE(order.waits());
}

TEST(SparkplugOrder, GivesUpWithTheNumberOfThoseMissing) {
  SparkplugOrder order;
  order.restart(0);
  EXPECT_TRUE(order.hold(3, held("three"), 1, kRoom));
  EXPECT_TRUE(order.hold(6, held("six"), 1, kRoom));
  uint64_t missing = 0;
  const auto kept = order.give_up(missing);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].payload, "three");
  EXPECT_EQ(missing, 4u) << "1, 2, 4 and 5";
  EXPECT_TRUE(order.take(7));
}

TEST(SparkplugOrder, HasNoRoomForMoreThanItIsGivenAndNoneForANumberTwice) {
  SparkplugOrder order;
  order.restart(0);
  EXPECT_TRUE(order.hold(2, held(std::string(600, 'a')), 1, kRoom));
  EXPECT_FALSE(order.hold(3, held(std::string(600, 'b')), 1, kRoom));
  EXPECT_FALSE(order.hold(2, held("again"), 1, kRoom));
  EXPECT_TRUE(order.hold(3, held(std::string(400, 'c')), 1, kRoom));
}

TEST(SparkplugOrder, TellsWhatWasSentBeforeABirth) {
  SparkplugOrder order;
  order.restart(0);
  EXPECT_TRUE(order.hold(2, held("old", 10), 1, kRoom));
  EXPECT_TRUE(order.hold(3, held("new", 20), 1, kRoom));
  EXPECT_TRUE(order.hold(4, held("whenever"), 1, kRoom));
  const auto before = order.before(20);
  ASSERT_EQ(before.size(), 2u);
  EXPECT_EQ(before[0].payload, "old");
  EXPECT_EQ(before[1].payload, "whenever");
  order.restart(2);
  EXPECT_EQ(order.next()->payload, "new") << "the first after the birth with number 2";
}

}  // namespace
}  // namespace mw::plant
