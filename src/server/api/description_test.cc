#include "server/api/description.h"

#include <gtest/gtest.h>

#include <set>

#include "server/testing/api_server.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::TestClient;

void collect_references(const Json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"].get<std::string>());
  if (!value.is_structured()) return;
  for (const Json& each : value) collect_references(each, out);
}

TEST(Description, CoversEveryRouteAndEveryReferenceLeadsSomewhere) {
  ApiServer server;
  TestClient client(server.port());
  const Json document = body_of(client.get("/api/openapi.json"));
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_EQ(document["info"]["version"], "1.2.3");
  for (const char* path : {"/v1/models",
                           "/v1/models/{id}",
                           "/v1/chat/completions",
                           "/v1/completions",
                           "/v1/responses",
                           "/v1/responses/{id}",
                           "/v1/responses/{id}/input_items",
                           "/api/plant",
                           "/api/plant/series",
                           "/api/events",
                           "/api/system",
                           "/api/requests",
                           "/api/requests/{id}",
                           "/api/models",
                           "/api/ask",
                           "/healthz",
                           "/health",
                           "/readyz",
                           "/metrics",
                           "/api/openapi.json"}) {
    EXPECT_TRUE(document["paths"].contains(path)) << path;
  }
  EXPECT_FALSE(document["paths"].contains("/"));  // pages are no API
  EXPECT_EQ(document["paths"]["/v1/models/{id}"]["get"]["parameters"][0]["name"], "id");
  EXPECT_EQ(document["paths"]["/healthz"]["get"]["security"], Json::array());

  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 30U);
  for (const std::string& reference : references) {
    EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
  std::set<std::string> operations;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(operations.insert(operation["operationId"].get<std::string>()).second)
          << path << " " << method;
    }
  }
}

TEST(Description, UsesEverySchema) {
  std::set<std::string> references;
  ApiServer server;
  collect_references(describe_api(server.api->router(), "0"), references);
  const Json schemas = api_schemas();
  for (const auto& [name, schema] : schemas.items()) {
    EXPECT_EQ(references.count("#/components/schemas/" + name), 1U) << name;
  }
}

}  // namespace
}  // namespace mw::server
