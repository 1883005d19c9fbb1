#include "notify/internal/message_body.h"

#include <gtest/gtest.h>

namespace mw::notify {
namespace {

TEST(MessageBody, HoldsWhenItWasSentAndTheFactsOfEach) {
  EXPECT_EQ(message_body({{"k1", "one", "text", {{"alarm", "a1"}}}, {"k2", "two", "\n", {}}},
                         1'760'000'000'123 * kNsPerMs),
            R"({"sent_ms":1760000000123,"messages":[{"key":"k1","subject":"one","text":"text",)"
            R"("alarm":"a1"},{"key":"k2","subject":"two","text":"\n"}]})");
}

TEST(MessageBody, FactsThatAreNoObjectAreLeftOut) {
  EXPECT_EQ(message_body({{"k", "s", "t", Json::array({1})}}, 0),
            R"({"sent_ms":0,"messages":[{"key":"k","subject":"s","text":"t"}]})");
}

}  // namespace
}  // namespace mw::notify
