// The file that is sent, its name and its limits, over a real socket. That import takes it back is
// told in src/plant/csv_export_test.cc and tests/integration.
#include <gtest/gtest.h>

#include "server/testing/api_server.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::TestClient;

constexpr const char* kHour = "&from_ms=1699999200000&to_ms=1700000000000";

std::vector<std::string> tags_of(const ApiServer& server) {
  std::vector<std::string> tags;
  for (const plant::TagValue& each : server.plant->snapshot(Identity::local_viewer()).values) {
    tags.push_back(each.tag);
  }
  return tags;
}

TEST(CsvExportRoute, SendsAFileNamedAfterTheMachineAndTheRange) {
  const ApiServer server;
  const std::string tag = tags_of(server).front();
  const auto sent = TestClient(server.port()).get("/api/plant/csv?tags=" + tag + kHour);
  ASSERT_EQ(sent->status, 200) << sent->body;
  EXPECT_EQ(sent->header("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_EQ(sent->header("Content-Disposition"), "attachment; filename=\"" +
                                                     tag.substr(0, tag.find('/')) +
                                                     "_20231114T220000Z_20231114T221320Z.csv\"");
  EXPECT_EQ(sent->header("Millwright-Samples"), "2");
  EXPECT_EQ(sent->header("Millwright-Thinned-Until-Ms"), "1699999201000");
  EXPECT_TRUE(sent->body.starts_with("time,tag,value,quality,unit\n")) << sent->body;
  EXPECT_TRUE(sent->body.ends_with("\n"));
}

TEST(CsvExportRoute, SendsNothingRatherThanAFileThatWasCut) {
  const ApiServer server;
  server.plant->exported_rows = 500'000;
  const std::string tag = tags_of(server).front();
  const std::string path = "/api/plant/csv?tags=" + tag;
  EXPECT_EQ(TestClient(server.port()).get(path + kHour)->status, 200);
  server.plant->exported_rows = 500'001;
  const auto refused = TestClient(server.port()).get(path + kHour);
  EXPECT_EQ(refused->status, 400);
  EXPECT_EQ(body_of(refused)["error"]["param"], "from_ms");
  EXPECT_NE(refused->body.find("500,000"), std::string::npos);
}

TEST(CsvExportRoute, TellsMistakesAtTheirField) {
  const ApiServer server;
  const std::string tag = tags_of(server).front();
  const auto answer = [&](const std::string& query) {
    return TestClient(server.port()).get("/api/plant/csv?" + query);
  };
  EXPECT_EQ(body_of(answer("tags="))["error"]["param"], "tags");
  EXPECT_EQ(body_of(answer("tags=,,"))["error"]["param"], "tags");
  EXPECT_EQ(body_of(answer("tags=" + tag + "&from_ms=5&to_ms=5"))["error"]["param"], "from_ms");
  EXPECT_EQ(body_of(answer("tags=" + tag + "&every_ms=0"))["error"]["param"], "every_ms");
  EXPECT_EQ(body_of(answer("tags=" + tag + "&interpolation=linear"))["error"]["param"],
            "interpolation")
      << "samples have nothing between them";
  EXPECT_EQ(answer("tags=" + tag + "&every_ms=1000&interpolation=linear")->status, 200);
  const auto unknown = answer("tags=" + tag + ",no-1/tag" + kHour);
  EXPECT_EQ(unknown->status, 404) << "one that nobody may see is one that does not exist";
}

}  // namespace
}  // namespace mw::server
