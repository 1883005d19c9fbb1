#include "runtime/scheduler.h"

#include <algorithm>
#include <bit>

#include "core/check.h"
#include "core/clock.h"
#include "runtime/answer_text.h"
#include "runtime/sampler.h"

namespace mw::runtime {
namespace {

constexpr int kStepTokens = 512;  // rows of a batch
constexpr uint64_t kHashStart = 1469598103934665603ULL;

uint64_t hash_bits(uint64_t hash, std::span<const float> values) {
  for (const float each : values) {
    hash = (hash ^ std::bit_cast<uint32_t>(each)) * 1099511628211ULL;
  }
  return hash;
}

}  // namespace

/// One request on its way.
struct Scheduler::Sequence {
  RequestId id = 0;
  GenerateRequest request;
  OnPiece on_piece;
  OnDone on_done;
  int64_t submitted_ns = 0;
  int64_t admitted_ns = 0;
  int64_t first_token_ns = 0;

  std::unique_ptr<models::KvSequence> kv;
  int prompt_done = 0;      // prompt tokens that went through the model
  int32_t last_token = -1;  // to be fed next
  std::unique_ptr<Sampler> sampler;
  std::unique_ptr<AnswerText> text;
  GenerateResult result;
  std::vector<TokenLogprob> held_logprobs;  // of tokens whose text is still held back
  bool done = false;

  bool prefilling() const { return prompt_done < static_cast<int>(request.prompt_ids.size()); }
};

struct Scheduler::ScoreJob {
  const std::vector<int32_t>& prompt_ids;
  const std::vector<std::vector<int32_t>>& continuations;
  Result<std::vector<double>> result = std::vector<double>();
  bool done = false;
};

Scheduler::Scheduler(std::shared_ptr<const models::Model> model,
                     std::shared_ptr<const tokenizers::Tokenizer> tokenizer,
                     SchedulerOptions options, LogSink log)
    : model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      options_(std::move(options)),
      log_(std::move(log)),
      context_length_(options_.context_length > 0
                          ? std::min(options_.context_length, model_->config().context_length)
                          : model_->config().context_length),
      pool_(options_.threads),
      ctx_{&pool_, &tensor::kernels_of(options_.isa)},
      workspace_(model_->make_workspace(kStepTokens, options_.max_running)),
      kv_(model_->config(), options_.kv_bytes),
      logits_(options_.max_running, model_->config().vocabulary) {
  const int kv_tokens = kv_.block_count() * tensor::kKvBlock;
  context_length_ = std::min(context_length_, kv_tokens);
  stats_.kv_bytes = static_cast<uint64_t>(kv_.block_count()) * kv_.block_bytes();
  thread_ = std::thread([this] { loop(); });
}

Scheduler::~Scheduler() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

Result<Generator::RequestId> Scheduler::submit(GenerateRequest request, OnPiece on_piece,
                                               OnDone on_done) {
  const auto prompt = static_cast<int64_t>(request.prompt_ids.size());
  if (prompt == 0) {
    return Error::make(Code::kInvalidArgument, "the prompt is empty", "提示词为空", "prompt");
  }
  const int64_t wanted = prompt + std::max(request.max_tokens, 0);
  if (wanted > context_length_) {
    return Error::make(Code::kInvalidArgument,
                       "the prompt has " + std::to_string(prompt) + " tokens and max_tokens is " +
                           std::to_string(request.max_tokens) + ", together over the context of " +
                           std::to_string(context_length_) +
                           "; shorten the prompt or lower max_tokens",
                       "提示词 " + std::to_string(prompt) + " 个词元加上 max_tokens " +
                           std::to_string(request.max_tokens) + " 超过上下文长度 " +
                           std::to_string(context_length_),
                       prompt >= context_length_ ? "messages" : "max_tokens");
  }
  for (const int32_t id : request.prompt_ids) {
    if (id < 0 || id >= model_->config().vocabulary) {
      return Error::make(Code::kInvalidArgument,
                         "token id " + std::to_string(id) + " is not in the vocabulary", {},
                         "prompt");
    }
  }
  auto sequence = std::make_unique<Sequence>();
  sequence->sampler = std::make_unique<Sampler>(request.sampling, *ctx_.kernels);
  sequence->text = std::make_unique<AnswerText>(tokenizer_, request.stop);
  sequence->request = std::move(request);
  sequence->on_piece = std::move(on_piece);
  sequence->on_done = std::move(on_done);
  sequence->submitted_ns = steady_ns();
  sequence->result.prompt_tokens = static_cast<int>(prompt);
  sequence->result.logits_hash = kHashStart;

  const std::lock_guard<std::mutex> guard(mutex_);
  if (stopping_) {
    return Error::make(Code::kUnavailable, "the model is shutting down", "模型正在关闭");
  }
  if (static_cast<int>(waiting_.size()) >= options_.max_waiting) {
    return Error::make(
        Code::kResourceExhausted,
        std::to_string(waiting_.size()) + " requests are waiting already; try again later",
        "已有 " + std::to_string(waiting_.size()) + " 个请求在排队，请稍后再试");
  }
  const RequestId id = next_id_++;
  sequence->id = id;
  waiting_.push_back(std::move(sequence));
  work_.notify_all();
  return id;
}

void Scheduler::cancel(RequestId id) {
  const std::lock_guard<std::mutex> guard(mutex_);
  cancelled_.push_back(id);
  work_.notify_all();
}

Result<std::vector<double>> Scheduler::score(
    const std::vector<int32_t>& prompt_ids,
    const std::vector<std::vector<int32_t>>& continuations) {
  std::size_t longest = 0;
  for (const auto& each : continuations) longest = std::max(longest, each.size());
  if (prompt_ids.empty() ||
      prompt_ids.size() + longest > static_cast<std::size_t>(context_length_)) {
    return Error::make(Code::kInvalidArgument, "scoring: prompt and continuation must have 1 to " +
                                                   std::to_string(context_length_) + " tokens");
  }
  ScoreJob job{prompt_ids, continuations};
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) {
    return Error::make(Code::kUnavailable, "the model is shutting down", "模型正在关闭");
  }
  scores_.push_back(&job);
  work_.notify_all();
  work_.wait(lock, [&] { return job.done; });
  return std::move(job.result);
}

GeneratorStats Scheduler::stats() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return stats_;
}

void Scheduler::loop() {
  while (wait_for_work()) {
    drop_cancelled();
    while (true) {
      ScoreJob* job = nullptr;
      {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (scores_.empty()) break;
        job = scores_.front();
        scores_.pop_front();
      }
      run_score(*job);
      const std::lock_guard<std::mutex> guard(mutex_);
      job->done = true;
      work_.notify_all();
    }
    admit();
    if (!running_.empty()) step();
    publish_stats();
  }
  // Shutting down: everybody is told.
  for (auto& sequence : running_) finish(*sequence, FinishReason::kCancelled);
  running_.clear();
  std::deque<std::unique_ptr<Sequence>> waiting;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    waiting.swap(waiting_);
    for (ScoreJob* job : scores_) {
      job->result = Error::make(Code::kUnavailable, "the model is shutting down", "模型正在关闭");
      job->done = true;
    }
    scores_.clear();
    work_.notify_all();
  }
  for (auto& sequence : waiting) finish(*sequence, FinishReason::kCancelled);
}

bool Scheduler::wait_for_work() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (running_.empty() && waiting_.empty() && scores_.empty() && !stopping_) {
    // Rates fall to zero while nothing runs: wake once a second to say so.
    work_.wait_for(lock, std::chrono::seconds(1),
                   [this] { return !waiting_.empty() || !scores_.empty() || stopping_; });
  }
  return !stopping_;
}

void Scheduler::drop_cancelled() {
  std::vector<RequestId> ids;
  std::vector<std::unique_ptr<Sequence>> dropped;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    ids.swap(cancelled_);
    if (ids.empty()) return;
    const auto is_cancelled = [&](RequestId id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    for (auto each = waiting_.begin(); each != waiting_.end();) {
      if (is_cancelled((*each)->id)) {
        dropped.push_back(std::move(*each));
        each = waiting_.erase(each);
      } else {
        ++each;
      }
    }
  }
  for (auto each = running_.begin(); each != running_.end();) {
    if (std::find(ids.begin(), ids.end(), (*each)->id) != ids.end()) {
      dropped.push_back(std::move(*each));
      each = running_.erase(each);
    } else {
      ++each;
    }
  }
  for (auto& each : dropped) finish(*each, FinishReason::kCancelled);
}

void Scheduler::admit() {
  while (static_cast<int>(running_.size()) < options_.max_running) {
    std::unique_ptr<Sequence> next;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      if (waiting_.empty()) return;
      auto kv = std::make_unique<models::KvSequence>(kv_);
      const GenerateRequest& request = waiting_.front()->request;
      const int length = static_cast<int>(request.prompt_ids.size()) + request.max_tokens;
      if (!kv->reserve(length)) return;  // first come, first served: it waits for memory
      next = std::move(waiting_.front());
      waiting_.pop_front();
      next->kv = std::move(kv);
    }
    next->admitted_ns = steady_ns();
    next->result.queue_ns = next->admitted_ns - next->submitted_ns;
    running_.push_back(std::move(next));
  }
}

void Scheduler::step() {
  // Every sequence that decodes gives its last token; prompts share what is left of the step.
  std::vector<models::ForwardSegment> segments;
  std::vector<Sequence*> members;
  int tokens = 0;
  for (auto& sequence : running_) {
    if (sequence->prefilling()) continue;
    segments.push_back({{&sequence->last_token, 1}, sequence->kv.get()});
    members.push_back(sequence.get());
    ++tokens;
  }
  const int decoding = tokens;
  int budget = decoding > 0 ? options_.prefill_tokens : kStepTokens;
  budget = std::min(budget, kStepTokens - tokens);
  for (auto& sequence : running_) {
    if (!sequence->prefilling() || budget == 0) continue;
    const auto& prompt = sequence->request.prompt_ids;
    const int left = static_cast<int>(prompt.size()) - sequence->prompt_done;
    const int count = std::min(left, budget);
    const bool last = count == left;
    segments.push_back(
        {{prompt.data() + sequence->prompt_done, static_cast<std::size_t>(count)},
         sequence->kv.get(),
         last ? models::ForwardSegment::Logits::kLast : models::ForwardSegment::Logits::kNone});
    members.push_back(sequence.get());
    sequence->prompt_done += count;
    tokens += count;
    budget -= count;
  }
  int rows = 0;
  for (const auto& segment : segments) {
    rows += segment.logits == models::ForwardSegment::Logits::kLast ? 1 : 0;
  }
  model_->forward(segments, *workspace_, logits_.view(rows), ctx_);

  const int64_t now = steady_ns();
  prefill_rate_.add(now, tokens - decoding);
  decode_rate_.add(now, decoding);
  int row = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (segments[i].logits != models::ForwardSegment::Logits::kLast) continue;
    take_token(*members[i],
               {logits_.row(row++), static_cast<std::size_t>(model_->config().vocabulary)});
  }
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stats_.prompt_tokens += static_cast<uint64_t>(tokens - decoding);
    stats_.generated_tokens += static_cast<uint64_t>(rows);
  }
  running_.remove_if([](const auto& sequence) { return sequence->done; });
}

void Scheduler::take_token(Sequence& sequence, std::span<float> logits) {
  const GenerateRequest& request = sequence.request;
  GenerateResult& result = sequence.result;
  const int64_t now = steady_ns();
  if (result.ids.empty()) {
    sequence.first_token_ns = now;
    result.prefill_ns = now - sequence.admitted_ns;
  }
  if (request.hash_logits) result.logits_hash = hash_bits(result.logits_hash, logits);
  if (request.max_tokens <= 0) {
    finish(sequence, FinishReason::kLength);
    return;
  }
  std::vector<float> logprobs;
  if (request.top_logprobs >= 0) {
    logprobs.resize(logits.size());
    Sampler::to_logprobs(logits, *ctx_.kernels, logprobs);
  }
  const int32_t id = sequence.sampler->choose(logits, result.ids.size());
  sequence.sampler->accept(id);
  sequence.last_token = id;
  result.ids.push_back(id);
  const auto& ends = options_.end_ids;
  if (!request.ignore_eos && std::find(ends.begin(), ends.end(), id) != ends.end()) {
    finish(sequence, FinishReason::kStop);
    return;
  }
  if (request.top_logprobs >= 0) {
    TokenLogprob entry{id, tokenizer_->piece(id), logprobs[static_cast<std::size_t>(id)], {}};
    for (const auto& [other, logprob] : most_likely(logprobs, request.top_logprobs)) {
      entry.top.emplace_back(tokenizer_->piece(other), logprob);
    }
    sequence.held_logprobs.push_back(std::move(entry));
  }
  const std::string text = sequence.text->push(id);
  if (sequence.text->stopped()) {
    if (sequence.on_piece && !text.empty()) {
      sequence.on_piece({text, std::exchange(sequence.held_logprobs, {})});
    }
    finish(sequence, FinishReason::kStop);
    return;
  }
  if (sequence.on_piece && !text.empty()) {
    sequence.on_piece({text, std::exchange(sequence.held_logprobs, {})});
  }
  if (static_cast<int>(result.ids.size()) >= request.max_tokens) {
    finish(sequence, FinishReason::kLength);
  }
}

void Scheduler::finish(Sequence& sequence, FinishReason reason, Error error) {
  if (sequence.done) return;
  sequence.done = true;
  GenerateResult& result = sequence.result;
  if (reason != FinishReason::kCancelled) {
    const std::string rest = sequence.text->finish();
    if (sequence.on_piece && (!rest.empty() || !sequence.held_logprobs.empty())) {
      sequence.on_piece({rest, std::exchange(sequence.held_logprobs, {})});
    }
  }
  result.text = sequence.text->text();
  result.finish = reason;
  result.error = std::move(error);
  const int64_t now = steady_ns();
  if (sequence.first_token_ns != 0) result.decode_ns = now - sequence.first_token_ns;
  sequence.kv.reset();
  if (sequence.on_done) sequence.on_done(result);
}

void Scheduler::run_score(ScoreJob& job) {
  models::KvSequence kv(kv_);
  std::vector<double> scores;
  const auto& prompt = job.prompt_ids;
  const auto reserve = [&](std::size_t length) { return kv.reserve(static_cast<int>(length)); };
  if (const auto room = reserve(prompt.size()); !room) {
    job.result = room.error();
    return;
  }
  std::vector<float> first(static_cast<std::size_t>(model_->config().vocabulary));
  for (std::size_t at = 0; at < prompt.size(); at += kStepTokens) {
    const std::size_t count = std::min<std::size_t>(kStepTokens, prompt.size() - at);
    const models::ForwardSegment segment{{prompt.data() + at, count}, &kv};
    model_->forward({&segment, 1}, *workspace_, logits_.view(1), ctx_);
  }
  Sampler::to_logprobs({logits_.row(0), first.size()}, *ctx_.kernels, first);
  std::vector<float> logprobs(first.size());
  for (const std::vector<int32_t>& continuation : job.continuations) {
    kv.truncate(static_cast<int>(prompt.size()));
    if (const auto room = reserve(prompt.size() + continuation.size()); !room) {
      job.result = room.error();
      return;
    }
    double sum = continuation.empty() ? 0.0 : first[static_cast<std::size_t>(continuation[0])];
    const auto rows_at_once = static_cast<std::size_t>(logits_.rows());
    for (std::size_t at = 0; at + 1 < continuation.size(); at += rows_at_once) {
      const std::size_t count = std::min(rows_at_once, continuation.size() - 1 - at);
      const models::ForwardSegment segment{
          {continuation.data() + at, count}, &kv, models::ForwardSegment::Logits::kAll};
      model_->forward({&segment, 1}, *workspace_, logits_.view(static_cast<int>(count)), ctx_);
      for (std::size_t i = 0; i < count; ++i) {
        Sampler::to_logprobs({logits_.row(static_cast<int>(i)), logprobs.size()}, *ctx_.kernels,
                             logprobs);
        sum += logprobs[static_cast<std::size_t>(continuation[at + i + 1])];
      }
    }
    scores.push_back(continuation.empty() ? 0.0 : sum / static_cast<double>(continuation.size()));
  }
  job.result = std::move(scores);
}

void Scheduler::publish_stats() {
  const int64_t now = steady_ns();
  const std::lock_guard<std::mutex> guard(mutex_);
  stats_.running = static_cast<int>(running_.size());
  stats_.waiting = static_cast<int>(waiting_.size());
  stats_.decode_tok_s = decode_rate_.per_second(now);
  stats_.prefill_tok_s = prefill_rate_.per_second(now);
  stats_.kv_bytes_used =
      static_cast<uint64_t>(kv_.block_count() - kv_.free_blocks()) * kv_.block_bytes();
}

}  // namespace mw::runtime
