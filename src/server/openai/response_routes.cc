// POST /v1/responses and /v1/responses/input_tokens; GET and DELETE /v1/responses/{id}; GET
// .../input_items; POST .../cancel.
#include "server/api/api_state.h"
#include "server/api/query_integer.h"
#include "server/http/api_error.h"
#include "server/openai/answer_planner.h"
#include "server/openai/prompts.h"
#include "server/openai/relay_job.h"
#include "server/openai/relay_response.h"
#include "server/openai/response_items.h"

namespace mw::server {
namespace {

using openai::ChatTurn;
using openai::find_model;
using openai::Planner;
using openai::Refusal;
using openai::response_of;
using openai::ResponseRequest;
using openai::StoredResponse;
using runtime::ServedModel;

constexpr const char* kIdPrefix = "resp_";
constexpr std::size_t kMostTurnsBack = 512;
constexpr uint64_t kMostTextBack = 4 * openai::kBodyBytes;  // more fits no model's context
constexpr int64_t kDefaultItems = 20;                       // OpenAI's description
constexpr int64_t kMostItems = 100;

uint64_t text_bytes(const std::vector<ChatTurn>& turns) {
  uint64_t out = 0;
  for (const ChatTurn& turn : turns) {
    out += turn.content.size();
    for (const openai::ToolCall& call : turn.calls) out += call.arguments.size();
  }
  return out;
}

/// What was said before, oldest first. A response that is missing in between is an error: a
/// conversation with a hole in it would be another one.
Result<std::vector<ChatTurn>> turns_before(const ApiState& state, const std::string& owner,
                                           const std::string& previous_id) {
  std::vector<std::vector<ChatTurn>> newest_first;
  uint64_t bytes = 0;
  for (std::string id = previous_id; !id.empty();) {
    auto stored = state.responses->find(owner, id);
    if (!stored) {
      Error error = stored.error();
      error.param = "previous_response_id";
      return error;
    }
    std::vector<ChatTurn> turns = openai::turns_of(stored->input);
    for (ChatTurn& turn : openai::turns_of(stored->response["output"])) {
      turns.push_back(std::move(turn));
    }
    bytes += text_bytes(turns);
    newest_first.push_back(std::move(turns));
    if (newest_first.size() > kMostTurnsBack || bytes > kMostTextBack) {
      return Error::make(Code::kTooLarge,
                         "'previous_response_id': the conversation is longer than " +
                             std::to_string(kMostTurnsBack) + " responses or " +
                             std::to_string(kMostTextBack >> 20) + " MiB: begin a new one",
                         "“previous_response_id”：对话过长，请开始新的对话",
                         "previous_response_id");
    }
    id = stored->previous_id();
  }
  std::vector<ChatTurn> out;
  for (auto turns = newest_first.rbegin(); turns != newest_first.rend(); ++turns) {
    for (ChatTurn& turn : *turns) out.push_back(std::move(turn));
  }
  return out;
}

/// The whole conversation that a request goes on with.
std::optional<Refusal> read_turns(const ApiState& state, const HttpRequest& http,
                                  const ResponseRequest& request, std::vector<ChatTurn>& turns) {
  if (request.instructions) turns.push_back({"system", *request.instructions});
  if (!request.previous_response_id.empty()) {
    auto before = turns_before(state, openai::owner_of(http.who), request.previous_response_id);
    if (!before) {
      const bool missing = before.error().code == Code::kNotFound;
      return Refusal{before.error(), missing ? "previous_response_not_found" : ""};
    }
    for (ChatTurn& turn : *before) turns.push_back(std::move(turn));
  }
  std::vector<ChatTurn> asked = openai::turns_of(request.input);
  if (asked.empty()) {
    return Refusal{Error::make(Code::kInvalidArgument,
                               "'input': expected at least one message or output of a call",
                               "“input”中至少应有一条消息或一个调用结果", "input"),
                   {}};
  }
  for (ChatTurn& turn : asked) turns.push_back(std::move(turn));
  if (auto checked = openai::check_call_ids(turns); !checked) return Refusal{checked.error(), {}};
  return std::nullopt;
}

/// A request that was read, its model of this machine and its prompt.
struct Prepared {
  ResponseRequest request;
  std::shared_ptr<ServedModel> model;
  std::vector<int32_t> ids;
};

std::optional<Refusal> prepare(const ApiState& state, const HttpRequest& http,
                               ResponseRequest request, Prepared& out) {
  out.request = std::move(request);
  if (auto refusal = find_model(state, out.request.model, out.model)) return refusal;
  const auto applied = openai::apply_reasoning_effort(*out.model, "reasoning.effort", out.request);
  if (!applied) return Refusal{applied.error(), {}};
  std::vector<ChatTurn> turns;
  if (auto refusal = read_turns(state, http, out.request, turns)) return refusal;
  auto ids = openai::chat_ids(*out.model, turns, out.request.tools, out.request.template_variables);
  if (!ids) {
    Error error = ids.error();
    if (error.param != "model") error.param = "input";
    return Refusal{error, {}};
  }
  out.ids = std::move(*ids);
  return std::nullopt;
}

/// What an answer begins with and where it is kept.
openai::ResponseAnswerOptions answer_options(const ApiState& state, const HttpRequest& http,
                                             const ResponseRequest& request,
                                             const openai::FormatOptions& format) {
  openai::ResponseAnswerOptions out;
  out.response = openai::response_object(request, format.identity);
  out.with_logprobs = format.with_logprobs;
  out.with_obfuscation = format.with_obfuscation;
  out.clock = state.parts.clock;
  if (!request.store) return out;
  StoredResponse stored;
  stored.owner = openai::owner_of(http.who);
  stored.input = openai::with_ids(request.input, format.identity.id);
  out.keep = [store = state.responses, stored](const Json& response) {
    store->put({stored.owner, response, stored.input});
  };
  return out;
}

std::optional<Refusal> respond_here(const ApiState& state,
                                    const std::shared_ptr<Exchange>& exchange,
                                    ResponseRequest asked, std::vector<Header> headers) {
  const HttpRequest& http = exchange->request();
  Prepared prepared;
  if (auto refusal = prepare(state, http, std::move(asked), prepared)) return refusal;
  const ResponseRequest& request = prepared.request;
  Planner planner(state, exchange, request, *prepared.model);
  if (auto refusal = planner.read_deadline()) return refusal;
  if (auto refusal = planner.read_form()) return refusal;
  if (auto refusal = planner.read_tools(request.tools)) return refusal;
  auto answer = answer_options(state, http, request, planner.format(kIdPrefix));
  answer.with_tools = request.tools.active();
  openai::GenerationPlan plan;
  plan.headers = std::move(headers);
  plan.format = openai::response_answer(std::move(answer));
  plan.reasoning = planner.read_thought(prepared.ids);
  plan.tokenizer = prepared.model->tokenizer;
  if (auto refusal = planner.add(std::move(prepared.ids), 1, "input")) return refusal;
  planner.start(std::move(plan));
  return std::nullopt;
}

/// Asks an upstream, which is told the whole conversation as a chat.
std::optional<Refusal> relay(const std::shared_ptr<ApiState>& state,
                             const std::shared_ptr<Exchange>& exchange, ResponseRequest request) {
  const HttpRequest& http = exchange->request();
  auto sent = openai::parse_request_object(http.body);
  if (!sent) return Refusal{sent.error(), {}};
  std::vector<ChatTurn> turns;
  if (auto refusal = read_turns(*state, http, request, turns)) return refusal;
  openai::RelayPlan plan;
  plan.state = state;
  plan.exchange = exchange;
  plan.fields = request;
  plan.request = openai::chat_request_of(*sent, request, turns);
  plan.id_prefix = kIdPrefix;
  plan.make_answer = [state, exchange, request](const openai::FormatOptions& format) {
    return openai::relay_response(answer_options(*state, exchange->request(), request, format),
                                  request.stream);
  };
  plan.format_error = [](const Error& error) { return openai::response_error_event(error, 0); };
  plan.answer_here = [state, exchange, request](const std::string& model,
                                                std::vector<Header> headers) {
    ResponseRequest other = request;
    other.model = model;
    return respond_here(*state, exchange, std::move(other), std::move(headers));
  };
  return openai::start_relay(std::move(plan));
}

std::optional<Refusal> respond(const std::shared_ptr<ApiState>& state,
                               const std::shared_ptr<Exchange>& exchange) {
  Result<ResponseRequest> request = openai::parse_response_request(exchange->request().body);
  if (!request) return Refusal{request.error(), {}};
  if (!state->responses->enabled()) request->store = false;
  if (openai::upstream_of(*state, request->model).upstream == nullptr) {
    return respond_here(*state, exchange, std::move(*request), {});
  }
  return relay(state, exchange, std::move(*request));
}

std::optional<Refusal> count_input(const std::shared_ptr<ApiState>& state,
                                   const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& http = exchange->request();
  Result<ResponseRequest> request = openai::parse_response_request(http.body);
  if (!request) return Refusal{request.error(), {}};
  Prepared prepared;
  if (auto refusal = prepare(*state, http, std::move(*request), prepared)) return refusal;
  exchange->respond(
      json_response({{"object", "response.input_tokens"}, {"input_tokens", prepared.ids.size()}}));
  return std::nullopt;
}

Result<StoredResponse> find(const ApiState& state, const HttpRequest& request) {
  return state.responses->find(openai::owner_of(request.who),
                               std::string(request.path_value("id")));
}

Result<Json> retrieve(const ApiState& state, const HttpRequest& request) {
  for (const char* name : {"stream", "starting_after"}) {
    const std::string_view value = request.query_value(name);
    if (value.empty() || value == "false") continue;
    return Error::make(Code::kUnsupported,
                       "'" + std::string(name) +
                           "': a kept response is given whole; only its making can be followed",
                       "“" + std::string(name) + "”：保存的回答只能整体读取", name);
  }
  MW_ASSIGN(StoredResponse stored, find(state, request));
  return std::move(stored.response);
}

Result<Json> erase(const ApiState& state, const HttpRequest& request) {
  const std::string id(request.path_value("id"));
  MW_TRY(state.responses->erase(openai::owner_of(request.who), id));
  return Json({{"id", id}, {"object", "response"}, {"deleted", true}});
}

Result<Json> cancel(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const StoredResponse stored, find(state, request));
  return Error::make(Code::kUnsupported,
                     "response '" + stored.id() +
                         "' was not made in the background: only such can be cancelled; to stop an "
                         "answer under way, close its connection",
                     "回答“" + stored.id() + "”不是后台生成的，无法取消；要停止生成，请关闭连接",
                     "response_id");
}

Result<Json> input_items(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const auto limit, query_integer(request, "limit", 1, kMostItems));
  const std::string_view order = request.query_value("order");
  if (!order.empty() && order != "asc" && order != "desc") {
    return Error::make(Code::kInvalidArgument, "'order': expected asc or desc",
                       "“order”应为 asc 或 desc", "order");
  }
  MW_ASSIGN(StoredResponse stored, find(state, request));
  std::vector<Json> items(stored.input.begin(), stored.input.end());
  if (order != "asc") std::reverse(items.begin(), items.end());
  const std::string after(request.query_value("after"));
  if (!after.empty()) {
    const auto at = std::find_if(items.begin(), items.end(),
                                 [&](const Json& item) { return item["id"] == after; });
    if (at == items.end()) {
      return Error::make(Code::kInvalidArgument, "'after': there is no such item",
                         "“after”：没有该条目", "after");
    }
    items.erase(items.begin(), at + 1);
  }
  const auto most = static_cast<std::size_t>(limit.value_or(kDefaultItems));
  const bool more = items.size() > most;
  if (more) items.resize(most);
  return Json({{"object", "list"},
               {"data", items},
               {"first_id", items.empty() ? Json("") : items.front()["id"]},
               {"last_id", items.empty() ? Json("") : items.back()["id"]},
               {"has_more", more}});
}

using Read = Result<Json> (*)(const ApiState&, const HttpRequest&);

void add_reading(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                 const char* pattern, RouteDoc doc, Read read) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.doc = std::move(doc);
  route.runs_on = RunsOn::kWorker;
  if (method == Method::kPost) route.body_limit_bytes = openai::kBodyBytes;  // "{}" of some clients
  route.handler = [state, read](const std::shared_ptr<Exchange>& exchange) {
    const Result<Json> body = read(*state, exchange->request());
    exchange->respond(body ? json_response(*body) : error_response(body.error()));
  };
  router.add(std::move(route));
}

using Answer = std::optional<Refusal> (*)(const std::shared_ptr<ApiState>&,
                                          const std::shared_ptr<Exchange>&);

void add_answering(Router& router, const std::shared_ptr<ApiState>& state, const char* pattern,
                   RouteDoc doc, Answer answer) {
  Route route;
  route.method = Method::kPost;
  route.pattern = pattern;
  route.doc = std::move(doc);
  route.runs_on = RunsOn::kWorker;
  route.body_limit_bytes = openai::kBodyBytes;
  route.time_limit_ms = openai::kAnswerTimeLimitMs;
  route.handler = [state, answer](const std::shared_ptr<Exchange>& exchange) {
    if (const auto refusal = answer(state, exchange)) exchange->respond(response_of(*refusal));
  };
  router.add(std::move(route));
}

}  // namespace

void add_response_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  RouteDoc create = {.operation = "createResponse",
                     .summary = "An answer that can be gone on from, whole or as a stream",
                     .request_schema = "ResponseRequest",
                     .response_schema = "Response"};
  create.event_schema = "ResponseEvent";
  add_answering(router, state, "/v1/responses", std::move(create), respond);
  add_answering(router, state, "/v1/responses/input_tokens",
                {.operation = "countInputTokens",
                 .summary = "How many tokens such a request would have the model read",
                 .request_schema = "ResponseRequest",
                 .response_schema = "InputTokens"},
                count_input);
  add_reading(router, state, Method::kGet, "/v1/responses/{id}",
              {.operation = "retrieveResponse",
               .summary = "A response that was kept, to whoever made it",
               .request_schema = {},
               .response_schema = "Response"},
              retrieve);
  add_reading(router, state, Method::kDelete, "/v1/responses/{id}",
              {.operation = "deleteResponse",
               .summary = "Erases a kept response",
               .request_schema = {},
               .response_schema = "DeletedResponse"},
              erase);
  add_reading(router, state, Method::kGet, "/v1/responses/{id}/input_items",
              {.operation = "listInputItems",
               .summary = "What a kept response was asked, newest first",
               .request_schema = {},
               .response_schema = "ResponseItems"},
              input_items);
  add_reading(router, state, Method::kPost, "/v1/responses/{id}/cancel",
              {.operation = "cancelResponse",
               .summary = "Always refused: nothing is made in the background",
               .request_schema = {},
               .response_schema = "Response"},
              cancel);
}

}  // namespace mw::server
