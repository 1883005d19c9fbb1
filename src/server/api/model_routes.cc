#include "server/api/api_state.h"
#include "server/api/model_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr uint64_t kPullBodyBytes = 4096;

Result<void> pull(const ApiState& state, std::string_view body) {
  if (!state.parts.models) return absent("this server runs without models", "本服务器未启用模型");
  MW_ASSIGN(const Json request, parse_json(body, 8));
  if (!request.is_object()) {
    return Error::make(Code::kInvalidArgument, "expected a JSON object with 'source'",
                       "应为含“source”的 JSON 对象", "body");
  }
  MW_ASSIGN(const std::string source, json_string(request, "source"));
  if (source.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "'source' is missing: a name, hf:ORG/REPO/FILE or file:PATH",
                       "缺少“source”：应为名称、hf:ORG/REPO/FILE 或 file:PATH", "source");
  }
  return state.parts.models->pull(source);
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
  fetch.body_limit_bytes = kPullBodyBytes;
  fetch.runs_on = RunsOn::kWorker;
  fetch.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    const Result<void> done = pull(*state, exchange->request().body);
    exchange->respond(done ? json_response(Json::object(), 202) : error_response(done.error()));
  };
  router.add(std::move(fetch));
}

}  // namespace mw::server
