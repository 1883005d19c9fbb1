// GET /v1/models, /v1/models/{id}; POST /v1/chat/completions, /v1/completions.
#include <charconv>
#include <random>

#include "core/clock.h"
#include "server/api/api_state.h"
#include "server/http/api_error.h"
#include "server/openai/generation_job.h"
#include "server/openai/prompts.h"

namespace mw::server {
namespace {

using openai::ChatRequest;
using openai::CompletionRequest;
using openai::GenerationFields;
using openai::GenerationPlan;
using runtime::ServedModel;

// A 128k-token conversation is about 0.5 MiB of English; twice that in escapes, twice in reserve.
constexpr uint64_t kBodyBytes = 2 * 1024 * 1024;
constexpr const char* kDeadlineHeader = "x-millwright-deadline-ms";
constexpr int kAnswerTimeLimitMs = 10 * 60 * 1000;  // OpenAI's clients give up after ten minutes

/// A request that cannot be run, with OpenAI's own code where it has one.
struct Refusal {
  Error error;
  std::string code;  // empty: by Error::code
};

HttpResponse response_of(const Refusal& refusal) {
  return refusal.code.empty() ? error_response(refusal.error)
                              : error_response(ApiError::from(refusal.error, refusal.code));
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (out.size() + name.size() > 1000) return out + ", ...";
    out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

std::optional<Refusal> find_model(const ApiState& state, const std::string& name,
                                  std::shared_ptr<ServedModel>& out) {
  if (!state.parts.models) return Refusal{absent("no model is served", "未提供模型"), {}};
  auto found = state.parts.models->find(name);
  if (!found) {
    Error error = found.error();
    if (error.param.empty()) error.param = "model";
    return Refusal{error, error.code == Code::kNotFound ? "model_not_found" : ""};
  }
  out = std::move(*found);
  return std::nullopt;
}

/// What both kinds of completion do once their prompts are ids.
class Planner {
 public:
  Planner(const ApiState& state, const std::shared_ptr<Exchange>& exchange,
          const GenerationFields& fields, const ServedModel& model)
      : state_(state), exchange_(exchange), fields_(fields), model_(model) {
    seed_ = fields.seed.has_value() ? *fields.seed : (uint64_t{random_()} << 32) | random_();
  }

  /// Adds `count` choices after the same prompt. `field` names the prompt in errors.
  std::optional<Refusal> add(std::vector<int32_t> ids, int count, const char* field) {
    const int64_t context = model_.generator->context_length();
    const auto prompt = static_cast<int64_t>(ids.size());
    const int64_t room = context - prompt;
    const int64_t wanted =
        fields_.max_tokens.value_or(std::min<int64_t>(room, state_.parts.default_max_tokens));
    if (room <= 0 || wanted > room) {
      return Refusal{
          Error::make(Code::kInvalidArgument,
                      "this model's context holds " + std::to_string(context) +
                          " tokens; the prompt has " + std::to_string(prompt) + " and " +
                          std::to_string(std::max<int64_t>(wanted, 1)) +
                          " more are asked for: shorten '" + field + "' or lower max_tokens",
                      "模型上下文为 " + std::to_string(context) + " 个 token；提示有 " +
                          std::to_string(prompt) + " 个，另需生成 " +
                          std::to_string(std::max<int64_t>(wanted, 1)) + " 个",
                      field),
          "context_length_exceeded"};
    }
    const auto most = static_cast<std::size_t>(state_.parts.answers_per_client);
    if (requests_.size() + static_cast<std::size_t>(count) > most) {
      return Refusal{Error::make(Code::kInvalidArgument,
                                 "one request may ask for " + std::to_string(most) +
                                     " answers; this one asks for more",
                                 "一次请求最多可要求 " + std::to_string(most) + " 个回答", "n"),
                     {}};
    }
    for (const auto& [id, bias] : fields_.sampling.logit_bias) {
      if (id >= model_.tokenizer->vocabulary_size()) {
        return Refusal{
            Error::make(Code::kInvalidArgument,
                        "'logit_bias': there is no token " + std::to_string(id),
                        "“logit_bias”：不存在 token " + std::to_string(id), "logit_bias"),
            {}};
      }
    }
    runtime::GenerateRequest request;
    request.client = openai::client_of(exchange_->request());
    request.rights = exchange_->request().who.rights();
    request.priority = fields_.priority;
    if (deadline_ms_ > 0) {
      request.deadline_ns = exchange_->request().received_ns + deadline_ms_ * kNsPerMs;
    }
    request.prompt_ids = std::move(ids);
    request.max_tokens = static_cast<int>(wanted);
    request.sampling = fields_.sampling;
    request.stop = fields_.stop;
    request.top_logprobs = fields_.top_logprobs;
    request.ignore_eos = fields_.ignore_eos;
    for (int k = 0; k < count; ++k) {
      request.sampling.seed = openai::choice_seed(seed_, k);
      requests_.push_back(request);
    }
    return std::nullopt;
  }

  std::vector<runtime::GenerateRequest>& requests() { return requests_; }

  /// The client's own limit, from the end of its header on: x-millwright-deadline-ms.
  std::optional<Refusal> read_deadline() {
    const std::string* text = exchange_->request().header(kDeadlineHeader);
    if (text == nullptr) return std::nullopt;
    const char* end = text->data() + text->size();
    const auto [rest, problem] = std::from_chars(text->data(), end, deadline_ms_);
    if (problem == std::errc() && rest == end && deadline_ms_ >= 1 &&
        deadline_ms_ <= kAnswerTimeLimitMs) {
      return std::nullopt;
    }
    const std::string range = "1.." + std::to_string(kAnswerTimeLimitMs);
    return Refusal{
        Error::make(Code::kInvalidArgument,
                    std::string(kDeadlineHeader) + " must be whole milliseconds, " + range,
                    std::string(kDeadlineHeader) + " 必须是毫秒整数，" + range, kDeadlineHeader),
        {}};
  }

  openai::FormatOptions format(const char* prefix) const {
    openai::FormatOptions out;
    out.identity.id = prefix + exchange_->request().request_id.substr(4);  // without "req_"
    out.identity.created_s = state_.parts.clock->now_ns() / kNsPerSecond;
    out.identity.model = model_.name;
    out.identity.fingerprint = model_.fingerprint;
    out.with_logprobs = fields_.top_logprobs >= 0;
    out.with_usage = fields_.include_usage;
    out.with_obfuscation = fields_.include_obfuscation;
    return out;
  }

  void start(GenerationPlan plan) {
    const std::string client = openai::client_of(exchange_->request());
    auto ticket = state_.admission->enter(client, static_cast<int>(requests_.size()));
    if (!fields_.ignored.empty()) {
      plan.headers.push_back({"x-millwright-ignored-fields", joined(fields_.ignored)});
    }
    if (!fields_.without_effect.empty()) {
      plan.headers.push_back({"x-millwright-without-effect", joined(fields_.without_effect)});
    }
    state_.admission->add_headers(client, plan.headers);
    const int64_t first_token_ns = model_.generator->predicted_first_token_ns(requests_.front());
    plan.headers.push_back({"x-millwright-predicted-first-token-ms",
                            std::to_string((first_token_ns + kNsPerMs - 1) / kNsPerMs)});
    if (!ticket) {
      HttpResponse response = error_response(ticket.error());
      response.headers.insert(response.headers.end(), plan.headers.begin(), plan.headers.end());
      exchange_->respond(std::move(response));
      return;
    }
    plan.ticket = std::move(*ticket);
    plan.exchange = exchange_;
    plan.generator = model_.generator;
    plan.choices = std::move(requests_);
    plan.stream = fields_.stream;
    plan.metrics = state_.parts.metrics;
    plan.history = state_.requests;
    plan.record = record();
    openai::GenerationJob::start(std::move(plan));
  }

 private:
  /// What the history keeps and is known beforehand.
  FinishedRequest record() const {
    const HttpRequest& request = exchange_->request();
    FinishedRequest out;
    out.id = request.request_id;
    out.model = model_.name;
    const bool by_key = request.who.kind == Identity::Kind::kApiKey;
    out.client = by_key ? request.who.name : request.remote_address;
    out.priority = fields_.priority;
    const int64_t ago_ns = steady_ns() - request.received_ns;
    out.received_ms = (state_.parts.clock->now_ns() - ago_ns) / kNsPerMs;
    return out;
  }

  const ApiState& state_;
  const std::shared_ptr<Exchange>& exchange_;
  const GenerationFields& fields_;
  const ServedModel& model_;
  std::random_device random_;
  uint64_t seed_ = 0;
  int64_t deadline_ms_ = 0;  // 0: none
  std::vector<runtime::GenerateRequest> requests_;
};

std::optional<Refusal> chat(const ApiState& state, const std::shared_ptr<Exchange>& exchange) {
  const Result<ChatRequest> request = openai::parse_chat_request(exchange->request().body);
  if (!request) return Refusal{request.error(), {}};
  std::shared_ptr<ServedModel> model;
  if (auto refusal = find_model(state, request->model, model)) return refusal;
  auto ids = openai::chat_ids(*model, request->messages);
  if (!ids) return Refusal{ids.error(), {}};
  Planner planner(state, exchange, *request, *model);
  if (auto refusal = planner.read_deadline()) return refusal;
  if (auto refusal = planner.add(std::move(*ids), request->n, "messages")) return refusal;
  GenerationPlan plan;
  plan.format = openai::chat_format(planner.format("chatcmpl-"));
  planner.start(std::move(plan));
  return std::nullopt;
}

std::optional<Refusal> complete(const ApiState& state, const std::shared_ptr<Exchange>& exchange) {
  Result<CompletionRequest> request = openai::parse_completion_request(exchange->request().body);
  if (!request) return Refusal{request.error(), {}};
  std::shared_ptr<ServedModel> model;
  if (auto refusal = find_model(state, request->model, model)) return refusal;
  const bool rank = request->best_of > request->n;
  const bool asked_logprobs = request->top_logprobs >= 0;
  openai::FormatOptions options;
  if (rank && !asked_logprobs) request->top_logprobs = 0;  // needed to rank, not shown
  Planner planner(state, exchange, *request, *model);
  if (auto refusal = planner.read_deadline()) return refusal;
  options = planner.format("cmpl-");
  options.with_logprobs = asked_logprobs;
  for (const openai::CompletionPrompt& prompt : request->prompts) {
    auto ids = openai::completion_ids(*model, prompt, request->suffix);
    if (!ids) return Refusal{ids.error(), {}};
    if (auto refusal = planner.add(std::move(*ids), request->best_of, "prompt")) return refusal;
    if (!request->echo) continue;
    const std::string text = openai::prompt_text(*model, prompt);
    for (int k = 0; k < request->n; ++k) options.echoes.push_back(text);
  }
  GenerationPlan plan;
  plan.format = openai::completion_format(std::move(options));
  plan.keep_best_of = request->best_of;
  plan.keep = request->n;
  plan.prompts = static_cast<int>(request->prompts.size());
  planner.start(std::move(plan));
  return std::nullopt;
}

Json model_json(const std::string& id, int64_t created_s) {
  return {{"id", id}, {"object", "model"}, {"created", created_s}, {"owned_by", "millwright"}};
}

// Models that answer now, and those that will in a moment: many clients refuse to connect to a
// server that lists none.
Json list_models(const ApiState& state) {
  Json data = Json::array();
  if (state.parts.models) {
    for (const runtime::ModelStatus& status : state.parts.models->list()) {
      if (status.state == runtime::ModelState::kReady) {
        const auto model = state.parts.models->find(status.name);
        data.push_back(model_json(status.name, model ? (*model)->created_s : 0));
      } else if (status.state == runtime::ModelState::kLoading) {
        data.push_back(model_json(status.name, 0));
      }
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
  route.body_limit_bytes = kBodyBytes;
  route.time_limit_ms = kAnswerTimeLimitMs;
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
    if (const auto refusal = chat(*state, exchange)) exchange->respond(response_of(*refusal));
  };
  router.add(std::move(chats));

  Route completions = answer_route("/v1/completions", "createCompletion",
                                   "How a text goes on, whole or as a stream", "CompletionRequest",
                                   "Completion", "Completion");
  completions.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    if (const auto refusal = complete(*state, exchange)) exchange->respond(response_of(*refusal));
  };
  router.add(std::move(completions));
}

}  // namespace mw::server
