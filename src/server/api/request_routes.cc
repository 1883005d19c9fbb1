// GET /api/requests, /api/requests/{id}: where the time of one's own finished requests went; an
// administrator sees everybody's. There is nothing in them of what was asked or answered.
#include "server/api/api_state.h"
#include "server/api/query_integer.h"
#include "server/api/request_json.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultRequests = 50;

Result<Json> list(const HttpRequest& request, const RequestHistory& history) {
  const auto most = static_cast<int64_t>(history.capacity());
  MW_ASSIGN(const auto limit, query_integer(request, "limit", 1, most));
  return requests_json(history.newest(static_cast<std::size_t>(limit.value_or(kDefaultRequests)), 0,
                                      owner_seen_by(request.who)));
}

Result<Json> one(const HttpRequest& request, const RequestHistory& history) {
  const std::string id(request.path_value("id"));
  const std::optional<FinishedRequest> found = history.find(id, owner_seen_by(request.who));
  if (found) return to_json(*found);
  const std::string last = std::to_string(history.capacity());
  const std::string shown = id.substr(0, 100);
  return Error::make(Code::kNotFound,
                     "no request '" + shown + "' of yours is among the last " + last +
                         " that finished since the server started; older ones are forgotten",
                     "在服务器启动后最近完成的 " + last + " 个请求中没有您的请求“" + shown +
                         "”，更早的请求不再保留",
                     "id");
}

void answer(Exchange& exchange, const Result<Json>& body) {
  exchange.respond(body ? json_response(*body) : error_response(body.error()));
}

}  // namespace

void add_request_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route requests;
  requests.method = Method::kGet;
  requests.pattern = "/api/requests";
  requests.doc = {
      .operation = "listRequests",
      .summary =
          "The last finished requests of whoever asks (an administrator: of all) and where "
          "their time went, newest first",
      .request_schema = {},
      .response_schema = "RequestList"};
  requests.doc.parameters = {
      {{"name", "limit"},
       {"in", "query"},
       {"description", "How many, 50 when it is left out"},
       {"schema",
        {{"type", "integer"}, {"minimum", 1}, {"maximum", state->requests->capacity()}}}}};
  requests.runs_on = RunsOn::kWorker;
  requests.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    answer(*exchange, list(exchange->request(), *state->requests));
  };
  router.add(std::move(requests));

  Route request;
  request.method = Method::kGet;
  request.pattern = "/api/requests/{id}";
  request.doc = {.operation = "getRequest",
                 .summary = "One finished request, by the x-request-id of its answer",
                 .request_schema = {},
                 .response_schema = "FinishedRequest"};
  request.runs_on = RunsOn::kWorker;
  request.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    answer(*exchange, one(exchange->request(), *state->requests));
  };
  router.add(std::move(request));
}

}  // namespace mw::server
