// What a CSV file would bring, told over a real socket. Storing it is in tests/integration.
#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::TestClient;

Json preview(const ApiServer& server, const Json& body, int status = 200) {
  TestClient client(server.port());
  const auto answer = client.post("/api/plant/csv", to_text(body));
  EXPECT_EQ(answer->status, status) << answer->body;
  return body_of(answer);
}

TEST(CsvRoute, TellsWhatColumnsAreAndWhichNameNothing) {
  const ApiServer server;
  std::string tag;
  for (const plant::TagValue& each : server.plant->snapshot(Identity::local_viewer()).values) {
    if (each.value) tag = each.tag;
  }
  const Json told =
      preview(server, {{"text", "time," + tag + ",Oil\n2023-11-01T10:00:00Z,61.5,3\n"}});
  EXPECT_EQ(schema_problem("CsvOutcome", told), "");
  EXPECT_EQ(told["columns"][0]["tag"], tag);
  EXPECT_EQ(told["unknown"], Json({"Oil"}));
  EXPECT_EQ(told["first"][0]["value"], 61.5);
  EXPECT_EQ(told["stored"], nullptr);
  EXPECT_EQ(told["problem_count"], 1) << "a column that is not mapped is no detail";
  const Json mapped =
      preview(server, {{"text", "time,Oil\n2023-11-01T10:00:00Z,3\n"}, {"map", {{"Oil", tag}}}});
  EXPECT_EQ(mapped["first"][0]["tag"], tag);
  EXPECT_EQ(mapped["problem_count"], 0);
}

TEST(CsvRoute, TellsMistakesAtTheirField) {
  const ApiServer server;
  const auto param = [&](const Json& body) { return preview(server, body, 400)["error"]["param"]; };
  EXPECT_EQ(param({{"text", "time,x\n"}, {"utc_offset", "noon"}}), "utc_offset");
  EXPECT_EQ(param({{"text", "time,x\n"}, {"map", {1, 2}}}), "map");
  EXPECT_NE(preview(server, {{"text", "no header at all"}}, 400)["error"]["message"], "");
}

}  // namespace
}  // namespace mw::server
