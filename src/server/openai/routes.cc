// GET /v1/models, /v1/models/{id}; POST /v1/chat/completions, /v1/completions.
#include <type_traits>

#include "server/api/api_state.h"
#include "server/http/api_error.h"
#include "server/openai/answer_planner.h"
#include "server/openai/prompts.h"
#include "server/openai/relay_job.h"

namespace mw::server {
namespace {

constexpr const char* kOwner = "millwright";

using openai::ChatRequest;
using openai::CompletionRequest;
using openai::find_model;
using openai::GenerationPlan;
using openai::Planner;
using openai::Refusal;
using openai::response_of;
using runtime::ServedModel;

/// With a model of this machine.
std::optional<Refusal> chat_here(const ApiState& state, const std::shared_ptr<Exchange>& exchange,
                                 ChatRequest request, std::vector<Header> headers) {
  std::shared_ptr<ServedModel> model;
  if (auto refusal = find_model(state, request.model, model)) return refusal;
  if (auto applied = openai::apply_reasoning_effort(*model, "reasoning_effort", request);
      !applied) {
    return Refusal{applied.error(), {}};
  }
  auto ids = openai::chat_ids(*model, request.messages, request.tools, request.template_variables);
  if (!ids) return Refusal{ids.error(), {}};
  Planner planner(state, exchange, request, *model);
  if (auto refusal = planner.read_deadline()) return refusal;
  if (auto refusal = planner.read_form()) return refusal;
  if (auto refusal = planner.read_tools(request.tools)) return refusal;
  GenerationPlan plan;
  plan.headers = std::move(headers);
  plan.reasoning = planner.read_thought(*ids);
  plan.tokenizer = model->tokenizer;
  if (auto refusal = planner.add(std::move(*ids), request.n, "messages")) return refusal;
  openai::FormatOptions format = planner.format("chatcmpl-");
  format.with_tools = request.tools.active();
  plan.format = openai::chat_format(std::move(format));
  planner.start(std::move(plan));
  return std::nullopt;
}

std::optional<Refusal> complete_here(const ApiState& state,
                                     const std::shared_ptr<Exchange>& exchange,
                                     CompletionRequest request, std::vector<Header> headers) {
  std::shared_ptr<ServedModel> model;
  if (auto refusal = find_model(state, request.model, model)) return refusal;
  const bool rank = request.best_of > request.n;
  const bool asked_logprobs = request.top_logprobs >= 0;
  openai::FormatOptions options;
  if (rank && !asked_logprobs) request.top_logprobs = 0;  // needed to rank, not shown
  Planner planner(state, exchange, request, *model);
  if (auto refusal = planner.read_deadline()) return refusal;
  if (auto refusal = planner.read_form()) return refusal;
  options = planner.format("cmpl-");
  options.with_logprobs = asked_logprobs;
  for (const openai::CompletionPrompt& prompt : request.prompts) {
    auto ids = openai::completion_ids(*model, prompt, request.suffix);
    if (!ids) return Refusal{ids.error(), {}};
    if (auto refusal = planner.add(std::move(*ids), request.best_of, "prompt")) return refusal;
    if (!request.echo) continue;
    const std::string text = openai::prompt_text(*model, prompt);
    for (int k = 0; k < request.n; ++k) options.echoes.push_back(text);
  }
  GenerationPlan plan;
  plan.headers = std::move(headers);
  plan.format = openai::completion_format(std::move(options));
  plan.keep_best_of = request.best_of;
  plan.keep = request.n;
  plan.prompts = static_cast<int>(request.prompts.size());
  planner.start(std::move(plan));
  return std::nullopt;
}

/// Asks an upstream; `here` answers with a model of this machine where its fallback says so.
template <class Request, class Here>
std::optional<Refusal> relay(const std::shared_ptr<ApiState>& state,
                             const std::shared_ptr<Exchange>& exchange, Request request,
                             int choices, Here here) {
  auto object = openai::parse_request_object(exchange->request().body);
  if (!object) return Refusal{object.error(), {}};
  openai::RelayPlan plan;
  plan.state = state;
  plan.exchange = exchange;
  plan.fields = request;
  plan.request = std::move(*object);
  plan.unknown = request.ignored;
  plan.chat = std::is_same_v<Request, ChatRequest>;
  plan.id_prefix = plan.chat ? "chatcmpl-" : "cmpl-";
  plan.choices = choices;
  plan.make_answer = [chat = plan.chat, stream = request.stream,
                      choices](openai::FormatOptions options) {
    return std::make_unique<openai::RelayChoices>(std::move(options), chat, stream, choices);
  };
  plan.answer_here = [state, exchange, here, asked = std::move(request)](
                         const std::string& model, std::vector<Header> headers) {
    Request other = asked;
    other.model = model;
    return here(*state, exchange, std::move(other), std::move(headers));
  };
  return openai::start_relay(std::move(plan));
}

std::optional<Refusal> chat(const std::shared_ptr<ApiState>& state,
                            const std::shared_ptr<Exchange>& exchange) {
  Result<ChatRequest> request = openai::parse_chat_request(exchange->request().body);
  if (!request) return Refusal{request.error(), {}};
  if (openai::upstream_of(*state, request->model).upstream == nullptr) {
    return chat_here(*state, exchange, std::move(*request), {});
  }
  const int choices = request->n;
  return relay(state, exchange, std::move(*request), choices, chat_here);
}

std::optional<Refusal> complete(const std::shared_ptr<ApiState>& state,
                                const std::shared_ptr<Exchange>& exchange) {
  Result<CompletionRequest> request = openai::parse_completion_request(exchange->request().body);
  if (!request) return Refusal{request.error(), {}};
  if (openai::upstream_of(*state, request->model).upstream == nullptr) {
    return complete_here(*state, exchange, std::move(*request), {});
  }
  if (request->best_of > request->n) {
    return Refusal{
        Error::make(Code::kUnsupported,
                    "'best_of': an upstream's answers are streamed, and the best of them "
                    "cannot be chosen; leave it out",
                    "“best_of”：上游回答为流式，无法挑选最佳结果，请去掉该字段", "best_of"),
        {}};
  }
  const int choices = request->n * static_cast<int>(request->prompts.size());
  return relay(state, exchange, std::move(*request), choices, complete_here);
}

Json model_json(const std::string& id, int64_t created_s, const std::string& owner) {
  return {{"id", id}, {"object", "model"}, {"created", created_s}, {"owned_by", owner}};
}

Json local_model_json(const runtime::ModelStatus& status, int64_t created_s) {
  Json out = model_json(status.name, created_s, kOwner);
  if (!status.parent.empty()) out["parent"] = status.parent;  // of an adapter, as vLLM has it
  return out;
}

// Models that answer now, and those that will in a moment: many clients refuse to connect to a
// server that lists none.
Json list_models(const ApiState& state) {
  Json data = Json::array();
  if (state.parts.models) {
    for (const runtime::ModelStatus& status : state.parts.models->list()) {
      if (status.state == runtime::ModelState::kReady) {
        const auto model = state.parts.models->find(status.name);
        data.push_back(local_model_json(status, model ? (*model)->created_s : 0));
      } else if (status.state == runtime::ModelState::kLoading) {
        data.push_back(local_model_json(status, 0));
      }
    }
  }
  if (state.parts.upstreams) {
    for (const upstream::ModelStatus& status : state.parts.upstreams->models()) {
      if (status.health == upstream::Health::kDown && !status.has_fallback) continue;
      data.push_back(model_json(status.name, 0, status.upstream));
    }
  }
  return {{"object", "list"}, {"data", std::move(data)}};
}

Route get_route(const char* pattern, const char* operation, const char* summary,
                const char* schema) {
  Route route;
  route.method = Method::kGet;
  route.pattern = pattern;
  route.doc.operation = operation;
  route.doc.summary = summary;
  route.doc.response_schema = schema;
  route.runs_on = RunsOn::kWorker;
  return route;
}

Route answer_route(const char* pattern, const char* operation, const char* summary,
                   const char* request, const char* response, const char* chunk) {
  Route route;
  route.method = Method::kPost;
  route.pattern = pattern;
  route.doc.operation = operation;
  route.doc.summary = summary;
  route.doc.request_schema = request;
  route.doc.response_schema = response;
  route.doc.event_schema = chunk;
  route.runs_on = RunsOn::kWorker;
  route.body_limit_bytes = openai::kBodyBytes;
  route.time_limit_ms = openai::kAnswerTimeLimitMs;
  return route;
}

}  // namespace

void add_openai_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route models = get_route("/v1/models", "listModels", "Models that can be asked", "OpenAiModels");
  models.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    exchange->respond(json_response(list_models(*state)));
  };
  router.add(std::move(models));

  Route model = get_route("/v1/models/{id...}", "retrieveModel", "One model", "OpenAiModel");
  model.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    const std::string id(exchange->request().path_value("id"));
    const Json all = list_models(*state);
    for (const Json& each : all["data"]) {
      if (each["id"] == id) {
        exchange->respond(json_response(each));
        return;
      }
    }
    exchange->respond(
        response_of({Error::make(Code::kNotFound, "there is no model '" + id.substr(0, 200) + "'",
                                 "没有模型“" + id.substr(0, 200) + "”", "model"),
                     "model_not_found"}));
  };
  router.add(std::move(model));

  Route chats = answer_route("/v1/chat/completions", "createChatCompletion",
                             "The next message of a conversation, whole or as a stream",
                             "ChatRequest", "ChatCompletion", "ChatChunk");
  chats.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (const auto refusal = chat(state, exchange)) exchange->respond(response_of(*refusal));
  };
  router.add(std::move(chats));

  Route completions = answer_route("/v1/completions", "createCompletion",
                                   "How a text goes on, whole or as a stream", "CompletionRequest",
                                   "Completion", "Completion");
  completions.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (const auto refusal = complete(state, exchange)) exchange->respond(response_of(*refusal));
  };
  router.add(std::move(completions));
}

}  // namespace mw::server
