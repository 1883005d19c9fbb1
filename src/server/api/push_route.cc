#include "server/api/api_state.h"
#include "server/api/plant_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr uint64_t kBodyBytes = 8 << 20;
constexpr std::size_t kMostRefusals = 100;  // told one by one; all are counted

/// By the content type; a body of lines that is sent as plain JSON is refused in words.
Result<plant::PushForm> form_of(const HttpRequest& request) {
  const std::string* type = request.header("content-type");
  const std::string media = type == nullptr ? "" : type->substr(0, type->find(';'));
  if (media == "application/json") return plant::PushForm::kArray;
  if (media == "application/x-ndjson") return plant::PushForm::kLines;
  return Error::make(Code::kInvalidArgument,
                     "Content-Type: expected application/json (an array) or application/x-ndjson "
                     "(one object a line)",
                     "Content-Type：应为 application/json（数组）或 application/x-ndjson"
                     "（每行一个对象）",
                     "Content-Type");
}

Result<Json> push(const HttpRequest& request, plant::Plant& plant) {
  MW_ASSIGN(const plant::PushForm form, form_of(request));
  MW_ASSIGN(plant::PushedSamples samples, plant::decode_pushed(request.body, form));
  MW_ASSIGN(const plant::PushOutcome outcome, plant.push(request.who, std::move(samples)));
  Json refusals = Json::array();
  for (const plant::PushRefusal& each : outcome.refusals) {
    if (refusals.size() == kMostRefusals) break;
    refusals.push_back(
        {{"position", each.position}, {"tag", each.tag}, {"reason", to_json(each.reason)}});
  }
  return Json{{"stored", outcome.stored},
              {"doubtful", outcome.doubtful},
              {"buffered", outcome.buffered},
              {"refused", outcome.refusals.size()},
              {"refusals", std::move(refusals)}};
}

}  // namespace

void add_push_route(Router& router, const std::shared_ptr<ApiState>& state) {
  Route route;
  route.method = Method::kPost;
  route.pattern = "/api/plant/samples";
  route.doc = {.operation = "pushSamples",
               .summary = "Stores samples; a JSON array, or with application/x-ndjson one a line",
               .request_schema = "PushedSamples",
               .response_schema = "PushOutcome"};
  route.runs_on = RunsOn::kBlocking;  // until the samples are committed
  route.body_limit_bytes = kBodyBytes;
  route.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    const Result<Json> answer = push(exchange->request(), *state->parts.plant);
    exchange->respond(answer ? json_response(*answer) : error_response(answer.error()));
  };
  router.add(std::move(route));
}

}  // namespace mw::server
