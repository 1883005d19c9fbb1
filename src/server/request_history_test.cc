#include "server/request_history.h"

#include <gtest/gtest.h>

namespace mw::server {
namespace {

FinishedRequest named(const std::string& id) {
  FinishedRequest out;
  out.id = id;
  return out;
}

std::string ids(const std::vector<FinishedRequest>& requests) {
  std::string out;
  for (const FinishedRequest& each : requests) out += each.id;
  return out;
}

TEST(RequestHistory, KeepsTheLastAndForgetsTheRest) {
  RequestHistory history(3);
  EXPECT_EQ(ids(history.newest(10)), "");
  for (const char* id : {"a", "b", "c", "d", "e"}) history.add(named(id));
  EXPECT_EQ(ids(history.newest(10)), "edc");
  EXPECT_EQ(ids(history.newest(2)), "ed");
  EXPECT_EQ(history.find("b"), std::nullopt);
  EXPECT_EQ(history.find("c")->id, "c");
  EXPECT_EQ(history.added(), 5U);
}

TEST(RequestHistory, TellsAFollowerOnlyWhatIsNew) {
  RequestHistory history(3);
  for (const char* id : {"a", "b"}) history.add(named(id));
  const uint64_t seen = history.added();
  EXPECT_EQ(ids(history.newest(10, seen)), "");
  history.add(named("c"));
  EXPECT_EQ(ids(history.newest(10, seen)), "c");
  for (const char* id : {"d", "e", "f"}) history.add(named(id));
  EXPECT_EQ(ids(history.newest(10, seen)), "fed");  // "c" was forgotten before it asked
}

TEST(RequestHistory, ForgetsWhatIsOlderThanItShallTell) {
  RequestHistory history(10);
  for (int i = 0; i < 4; ++i) {
    FinishedRequest request = named(std::string(1, static_cast<char>('a' + i)));
    request.received_ms = 1000 + i;
    history.add(std::move(request));
  }
  history.forget_before(1002);
  EXPECT_EQ(ids(history.newest(10)), "dc");
  EXPECT_EQ(history.find("a"), std::nullopt);
  EXPECT_EQ(ids(history.newest(10, history.added())), "") << "a follower is told nothing twice";
}

TEST(RequestHistory, TellsAnOwnerOnlyOfTheirOwn) {
  RequestHistory history(10);
  for (const char* id : {"a", "b", "c", "d"}) {
    FinishedRequest request = named(id);
    request.owner = *id < 'c' ? "person:li" : "key:mes";
    request.client = "10.0.0.7";
    history.add(std::move(request));
  }
  EXPECT_EQ(ids(history.newest(10, 0, "person:li")), "ba");
  EXPECT_EQ(ids(history.newest(1, 0, "person:li")), "b");
  EXPECT_EQ(ids(history.newest(10, 1, "person:li")), "b");
  EXPECT_EQ(ids(history.newest(10, 0, "person:wang")), "");
  EXPECT_EQ(history.find("a", "key:mes"), std::nullopt);
  EXPECT_EQ(history.find("a", "person:li")->id, "a");
  history.forget("person:li");
  EXPECT_EQ(ids(history.newest(10, 0, "person:li")), "");
  EXPECT_EQ(ids(history.newest(10)), "dcba") << "how long they took stays";
  EXPECT_EQ(history.find("a")->client, "?");
}

}  // namespace
}  // namespace mw::server
