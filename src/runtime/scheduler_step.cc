// One pass of the model over everybody's next tokens, and what becomes of its logits.
#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>

#include "core/clock.h"
#include "runtime/internal/scheduler_shared.h"

namespace mw::runtime {
namespace {

using Logits = models::ForwardSegment::Logits;

uint64_t hash_bits(uint64_t hash, std::span<const float> values) {
  for (const float each : values) {
    hash = (hash ^ std::bit_cast<uint32_t>(each)) * 1099511628211ULL;
  }
  return hash;
}

/// How an answer that has come to its end ended: as it would have, or since it had to.
FinishReason end_reason(const Sequence& sequence) {
  return sequence.held_short ? FinishReason::kLength : FinishReason::kStop;
}

}  // namespace

struct Scheduler::Step {
  std::vector<models::ForwardSegment> segments;
  std::vector<Sequence*> members;  // one a segment
  int decoded = 0;                 // rows of sequences that decode
  int read = 0;                    // rows of prompts
};

/// The last token of every sequence that decodes and guesses after it: what its grammar leaves no
/// choice about or, in small company, what followed the same words before. Those of one adapter lie
/// together, so that its weights are read once for eight rows.
void Scheduler::add_decoding(Step& step) {
  std::vector<Sequence*> decoding;
  for (auto& sequence : running_) {
    if (!sequence->reading()) decoding.push_back(sequence.get());
  }
  std::stable_sort(decoding.begin(), decoding.end(), [](const Sequence* a, const Sequence* b) {
    return std::less<>()(a->request.adapter.get(), b->request.adapter.get());
  });
  const bool guess = options_.guess_tokens && std::ssize(decoding) <= kGuessingSequences;
  int spare = kGuessRows;
  for (Sequence* sequence : decoding) {
    sequence->fed = {sequence->ids.back()};
    const int room = std::min(sequence->room() - sequence->kv->length() - 1, spare);
    std::vector<int32_t> guesses;
    if (options_.guess_tokens) guesses = forced_tokens(*sequence, room);
    sequence->fed_forced = !guesses.empty();
    if (guess && guesses.empty()) {
      guesses = sequence->lookup.guess(std::min(room, kGuessRows / kGuessingSequences));
    }
    spare -= static_cast<int>(guesses.size());
    sequence->fed.insert(sequence->fed.end(), guesses.begin(), guesses.end());
    step.segments.push_back(
        {sequence->fed, sequence->kv.get(), Logits::kAll, sequence->request.adapter.get()});
    step.members.push_back(sequence);
    step.decoded += static_cast<int>(sequence->fed.size());
  }
}

/// The tokens of the text that the grammar leaves no choice about. They are guesses like others:
/// the model may spell the same text by other tokens.
std::vector<int32_t> Scheduler::forced_tokens(Sequence& sequence, int most) const {
  constexpr std::size_t kMostBytes = 64;
  if (!sequence.matcher || most <= 0) return {};
  const std::string text = sequence.matcher->forced_text(kMostBytes);
  if (text.empty()) return {};
  std::vector<int32_t> ids = tokenizer_->encode(text, tokenizers::Tokenizer::Special::kAsText);
  // Some vocabularies put a space in front of what they encode: those tokens would never be right.
  std::string_view left = text;
  std::size_t fits = 0;
  for (; fits < ids.size() && fits < static_cast<std::size_t>(most); ++fits) {
    const std::string& piece = tokenizer_->piece(ids[fits]);
    if (piece.empty() || !left.starts_with(piece)) break;
    left.remove_prefix(piece.size());
  }
  ids.resize(fits);
  return ids;
}

/// Slices of prompts: as much as may be read while the others wait for their next token. Whoever
/// came first reads first, interactive requests before batch jobs.
void Scheduler::add_reading(Step& step) {
  const bool beside = step.decoded > 0;
  int budget = kStepTokens - step.decoded;
  if (beside) {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    budget =
        std::min(budget, shared_->pace.prefill_tokens_in(options_.max_stall_ms * kNsPerMs, beside));
  }
  for (const Priority priority : {Priority::kInteractive, Priority::kBatch}) {
    for (auto& sequence : running_) {
      if (!sequence->reading() || sequence->request.priority != priority || budget == 0) continue;
      const int from = sequence->kv->length();
      const int left = sequence->to_read - from;
      const int count = std::min(left, budget);
      const bool choose = count == left && !sequence->resumed;
      step.segments.push_back(
          {std::span<const int32_t>(sequence->ids)
               .subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(count)),
           sequence->kv.get(), choose ? Logits::kLast : Logits::kNone,
           sequence->request.adapter.get()});
      step.members.push_back(sequence.get());
      step.read += count;
      budget -= count;
    }
  }
}

void Scheduler::step() {
  Step step;
  add_decoding(step);
  add_reading(step);
  int rows = 0;
  std::vector<int> first_row;
  for (const auto& segment : step.segments) {
    first_row.push_back(rows);
    if (segment.logits == Logits::kLast) rows += 1;
    if (segment.logits == Logits::kAll) rows += static_cast<int>(segment.ids.size());
  }
  const int64_t began = steady_ns();
  model_->forward(step.segments, *workspace_, logits_.view(rows), ctx_);
  const int64_t now = steady_ns();

  uint64_t chosen = 0;
  for (std::size_t i = 0; i < step.members.size(); ++i) {
    Sequence& sequence = *step.members[i];
    if (step.segments[i].logits == Logits::kLast) remember(sequence);  // the prompt is read
    if (step.segments[i].logits == Logits::kNone) continue;
    const std::size_t before = sequence.result.ids.size();
    take_tokens(sequence, first_row[i]);
    chosen += sequence.result.ids.size() - before;
  }
  prefill_rate_.add(now, step.read);
  decode_rate_.add(now, static_cast<int>(chosen));
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    shared_->pace.step_took(step.read, step.decoded, now - began);
    GeneratorStats& stats = shared_->stats;
    stats.step_rows = step.decoded + step.read;
    const auto edge = std::lower_bound(kStepRowEdges.begin(), kStepRowEdges.end(), stats.step_rows);
    ++stats.steps[static_cast<std::size_t>(edge - kStepRowEdges.begin())];
    stats.rows += static_cast<uint64_t>(stats.step_rows);
    stats.generated_tokens += chosen;
  }
  for (auto each = running_.begin(); each != running_.end();) {
    const auto next = std::next(each);
    if ((*each)->done) {
      ended_.push_back(std::move(*each));
      running_.erase(each);
    }
    each = next;
  }
}

/// Chooses a token from each row as long as the guess that was fed next is what was chosen; rows
/// after a wrong guess never happened.
void Scheduler::take_tokens(Sequence& sequence, int first_row) {
  const std::vector<int32_t> fed = std::exchange(sequence.fed, {});
  const auto vocabulary = static_cast<std::size_t>(model_->config().vocabulary);
  const int guessed = std::max(0, static_cast<int>(fed.size()) - 1);
  int right = 0;
  while (true) {
    take_token(sequence, {logits_.row(first_row + right), vocabulary});
    const bool next_was_fed = right < guessed && !sequence.done &&
                              fed[static_cast<std::size_t>(right) + 1] == sequence.ids.back();
    if (!next_was_fed) break;
    ++right;
  }
  if (guessed == 0) return;
  sequence.kv->rewind(sequence.kv->length() - (guessed - right));
  if (!sequence.fed_forced) sequence.lookup.learn(guessed, right);
  const std::lock_guard<std::mutex> guard(shared_->mutex);
  shared_->stats.guessed_tokens += static_cast<uint64_t>(guessed);
  shared_->stats.guessed_right_tokens += static_cast<uint64_t>(right);
  if (sequence.fed_forced) shared_->stats.forced_tokens += static_cast<uint64_t>(right);
}

/// The next token, of those that the grammar allows. Nothing: the answer has ended with an error.
std::optional<int32_t> Scheduler::choose(Sequence& sequence, std::span<float> logits) {
  const auto step = static_cast<uint64_t>(sequence.result.ids.size());
  if (!sequence.matcher) return sequence.sampler->choose(logits, step);
  if (sequence.result.ids.size() >= static_cast<std::size_t>(sequence.request.max_thought_tokens)) {
    sequence.matcher->end_thought();
  }
  const Result<std::span<const uint64_t>> allowed = sequence.matcher->mask();
  if (!allowed) {
    finish(sequence, FinishReason::kError, allowed.error());
    return std::nullopt;
  }
  int32_t id = sequence.sampler->choose(logits, step, *allowed);
  if (sequence.ending) id = keep_ending(sequence, logits, *allowed, id);
  if (sequence.matcher->accept(id)) return id;
  finish(sequence, FinishReason::kError,
         Error::make(Code::kUnsupported,
                     "no token of this model's vocabulary can go on with the answer as its grammar "
                     "asks: change the schema or grammar",
                     "该模型的词表中没有符合语法的后续词元：请修改模式或语法", "grammar"));
  return std::nullopt;
}

/// `id`, or the likeliest token after which the answer can still end within its limit.
int32_t Scheduler::keep_ending(Sequence& sequence, std::span<float> logits,
                               std::span<const uint64_t> allowed, const int32_t id) {
  constexpr int kTries = 64;  // choosing among 49k logits takes some 100 us
  const auto step = static_cast<uint64_t>(sequence.result.ids.size());
  const int left = sequence.request.max_tokens - static_cast<int>(step) - 1;
  const auto is_allowed = [&](int32_t each) {
    const auto at = static_cast<std::size_t>(each);
    return at / 64 < allowed.size() && ((allowed[at / 64] >> (at % 64)) & 1U) != 0;
  };
  if (!is_allowed(id)) return id;  // there is none
  int32_t kept = id;
  for (int tries = 0; !sequence.ending->fits(kept, left); ++tries) {
    sequence.held_short = true;
    const int32_t other =
        tries < kTries ? sequence.sampler->choose_instead(logits, step, kept) : -1;
    // None is left where the vocabulary lacks single bytes: the answer is cut, not failed.
    if (other < 0 || !is_allowed(other)) {
      kept = sequence.ending->next(left + 1).value_or(id);
      break;
    }
    kept = other;
  }
  sequence.ending->accept(kept);
  return kept;
}

void Scheduler::take_token(Sequence& sequence, std::span<float> logits) {
  const GenerateRequest& request = sequence.request;
  GenerateResult& result = sequence.result;
  if (result.ids.empty()) {
    sequence.first_token_ns = steady_ns();
    result.prefill_ns = sequence.first_token_ns - sequence.admitted_ns;
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
  const std::optional<int32_t> chosen = choose(sequence, logits);
  if (!chosen) return;
  const int32_t id = *chosen;
  sequence.sampler->accept(id);
  sequence.ids.push_back(id);
  if (options_.guess_tokens) sequence.lookup.append({&id, 1});
  result.ids.push_back(id);
  const auto& ends = options_.end_ids;
  const bool may_stop = !request.ignore_eos || sequence.matcher != nullptr;
  if (may_stop && std::find(ends.begin(), ends.end(), id) != ends.end()) {
    finish(sequence, end_reason(sequence));
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
  if (sequence.on_piece && !text.empty()) {
    sequence.on_piece({text, std::exchange(sequence.held_logprobs, {})});
  }
  if (sequence.text->stopped() || (sequence.matcher && sequence.matcher->must_end())) {
    finish(sequence, end_reason(sequence));
  } else if (static_cast<int>(result.ids.size()) >= request.max_tokens) {
    finish(sequence, FinishReason::kLength);
  }
}

/// Lets later requests of the same scope share what this sequence has read and written.
void Scheduler::remember(const Sequence& sequence) {
  if (!options_.share_prompts || !sequence.kv) return;
  std::vector<int> blocks;
  for (int i = 0; i < sequence.kv->length() / tensor::kKvBlock; ++i) {
    blocks.push_back(sequence.kv->block(i));
  }
  const int shared = prompts_.keep(sequence.scope, sequence.ids, blocks);
  prompts_.trim(static_cast<int>(options_.kept_kv_share * kv_.block_count()));
  if (shared == 0 || !kept_prompts_) return;
  std::vector<models::BlockParts> parts;
  for (int i = 0; i < shared; ++i) parts.push_back(kv_.parts(sequence.kv->block(i)));
  kept_prompts_->save(sequence.scope, sequence.ids, parts);
}

/// Ends an answer; settle() tells its asker.
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
  // Where it stood tells where its time went: it waited, was being read, or wrote.
  const int64_t now = steady_ns();
  if (sequence.first_token_ns != 0) {
    result.decode_ns = now - sequence.first_token_ns;
  } else if (sequence.admitted_ns != 0) {
    result.prefill_ns = now - sequence.admitted_ns;
  } else {
    result.queue_ns = now - sequence.submitted_ns;
  }
}

/// Gives back what ended answers held, publishes what is running now, then tells their askers: who
/// is told can count on both.
void Scheduler::settle() {
  for (auto& each : ended_) {
    // What somebody left in the middle is not gone on with.
    if (each->result.finish != FinishReason::kCancelled) remember(*each);
    each->kv.reset();
  }
  const int64_t now = steady_ns();
  Shared::Load load;
  load.places = options_.max_running - static_cast<int>(running_.size());
  int64_t shortest = INT64_MAX;
  for (const auto& each : running_) {
    if (each->reading()) load.unread_tokens += each->to_read - each->kv->length();
    load.decoding = load.decoding || !each->reading();
    shortest = std::min<int64_t>(shortest, each->room() - each->kv->length());
  }
  if (load.places == 0) load.steps_to_place = shortest;
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    shared_->load = load;
    GeneratorStats& stats = shared_->stats;
    stats.running = static_cast<int>(running_.size());
    stats.waiting = shared_->waiting.size();
    if (running_.empty()) stats.step_rows = 0;
    stats.decode_tok_s = decode_rate_.per_second(now);
    stats.prefill_tok_s = prefill_rate_.per_second(now);
    for (const auto& each : ended_) {
      stats.prompt_tokens += static_cast<uint64_t>(each->result.prompt_tokens);
      stats.cached_prompt_tokens += static_cast<uint64_t>(each->result.cached_prompt_tokens);
    }
    const auto used = static_cast<uint64_t>(kv_.block_count() - kv_.free_blocks());
    stats.kv_bytes_used = used * kv_.block_bytes();
    stats.kv_bytes_cached = static_cast<uint64_t>(prompts_.blocks()) * kv_.block_bytes();
  }
  for (const auto& each : std::exchange(ended_, {})) {
    if (each->on_done) each->on_done(each->result);
  }
}

}  // namespace mw::runtime
