#include "server/openai/relay_job.h"

#include <algorithm>

#include "core/clock.h"
#include "server/http/api_error.h"
#include "server/http/sse.h"

namespace mw::server::openai {
namespace {

using upstream::Outcome;
using upstream::Progress;

/// One request, from its first replica to its last fallback.
class RelayJob final : public upstream::AnswerSink {
 public:
  RelayJob(RelayPlan plan, std::shared_ptr<Admission::Ticket> ticket, std::vector<Header> headers,
           int64_t deadline_ns)
      : plan_(std::move(plan)),
        ticket_(std::move(ticket)),
        headers_(std::move(headers)),
        deadline_ns_(deadline_ns) {}

  void run();

  void begin(int replica) override;
  Result<Progress> event(std::string_view data) override;
  Result<void> end() override;
  bool told() const override { return told_; }

 private:
  Outcome ask(const upstream::Upstreams::Found& found);
  /// Whether the answer is given or under way.
  bool answer_here(const std::string& model, Outcome& last);
  void finish(const Outcome& outcome);
  void fail(const Outcome& outcome);
  void record(const Outcome& outcome);
  void prepare_stream();
  std::vector<Header> answered_headers() const;
  FormatOptions format() const;
  const HttpRequest& http() const { return plan_.exchange->request(); }

  RelayPlan plan_;
  std::shared_ptr<Admission::Ticket> ticket_;
  const std::vector<Header> headers_;
  const int64_t deadline_ns_;
  std::string model_;     // that is asked now
  std::string upstream_;  // whose it is
  int replica_ = 0;
  std::unique_ptr<RelayAnswer> answer_;
  bool told_ = false;
  int64_t begun_ns_ = 0;
  int64_t first_ns_ = 0;
  int64_t last_ns_ = 0;
};

void RelayJob::run() {
  std::vector<std::string> names{plan_.fields.model};
  const auto first = upstream_of(*plan_.state, plan_.fields.model);
  const auto& fallback = first.upstream->options().fallback;
  names.insert(names.end(), fallback.begin(), fallback.end());
  upstream_ = first.upstream->options().name;
  if (plan_.fields.stream) prepare_stream();
  Outcome last;
  for (const std::string& name : names) {
    model_ = name;
    const auto found = upstream_of(*plan_.state, name);
    if (found.upstream == nullptr) {
      if (answer_here(name, last)) return;
      continue;
    }
    upstream_ = found.upstream->options().name;
    last = ask(found);
    if (!last.error) return finish(last);
    if (!last.open || plan_.exchange->stop_token().stop_requested()) break;
  }
  fail(last);
}

Outcome RelayJob::ask(const upstream::Upstreams::Found& found) {
  upstream::Question question;
  question.path = plan_.chat ? "chat/completions" : "completions";
  question.model = found.model;
  question.body = to_text(relay_body(plan_.request, plan_.unknown, found.model));
  question.request_id = http().request_id;
  question.deadline_ns = deadline_ns_;
  begun_ns_ = steady_ns();
  return found.upstream->ask(question, *this, plan_.exchange->stop_token());
}

bool RelayJob::answer_here(const std::string& model, Outcome& last) {
  std::vector<Header> headers;
  headers.push_back({"x-millwright-model", model});
  headers.push_back({"x-millwright-fallback-for", plan_.fields.model});
  std::shared_ptr<runtime::ServedModel> found;
  if (const auto absent = find_model(*plan_.state, model, found)) {
    plan_.state->parts.log(LogLevel::kWarning, "upstream",
                           "fallback '" + model + "': " + absent->error.message.en);
    if (!last.error) last.error = absent->error;
    return false;
  }
  plan_.state->parts.metrics->relay_fell_back(upstream_);
  ticket_.reset();  // it takes one of its own
  const auto refusal = plan_.answer_here(model, std::move(headers));
  if (!refusal) return true;
  HttpResponse response = response_of(*refusal);
  response.headers.push_back({"x-millwright-model", model});
  if (!plan_.exchange->respond(std::move(response))) {
    plan_.exchange->write(plan_.format_error(refusal->error));
    plan_.exchange->finish();
  }
  return true;
}

FormatOptions RelayJob::format() const {
  FormatOptions out;
  out.identity.id = plan_.id_prefix + http().request_id.substr(4);
  out.identity.created_s = plan_.state->parts.clock->now_ns() / kNsPerSecond;
  out.identity.model = model_;
  out.identity.fingerprint = upstream_;
  out.with_logprobs = plan_.fields.top_logprobs >= 0;
  out.with_usage = plan_.fields.include_usage;
  out.with_obfuscation = plan_.fields.include_obfuscation;
  return out;
}

std::vector<Header> RelayJob::answered_headers() const {
  std::vector<Header> out = headers_;
  if (replica_ == 0) return out;
  out.push_back({"x-millwright-model", model_});
  out.push_back({"x-millwright-replica", upstream_ + "/" + std::to_string(replica_)});
  if (model_ != plan_.fields.model) {
    out.push_back({"x-millwright-fallback-for", plan_.fields.model});
  }
  return out;
}

/// Once to keep the client waiting, and again when it is known who answers.
void RelayJob::prepare_stream() {
  StreamHead head;
  head.head.headers = answered_headers();
  head.format_error = answer_ ? answer_->failure_formatter() : plan_.format_error;
  plan_.exchange->begin_stream(event_stream_head(std::move(head)));
}

void RelayJob::begin(int replica) {
  replica_ = replica;
  first_ns_ = last_ns_ = 0;
  answer_ = plan_.make_answer(format());
}

Result<Progress> RelayJob::event(std::string_view data) {
  if (data == "[DONE]") return Progress::kDone;
  MW_ASSIGN(const RelayChunk chunk, parse_relay_chunk(data, plan_.chat, plan_.choices));
  MW_ASSIGN(const std::string events, answer_->take(chunk));
  const bool token = std::any_of(chunk.parts.begin(), chunk.parts.end(), [](const RelayPart& part) {
    return part.says() || !part.finish.empty();
  });
  const int64_t now = steady_ns();
  ServerMetrics& metrics = *plan_.state->parts.metrics;
  if (token && first_ns_ == 0) {
    first_ns_ = now;
    metrics.first_token(static_cast<double>(now - http().received_ns) / 1e9);
  } else if (token) {
    metrics.token_interval(static_cast<double>(now - last_ns_) / 1e9);
  }
  if (token) last_ns_ = now;
  if (!events.empty()) {
    if (!told_) prepare_stream();
    told_ = true;
    plan_.exchange->write(events);
  }
  return token ? Progress::kToken : Progress::kNothing;
}

Result<void> RelayJob::end() {
  if (answer_->complete()) return {};
  return Error::make(Code::kUnavailable, "the answer broke off before its end", "回答在结束前中断");
}

void RelayJob::finish(const Outcome& outcome) {
  record(outcome);
  ticket_.reset();  // before the answer: its reader may ask again at once
  if (plan_.fields.stream) {
    plan_.exchange->write(answer_->end());
    plan_.exchange->finish();
    return;
  }
  HttpResponse response = json_response(answer_->whole());
  const std::vector<Header> headers = answered_headers();
  response.headers.insert(response.headers.end(), headers.begin(), headers.end());
  plan_.exchange->respond(std::move(response));
}

void RelayJob::fail(const Outcome& outcome) {
  record(outcome);
  ticket_.reset();
  replica_ = outcome.replica;
  HttpResponse response = relay_refusal(outcome, upstream_);
  const std::vector<Header> headers = answered_headers();
  response.headers.insert(response.headers.end(), headers.begin(), headers.end());
  if (!plan_.exchange->respond(std::move(response))) {
    const Error error = relay_error(outcome, upstream_);
    plan_.exchange->write(told_ ? answer_->failure(error) : plan_.format_error(error));
    plan_.exchange->finish();
  }
}

void RelayJob::record(const Outcome& outcome) {
  FinishedRequest record = record_of(*plan_.state, http(), model_, plan_.fields.priority);
  const int64_t now = steady_ns();
  record.total_ns = now - http().received_ns;
  record.answers = plan_.choices;
  if (answer_ != nullptr) {
    const Usage usage = answer_->usage();
    record.prompt_tokens = usage.prompt_tokens;
    record.cached_prompt_tokens = usage.cached_prompt_tokens;
    record.generated_tokens = usage.completion_tokens;
    if (answer_->cut_by_length()) record.finish = runtime::FinishReason::kLength;
  }
  // The part before the replica that answered, the wait for its first token, and its writing.
  record.queue_ns = begun_ns_ - http().received_ns;
  record.prefill_ns = (first_ns_ == 0 ? now : first_ns_) - begun_ns_;
  if (first_ns_ != 0) {
    record.decode_ns = last_ns_ - first_ns_;
    record.first_token_ns = first_ns_ - http().received_ns;
    if (record.generated_tokens > 1 && record.decode_ns > 0) {
      record.decode_tok_s = static_cast<double>(record.generated_tokens - 1) *
                            static_cast<double>(kNsPerSecond) /
                            static_cast<double>(record.decode_ns);
    }
  }
  if (outcome.error) {
    const bool left = outcome.error->code == Code::kCancelled;
    record.finish = left ? runtime::FinishReason::kCancelled : runtime::FinishReason::kError;
    if (!left) record.problem = relay_error(outcome, upstream_).message;
  }
  plan_.state->parts.metrics->relay_done(record, upstream_, outcome.replica);
  plan_.state->requests->add(std::move(record));
}

}  // namespace

Json relay_body(const Json& request, const std::vector<std::string>& unknown,
                const std::string& model) {
  Json out = Json::object();
  for (const auto& [name, value] : request.items()) {
    const bool known = std::find(unknown.begin(), unknown.end(), name) == unknown.end();
    if (known && !value.is_null()) out[name] = value;
  }
  out["model"] = model;
  out["stream"] = true;  // also for an answer in one piece: only so a stuck replica is seen
  out["stream_options"] = {{"include_usage", true}};
  return out;
}

Error relay_error(const Outcome& outcome, const std::string& upstream) {
  const Error error = outcome.error.value_or(
      Error::make(Code::kUnavailable, "nobody was there to ask", "没有可用的模型"));
  Error out = error.within("upstream '" + upstream + "'");
  out.message.zh = "上游“" + upstream + "”：" + error.message.in(Language::kZh);
  if (out.param.empty() && out.code == Code::kNotFound) out.param = "model";
  return out;
}

HttpResponse relay_refusal(const Outcome& outcome, const std::string& upstream) {
  const Error error = relay_error(outcome, upstream);
  const ApiError wire = error.code == Code::kNotFound ? ApiError::from(error, "model_not_found")
                                                      : ApiError::from(error);
  return outcome.retry_after_ms > 0 ? error_response(wire, outcome.retry_after_ms)
                                    : error_response(wire);
}

std::optional<Refusal> start_relay(RelayPlan plan) {
  const HttpRequest& http = plan.exchange->request();
  const auto deadline = read_deadline_ns(http);
  if (!deadline) return Refusal{deadline.error(), {}};
  if (plan.choices > plan.state->parts.answers_per_client) {
    return Refusal{too_many_answers(*plan.state), {}};
  }
  const std::string client = client_of(http);
  auto ticket = plan.state->admission->enter(client, plan.choices);
  std::vector<Header> headers;
  GenerationFields passed_on;  // what changes nothing here is passed on, and may there
  passed_on.ignored = plan.fields.ignored;
  add_field_headers(passed_on, headers);
  plan.state->admission->add_headers(client, headers);
  if (!ticket) {
    HttpResponse response = error_response(ticket.error());
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    plan.exchange->respond(std::move(response));
    return std::nullopt;
  }
  const std::shared_ptr<upstream::Upstreams> upstreams = plan.state->parts.upstreams;
  upstreams->start(
      [job = std::make_shared<RelayJob>(std::move(plan), std::move(*ticket), std::move(headers),
                                        *deadline)] { job->run(); });
  return std::nullopt;
}

}  // namespace mw::server::openai
