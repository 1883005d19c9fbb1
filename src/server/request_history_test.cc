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

}  // namespace
}  // namespace mw::server
