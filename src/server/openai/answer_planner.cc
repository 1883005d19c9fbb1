#include "server/openai/answer_planner.h"

#include <charconv>
#include <random>

#include "core/clock.h"
#include "server/http/api_error.h"

namespace mw::server::openai {

using runtime::ServedModel;

namespace {

constexpr int64_t kThoughtShare = 2;  // of an answer that has to match: room for it is left
constexpr const char* kDeadlineHeader = "x-millwright-deadline-ms";

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (out.size() + name.size() > 1000) return out + ", ...";
    out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

}  // namespace

HttpResponse response_of(const Refusal& refusal) {
  return refusal.code.empty() ? error_response(refusal.error)
                              : error_response(ApiError::from(refusal.error, refusal.code));
}

upstream::Upstreams::Found upstream_of(const ApiState& state, const std::string& name) {
  return state.parts.upstreams ? state.parts.upstreams->find(name) : upstream::Upstreams::Found{};
}

std::optional<Refusal> find_model(const ApiState& state, const std::string& name,
                                  std::shared_ptr<ServedModel>& out) {
  if (const auto found = upstream_of(state, name); found.upstream != nullptr) {
    return Refusal{
        Error::make(Code::kUnsupported,
                    "model '" + name + "' is one of the upstream '" +
                        found.upstream->options().name +
                        "', and this is not asked of upstreams: use /v1/chat/completions or "
                        "/v1/completions",
                    "模型“" + name +
                        "”由上游提供，此接口不支持上游模型：请使用 "
                        "/v1/chat/completions 或 /v1/completions",
                    "model"),
        {}};
  }
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

Result<int64_t> read_deadline_ns(const HttpRequest& request) {
  const std::string* text = request.header(kDeadlineHeader);
  if (text == nullptr) return int64_t{0};
  int64_t deadline_ms = 0;
  const char* end = text->data() + text->size();
  const auto [rest, problem] = std::from_chars(text->data(), end, deadline_ms);
  if (problem == std::errc() && rest == end && deadline_ms >= 1 &&
      deadline_ms <= kAnswerTimeLimitMs) {
    return request.received_ns + deadline_ms * kNsPerMs;
  }
  const std::string range = "1.." + std::to_string(kAnswerTimeLimitMs);
  return Error::make(Code::kInvalidArgument,
                     std::string(kDeadlineHeader) + " must be whole milliseconds, " + range,
                     std::string(kDeadlineHeader) + " 必须是毫秒整数，" + range, kDeadlineHeader);
}

Error too_many_answers(const ApiState& state) {
  const std::string most = std::to_string(state.parts.answers_per_client);
  return Error::make(Code::kInvalidArgument,
                     "one request may ask for " + most + " answers; this one asks for more",
                     "一次请求最多可要求 " + most + " 个回答", "n");
}

void add_field_headers(const GenerationFields& fields, std::vector<Header>& headers) {
  if (!fields.ignored.empty()) {
    headers.push_back({"x-millwright-ignored-fields", joined(fields.ignored)});
  }
  if (!fields.without_effect.empty()) {
    headers.push_back({"x-millwright-without-effect", joined(fields.without_effect)});
  }
}

FinishedRequest record_of(const ApiState& state, const HttpRequest& request,
                          const std::string& model, runtime::Priority priority) {
  FinishedRequest out;
  out.id = request.request_id;
  out.model = model;
  const bool by_key = request.who.kind == Identity::Kind::kApiKey;
  out.owner = security::audit_name(request.who);
  out.client = by_key ? request.who.name : request.remote_address;
  out.priority = priority;
  const int64_t ago_ns = steady_ns() - request.received_ns;
  out.received_ms = (state.parts.clock->now_ns() - ago_ns) / kNsPerMs;
  return out;
}

Planner::Planner(const ApiState& state, const std::shared_ptr<Exchange>& exchange,
                 const GenerationFields& fields, const ServedModel& model)
    : state_(state), exchange_(exchange), fields_(fields), model_(model) {
  std::random_device random;
  seed_ = fields.seed.has_value() ? *fields.seed : (uint64_t{random()} << 32) | random();
}

std::optional<Refusal> Planner::read_form() {
  auto grammar = compile_output_form(fields_.form, *state_.grammars);
  if (!grammar) return Refusal{grammar.error(), {}};
  grammar_ = std::move(*grammar);
  end_within_limit_ = grammar_ != nullptr;
  return std::nullopt;
}

std::optional<Refusal> Planner::read_tools(const ToolUse& tools) {
  if (!tools.active()) return std::nullopt;
  auto grammar = compile_tool_use(tools, *state_.grammars);
  if (!grammar) return Refusal{grammar.error(), {}};
  grammar_ = std::move(*grammar);
  // A call is carried out: one that the limit made up the rest of must not look like one (ADR
  // 0137).
  end_within_limit_ = false;
  return std::nullopt;
}

Thought Planner::read_thought(std::span<const int32_t> prompt_ids) {
  return thought_ = reasoning_start(model_, prompt_ids);
}

std::optional<Refusal> Planner::add(std::vector<int32_t> ids, int count, const char* field) {
  const int64_t context = model_.generator->context_length();
  const auto prompt = static_cast<int64_t>(ids.size());
  const int64_t room = context - prompt;
  const int64_t wanted =
      fields_.max_tokens.value_or(std::min<int64_t>(room, state_.parts.default_max_tokens));
  if (room <= 0 || wanted > room) {
    return Refusal{
        Error::make(Code::kInvalidArgument,
                    // LiteLLM and others know the case by the first half of this sentence.
                    "this model's maximum context length is " + std::to_string(context) +
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
    return Refusal{too_many_answers(state_), {}};
  }
  for (const auto& [id, bias] : fields_.sampling.logit_bias) {
    if (id >= model_.tokenizer->vocabulary_size()) {
      return Refusal{Error::make(Code::kInvalidArgument,
                                 "'logit_bias': there is no token " + std::to_string(id),
                                 "“logit_bias”：不存在 token " + std::to_string(id), "logit_bias"),
                     {}};
    }
  }
  runtime::GenerateRequest request;
  request.client = client_of(exchange_->request());
  request.rights = exchange_->request().who.rights();
  request.priority = fields_.priority;
  request.deadline_ns = deadline_ns_;
  request.prompt_ids = std::move(ids);
  request.max_tokens = static_cast<int>(wanted);
  request.sampling = fields_.sampling;
  request.stop = fields_.stop;
  request.top_logprobs = fields_.top_logprobs;
  request.ignore_eos = fields_.ignore_eos;
  request.grammar = grammar_;
  request.end_within_limit = end_within_limit_;
  request.thought = thought_;
  request.max_thought_tokens = static_cast<int>(wanted / kThoughtShare);
  for (int k = 0; k < count; ++k) {
    request.sampling.seed = choice_seed(seed_, k);
    requests_.push_back(request);
  }
  return std::nullopt;
}

std::optional<Refusal> Planner::read_deadline() {
  const auto deadline = read_deadline_ns(exchange_->request());
  if (!deadline) return Refusal{deadline.error(), {}};
  deadline_ns_ = *deadline;
  return std::nullopt;
}

FormatOptions Planner::format(const char* prefix) const {
  FormatOptions out;
  out.identity.id = prefix + exchange_->request().request_id.substr(4);  // without "req_"
  out.identity.created_s = state_.parts.clock->now_ns() / kNsPerSecond;
  out.identity.model = model_.name;
  out.identity.fingerprint = model_.fingerprint;
  out.with_logprobs = fields_.top_logprobs >= 0;
  out.with_usage = fields_.include_usage;
  out.with_obfuscation = fields_.include_obfuscation;
  return out;
}

void Planner::start(GenerationPlan plan) {
  const std::string client = client_of(exchange_->request());
  auto ticket = state_.admission->enter(client, static_cast<int>(requests_.size()));
  add_field_headers(fields_, plan.headers);
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
  plan.record = record_of(state_, exchange_->request(), model_.name, fields_.priority);
  GenerationJob::start(std::move(plan));
}

}  // namespace mw::server::openai
