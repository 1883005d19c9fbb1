#include "server/api/description.h"

#include "core/check.h"
#include "server/api/api_state.h"
#include "server/console/embedded_file.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

Json reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

Json content(const std::string& type, const std::string& schema) {
  Json media = Json::object();
  if (!schema.empty()) media["schema"] = reference(schema);
  return {{type, std::move(media)}};
}

// "/v1/models/{id...}" is "/v1/models/{id}" to OpenAPI, with each name declared as a parameter.
std::string plain_pattern(std::string pattern, Json& parameters) {
  for (std::size_t open = pattern.find('{'); open != std::string::npos;
       open = pattern.find('{', open + 1)) {
    std::size_t close = pattern.find('}', open);
    if (pattern.compare(close - 3, 3, "...") == 0) {
      pattern.erase(close - 3, 3);
      close -= 3;
    }
    parameters.push_back({{"name", pattern.substr(open + 1, close - open - 1)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "string"}}}});
  }
  return pattern;
}

Json operation(const Route& route, Json parameters) {
  const RouteDoc& doc = route.doc;
  for (const Json& each : doc.parameters) parameters.push_back(each);
  Json out = {{"operationId", doc.operation}, {"summary", doc.summary}};
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!doc.request_schema.empty()) {
    out["requestBody"] = {{"required", true},
                          {"content", content(doc.request_type, doc.request_schema)}};
  }
  Json success = {{"description", "Success"}, {"content", Json::object()}};
  if (!doc.response_schema.empty() || doc.event_schema.empty()) {
    success["content"].update(content(doc.response_type, doc.response_schema));
  }
  if (!doc.event_schema.empty()) {
    success["content"].update(content("text/event-stream", doc.event_schema));
  }
  out["responses"] = {
      {std::to_string(doc.success_status), std::move(success)},
      {"default",
       {{"description", "Error"}, {"content", content("application/json", "ErrorResponse")}}}};
  if (!route.needs_key) out["security"] = Json::array();
  return out;
}

std::string lower_name(Method method) {
  std::string out(method_name(method));
  for (char& c : out) c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

Json api_schemas() {
  Json out = Json::object();
  for (const EmbeddedFile& file : schema_files()) {
    const Result<Json> schemas = parse_json(file.plain);
    MW_CHECK(schemas.has_value());  // a file of ours; the tests read it too
    out.update(*schemas);
  }
  return out;
}

Json describe_api(const Router& router, const std::string& version) {
  Json paths = Json::object();
  for (const auto& route : router.routes()) {
    if (route->doc.response_type == "text/html") continue;
    Json parameters = Json::array();
    const std::string path = plain_pattern(route->pattern, parameters);
    paths[path][lower_name(route->method)] = operation(*route, std::move(parameters));
  }
  return {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Millwright"},
        {"version", version},
        {"description",
         "OpenAI's completions, and the plant behind them. Errors everywhere have OpenAI's shape; "
         "message_zh is the same text in Chinese."},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", Json::array({{{"url", "/"}}})},
      {"security", Json::array({{{"key", Json::array()}}})},
      {"paths", std::move(paths)},
      {"components",
       {{"schemas", api_schemas()},
        {"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

void add_description_route(Router& router, const std::string& version) {
  const auto text = std::make_shared<std::string>();
  Route route;
  route.method = Method::kGet;
  route.pattern = "/api/openapi.json";
  route.doc = {.operation = "getDescription",
               .summary = "This document",
               .request_schema = {},
               .response_schema = {}};
  route.handler = [text](const std::shared_ptr<Exchange>& exchange) {
    HttpResponse response;
    response.headers = {{"Cache-Control", "no-cache"}};
    response.body = *text;
    exchange->respond(std::move(response));
  };
  router.add(std::move(route));
  *text = to_text(describe_api(router, version));  // once, before anybody can ask
}

}  // namespace mw::server
