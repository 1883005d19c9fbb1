#include "server/api/api_state.h"
#include "server/api/model_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr uint64_t kPullBodyBytes = 4096;

/// The text under `key` of a body that has nothing else; empty where it is missing.
Result<std::string> text_in_body(const ApiState& state, std::string_view body, const char* key) {
  if (!state.parts.models) return absent("this server runs without models", "本服务器未启用模型");
  MW_ASSIGN(const Json request, parse_json(body, 8));
  if (!request.is_object()) {
    return Error::make(Code::kInvalidArgument,
                       std::string("expected a JSON object with '") + key + "'",
                       std::string("应为含“") + key + "”的 JSON 对象", "body");
  }
  return json_string(request, key);
}

Result<void> pull(const ApiState& state, std::string_view body) {
  MW_ASSIGN(const std::string source, text_in_body(state, body, "source"));
  if (source.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "'source' is missing: a name, hf:ORG/REPO/FILE or file:PATH",
                       "缺少“source”：应为名称、hf:ORG/REPO/FILE 或 file:PATH", "source");
  }
  return state.parts.models->pull(source);
}

Result<Json> load_adapter(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const std::string name, text_in_body(state, request.body, "name"));
  const std::string model(request.path_value("model"));
  MW_ASSIGN(const auto status, state.parts.models->load_adapter(model, name));
  return adapter_json(status);
}

Result<Json> unload_adapter(const ApiState& state, const HttpRequest& request) {
  if (!state.parts.models) return absent("this server runs without models", "本服务器未启用模型");
  MW_TRY(state.parts.models->unload_adapter(std::string(request.path_value("model")),
                                            std::string(request.path_value("adapter"))));
  return Json::object();
}

Route adapter_route(const std::shared_ptr<ApiState>& state, Method method, const char* pattern,
                    RouteDoc doc,
                    Result<Json> (*answer)(const ApiState& state, const HttpRequest& request)) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.doc = std::move(doc);
  if (!route.doc.request_schema.empty()) route.body_limit_bytes = kPullBodyBytes;
  route.least_role = security::Role::kEngineer;
  route.runs_on = RunsOn::kBlocking;  // weights are read
  route.handler = [state, answer](const std::shared_ptr<Exchange>& exchange) {
    const Result<Json> done = answer(*state, exchange->request());
    exchange->respond(done ? json_response(*done) : error_response(done.error()));
  };
  return route;
}

}  // namespace

void add_model_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route list;
  list.method = Method::kGet;
  list.pattern = "/api/models";
  list.doc = {.operation = "listStoredModels",
              .summary = "Models with their state, download progress and measured card",
              .request_schema = {},
              .response_schema = "ModelList"};
  list.runs_on = RunsOn::kWorker;
  list.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    exchange->respond(json_response(models_json(state->parts)));
  };
  router.add(std::move(list));

  Route fetch;
  fetch.method = Method::kPost;
  fetch.pattern = "/api/models";
  fetch.doc = {.operation = "pullModel",
               .summary = "Starts to fetch and load a model; progress is in GET /api/models",
               .request_schema = "PullRequest",
               .response_schema = "Accepted"};
  fetch.doc.success_status = 202;
  fetch.least_role = security::Role::kEngineer;
  fetch.body_limit_bytes = kPullBodyBytes;
  fetch.runs_on = RunsOn::kWorker;
  fetch.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    const Result<void> done = pull(*state, exchange->request().body);
    exchange->respond(done ? json_response(Json::object(), 202) : error_response(done.error()));
  };
  router.add(std::move(fetch));

  router.add(adapter_route(
      state, Method::kPost, "/api/models/{model}/adapters",
      {.operation = "loadAdapter",
       .summary = "Loads a LoRA adapter from the server's folder of adapters, or again in place of "
                  "one that is loaded; then it is asked for as MODEL:NAME",
       .request_schema = "AdapterRequest",
       .response_schema = "Adapter"},
      load_adapter));
  router.add(adapter_route(state, Method::kDelete, "/api/models/{model}/adapters/{adapter}",
                           {.operation = "unloadAdapter",
                            .summary = "Takes an adapter out; answers that run with it go on",
                            .request_schema = {},
                            .response_schema = "Accepted"},
                           unload_adapter));
}

}  // namespace mw::server
