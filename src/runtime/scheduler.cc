#include "runtime/scheduler.h"

#include <algorithm>

#include "core/clock.h"
#include "runtime/internal/scheduler_shared.h"

namespace mw::runtime {
namespace {

constexpr uint64_t kHashStart = 1469598103934665603ULL;

Error shutting_down() {
  return Error::make(Code::kUnavailable, "the model is shutting down", "模型正在关闭");
}

/// A prompt that was read with an adapter has other keys and values: it is shared with requests of
/// the same numbers only. Rights have no byte 0.
std::string scope_of(const GenerateRequest& request) {
  if (!request.adapter) return request.rights;
  return '\0' + request.adapter->digest() + request.rights;
}

std::string seconds(int64_t ns) { return std::to_string((ns + kNsPerSecond / 2) / kNsPerSecond); }

}  // namespace

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
      workspace_(model_->make_workspace(kStepTokens, options_.max_running + kGuessRows)),
      kv_(model_->config(), options_.kv_bytes),
      prompts_(kv_),
      logits_(options_.max_running + kGuessRows, model_->config().vocabulary),
      shared_(std::make_unique<Shared>()) {
  const int kv_tokens = kv_.block_count() * tensor::kKvBlock;
  context_length_ = std::min(context_length_, kv_tokens);
  shared_->stats.kv_bytes = static_cast<uint64_t>(kv_.block_count()) * kv_.block_bytes();
  shared_->load.places = options_.max_running;
  if (!options_.kept_prompts.folder.empty()) {
    auto kept = options_.kept_prompts;
    kept.block_bytes = kv_.block_bytes();
    auto store = models::PrefixStore::open(std::move(kept), log_);
    if (store) {
      kept_prompts_ = std::move(*store);
    } else {
      log_(LogLevel::kWarning, "prompts",
           "shared beginnings are not kept: " + store.error().message.en);
    }
  }
  thread_ = std::thread([this] { loop(); });
}

Scheduler::~Scheduler() {
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->work.notify_all();
  thread_.join();
}

Result<void> Scheduler::check(const GenerateRequest& request) const {
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
  return {};
}

std::shared_ptr<const grammar::Vocabulary> Scheduler::vocabulary() {
  std::call_once(vocabulary_made_,
                 [this] { vocabulary_ = grammar::Vocabulary::of(*tokenizer_, options_.end_ids); });
  return vocabulary_;
}

Result<Generator::RequestId> Scheduler::submit(GenerateRequest request, OnPiece on_piece,
                                               OnDone on_done) {
  MW_TRY(check(request));
  auto sequence = std::make_unique<Sequence>();
  sequence->sampler = std::make_unique<Sampler>(request.sampling, *ctx_.kernels);
  if (request.grammar) {
    sequence->matcher =
        std::make_unique<grammar::Matcher>(request.grammar, vocabulary(), request.thought);
    if (request.end_within_limit) {
      sequence->ending = std::make_unique<grammar::ShortEnding>(*sequence->matcher, vocabulary(),
                                                                request.max_tokens);
    }
  }
  sequence->text = std::make_unique<AnswerText>(tokenizer_, request.stop);
  sequence->scope = scope_of(request);
  sequence->ids = request.prompt_ids;
  sequence->to_read = static_cast<int>(request.prompt_ids.size());
  if (options_.guess_tokens) sequence->lookup.append(request.prompt_ids);
  sequence->request = std::move(request);
  sequence->on_piece = std::move(on_piece);
  sequence->on_done = std::move(on_done);
  sequence->submitted_ns = steady_ns();
  sequence->result.prompt_tokens = sequence->prompt_tokens();
  sequence->result.logits_hash = kHashStart;
  const int64_t first_token_ns = predicted_first_token_ns(sequence->request);

  const std::lock_guard<std::mutex> guard(shared_->mutex);
  if (shared_->stopping) return shutting_down();
  const std::string waiting = std::to_string(shared_->waiting.size());
  if (shared_->waiting.size() >= options_.max_waiting) {
    return Error::make(Code::kResourceExhausted,
                       waiting + " requests are waiting already; try again later",
                       "已有 " + waiting + " 个请求在排队，请稍后再试");
  }
  const int64_t deadline_ns = sequence->request.deadline_ns;
  if (first_token_ns > options_.max_first_token_ms * kNsPerMs ||
      (deadline_ns != 0 && sequence->submitted_ns + first_token_ns > deadline_ns)) {
    return Error::make(Code::kResourceExhausted,
                       waiting + " requests are waiting; the first token would come in about " +
                           seconds(first_token_ns) + " s, too late: try again later",
                       "已有 " + waiting + " 个请求在排队，预计 " + seconds(first_token_ns) +
                           " 秒后才能开始回答，请稍后再试");
  }
  const RequestId id = shared_->next_id++;
  sequence->id = id;
  sequence->result.predicted_first_token_ns = first_token_ns;
  shared_->waiting.push(std::move(sequence));
  shared_->work.notify_all();
  return id;
}

int64_t Scheduler::predicted_first_token_ns(const GenerateRequest& request) const {
  const std::lock_guard<std::mutex> guard(shared_->mutex);
  const Pace& pace = shared_->pace;
  const Shared::Load& load = shared_->load;
  const int64_t tokens = load.unread_tokens +
                         shared_->waiting.prompt_tokens_before(request.priority) +
                         static_cast<int64_t>(request.prompt_ids.size());
  int64_t ns = pace.prefill_ns(tokens, load.decoding, options_.max_stall_ms * kNsPerMs);
  const int ahead = shared_->waiting.size();
  if (ahead >= load.places) {
    // Places come free about as often as answers of full length end.
    const int64_t rounds = 1 + (ahead - load.places) / options_.max_running;
    ns += rounds * load.steps_to_place * pace.decode_step_ns();
  }
  return ns;
}

void Scheduler::cancel(RequestId id) {
  const std::lock_guard<std::mutex> guard(shared_->mutex);
  shared_->cancelled.push_back(id);
  shared_->work.notify_all();
}

GeneratorStats Scheduler::stats() const {
  const std::lock_guard<std::mutex> guard(shared_->mutex);
  return shared_->stats;
}

void Scheduler::loop() {
  while (wait_for_work()) {
    drop_cancelled_and_late();
    run_scores();
    admit();
    if (!running_.empty()) step();
    settle();
  }
  end_all();
}

bool Scheduler::wait_for_work() {
  std::unique_lock<std::mutex> lock(shared_->mutex);
  if (running_.empty() && shared_->waiting.empty() && shared_->scores.empty() &&
      !shared_->stopping) {
    // Rates fall to zero while nothing runs: wake once a second to say so.
    shared_->work.wait_for(lock, std::chrono::seconds(1), [this] {
      return !shared_->waiting.empty() || !shared_->scores.empty() || shared_->stopping;
    });
  }
  return !shared_->stopping;
}

void Scheduler::drop_cancelled_and_late() {
  std::vector<RequestId> ids;
  std::vector<std::unique_ptr<Sequence>> late;
  const int64_t now = steady_ns();
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    ids.swap(shared_->cancelled);
    for (const RequestId id : ids) {
      if (auto found = shared_->waiting.take(id)) {
        finish(*found, FinishReason::kCancelled);
        ended_.push_back(std::move(found));
      }
    }
    late = shared_->waiting.take_late(now);
  }
  const auto end_late = [this](Sequence& sequence) {
    finish(sequence, FinishReason::kError,
           Error::make(Code::kDeadlineExceeded,
                       "the answer was not complete by its deadline; ask for fewer tokens or "
                       "allow more time",
                       "回答未能在期限内完成，请减少生成长度或放宽期限"));
  };
  for (auto& each : late) {
    end_late(*each);
    ended_.push_back(std::move(each));
  }
  for (auto each = running_.begin(); each != running_.end();) {
    Sequence& sequence = **each;
    const int64_t deadline_ns = sequence.request.deadline_ns;
    if (std::find(ids.begin(), ids.end(), sequence.id) != ids.end()) {
      finish(sequence, FinishReason::kCancelled);
    } else if (deadline_ns != 0 && deadline_ns <= now) {
      end_late(sequence);
    }
    const auto next = std::next(each);
    if (sequence.done) {
      ended_.push_back(std::move(*each));
      running_.erase(each);
    }
    each = next;
  }
  if (!ended_.empty()) settle();
}

void Scheduler::end_all() {
  std::vector<std::unique_ptr<Sequence>> all(std::move_iterator(running_.begin()),
                                             std::move_iterator(running_.end()));
  running_.clear();
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    for (auto& each : shared_->waiting.take_all()) all.push_back(std::move(each));
    for (ScoreJob* job : shared_->scores) {
      job->result = shutting_down();
      job->done = true;
    }
    shared_->scores.clear();
    shared_->work.notify_all();
  }
  for (auto& each : all) {
    finish(*each, FinishReason::kCancelled);
    ended_.push_back(std::move(each));
  }
  settle();
}

}  // namespace mw::runtime
