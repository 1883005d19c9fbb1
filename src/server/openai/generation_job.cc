#include "server/openai/generation_job.h"

#include <algorithm>
#include <numeric>

#include "core/clock.h"
#include "server/http/api_error.h"
#include "server/http/sse.h"
#include "server/openai/request_record.h"

namespace mw::server::openai {
namespace {

double mean_logprob(const std::vector<runtime::TokenLogprob>& tokens) {
  if (tokens.empty()) return -1e9;
  double sum = 0;
  for (const runtime::TokenLogprob& token : tokens) sum += token.logprob;
  return sum / static_cast<double>(tokens.size());
}

}  // namespace

void GenerationJob::start(GenerationPlan plan) {
  const std::shared_ptr<runtime::Generator> generator = plan.generator;
  const auto job = std::make_shared<GenerationJob>(std::move(plan));
  if (job->plan_.stream) {
    StreamHead head;
    head.head.headers = job->plan_.headers;
    head.format_error = job->plan_.format->failure_formatter();
    job->plan_.exchange->begin_stream(event_stream_head(std::move(head)));
  }
  job->plan_.exchange->on_stop([job] { job->cancel_from_outside(); });
  job->submit_all(*generator);
}

GenerationJob::GenerationJob(GenerationPlan plan)
    : plan_(std::move(plan)),
      generator_(plan_.generator.get()),
      weak_generator_(plan_.generator),
      choices_(plan_.choices.size()) {
  plan_.generator.reset();
  for (Choice& choice : choices_) choice.splitter = ReasoningSplitter(plan_.reasoning);
}

// The job's lock is never held while the generator is called: its callbacks take that lock on the
// generator's own thread.
void GenerationJob::submit_all(runtime::Generator& generator) {
  bool stopped = false;
  for (std::size_t i = 0; i < plan_.choices.size() && !stopped; ++i) {
    const auto self = shared_from_this();
    const Result<runtime::Generator::RequestId> id = generator.submit(
        std::move(plan_.choices[i]),
        [self, i](const runtime::Piece& piece) { self->on_piece(i, piece); },
        [self, i](const runtime::GenerateResult& result) { self->on_done(i, result); });
    if (!id) {
      fail(id.error());
      cancel_all(generator);
      stopped = true;
      break;
    }
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      choices_[i].id = *id;
      choices_[i].submitted = true;
      stopped = stopped_;
    }
    if (stopped) generator.cancel(*id);
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  submitted_ = true;
  record_locked();
  if (stopped) return;
  armed_ = true;
  if (!backlog_.empty()) emit_locked(std::exchange(backlog_, {}));
  complete_locked();
}

void GenerationJob::emit_locked(const std::string& events) {
  if (events.empty() || finished_) return;
  if (armed_) {
    plan_.exchange->write(events);
  } else {
    backlog_ += events;
  }
}

void GenerationJob::on_piece(std::size_t index, const runtime::Piece& piece) {
  const int64_t now = steady_ns();
  const std::lock_guard<std::mutex> guard(mutex_);
  Choice& choice = choices_[index];
  if (choice.last_piece_ns == 0) {
    const int64_t received = plan_.exchange->request().received_ns;
    plan_.metrics->first_token(static_cast<double>(now - received) / 1e9);
  } else {
    plan_.metrics->token_interval(static_cast<double>(now - choice.last_piece_ns) / 1e9);
  }
  choice.last_piece_ns = now;
  emit_locked(take_parts_locked(index, choice.splitter.push(piece)));
}

std::string GenerationJob::take_parts_locked(std::size_t index,
                                             const ReasoningSplitter::Parts& parts) {
  Choice& choice = choices_[index];
  const runtime::Piece& answer = parts.answer;
  if (!plan_.stream) {
    choice.reasoning += parts.reasoning;
    choice.text += answer.text;
    choice.logprobs.insert(choice.logprobs.end(), answer.logprobs.begin(), answer.logprobs.end());
    return {};
  }
  std::string events;
  if (!choice.opened) events = plan_.format->opening(static_cast<int>(index));
  choice.opened = true;
  if (!parts.reasoning.empty()) {
    events += plan_.format->reasoning(static_cast<int>(index), parts.reasoning);
  }
  return events += plan_.format->piece(static_cast<int>(index), answer);
}

void GenerationJob::on_done(std::size_t index, const runtime::GenerateResult& result) {
  plan_.metrics->generation_done(result);
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    choices_[index].result = result;
    choices_[index].ended = true;
    record_locked();  // before an answer that is whole: its reader may look at once
  }
  if (result.finish == runtime::FinishReason::kError) {
    if (fail(result.error)) cancel_all(*generator_);
    return;
  }
  if (result.finish == runtime::FinishReason::kCancelled) {
    // Ours, after the client left; or the generator's own, when the server stops.
    if (fail(Error::make(Code::kUnavailable, "the answer was cancelled: the model is being stopped",
                         "回答已取消：模型正在停止"))) {
      cancel_all(*generator_);
    }
    return;
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  Choice& choice = choices_[index];
  choice.done = true;
  std::string events = take_parts_locked(index, choice.splitter.finish());
  if (plan_.stream) {
    events += plan_.format->closing(static_cast<int>(index), result.finish);
    emit_locked(events);
  }
  complete_locked();
}

void GenerationJob::record_locked() {
  if (!submitted_ || recorded_) return;
  std::vector<const runtime::GenerateResult*> results;
  for (const Choice& choice : choices_) {
    if (choice.submitted && !choice.ended) return;
    if (choice.ended) results.push_back(&choice.result);
  }
  recorded_ = true;
  if (results.empty()) return;  // refused: it never ran
  FinishedRequest record = std::move(plan_.record);
  record.total_ns = steady_ns() - plan_.exchange->request().received_ns;
  plan_.history->add(finished_request(std::move(record), results, usage_locked()));
}

Usage GenerationJob::usage_locked() const {
  Usage usage;
  const std::size_t run = choices_.size() / static_cast<std::size_t>(plan_.prompts);
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const runtime::GenerateResult& result = choices_[i].result;
    usage.completion_tokens += static_cast<int>(result.ids.size());
    if (plan_.tokenizer) {
      usage.reasoning_tokens +=
          count_reasoning_tokens(*plan_.tokenizer, plan_.reasoning, result.ids);
    }
    if (i % run != 0) continue;  // the choices of one prompt share it
    usage.prompt_tokens += result.prompt_tokens;
    usage.cached_prompt_tokens += result.cached_prompt_tokens;
  }
  return usage;
}

void GenerationJob::complete_locked() {
  if (!armed_ || finished_) return;
  const bool all = std::all_of(choices_.begin(), choices_.end(),
                               [](const Choice& choice) { return choice.done; });
  if (!all) return;
  const Usage usage = usage_locked();
  plan_.ticket.reset();  // before the answer: its reader may ask again at once
  if (plan_.stream) {
    emit_locked(plan_.format->end(usage));
    plan_.exchange->finish();
  } else {
    respond_whole_locked(usage);
  }
  finished_ = true;
}

void GenerationJob::respond_whole_locked(const Usage& usage) {
  std::vector<FinishedChoice> out;
  const auto group = static_cast<std::size_t>(plan_.keep_best_of);
  for (std::size_t first = 0; first < choices_.size(); first += group) {
    std::vector<std::size_t> order(group);
    std::iota(order.begin(), order.end(), first);
    if (plan_.keep < plan_.keep_best_of) {
      std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
        return mean_logprob(choices_[a].logprobs) > mean_logprob(choices_[b].logprobs);
      });
    }
    for (int k = 0; k < plan_.keep; ++k) {
      Choice& choice = choices_[order[static_cast<std::size_t>(k)]];
      out.push_back({static_cast<int>(out.size()), std::move(choice.text),
                     std::move(choice.reasoning), std::move(choice.logprobs),
                     choice.result.finish});
    }
  }
  HttpResponse response = json_response(plan_.format->whole(out, usage));
  response.headers.insert(response.headers.end(), plan_.headers.begin(), plan_.headers.end());
  plan_.exchange->respond(std::move(response));
}

bool GenerationJob::fail(const Error& error) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (finished_) return false;
  finished_ = true;
  plan_.ticket.reset();
  HttpResponse response = error_response(error);
  response.headers.insert(response.headers.end(), plan_.headers.begin(), plan_.headers.end());
  if (!plan_.exchange->respond(std::move(response))) {
    plan_.exchange->write(plan_.format->failure(error));
    plan_.exchange->finish();
  }
  return true;
}

void GenerationJob::cancel_from_outside() {
  if (const auto generator = weak_generator_.lock()) cancel_all(*generator);
}

void GenerationJob::cancel_all(runtime::Generator& generator) {
  std::vector<runtime::Generator::RequestId> ids;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopped_ = true;
    for (const Choice& choice : choices_) {
      if (choice.submitted && !choice.done) ids.push_back(choice.id);
    }
  }
  for (const auto id : ids) generator.cancel(id);
}

}  // namespace mw::server::openai
