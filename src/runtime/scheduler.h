#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "core/thread_pool.h"
#include "grammar/token_vocabulary.h"
#include "models/model.h"
#include "models/prefix_cache.h"
#include "models/prefix_store.h"
#include "runtime/generator.h"
#include "runtime/throughput.h"
#include "tokenizers/tokenizer.h"

namespace mw::runtime {

struct Sequence;

struct SchedulerOptions {
  int threads = 2;
  tensor::Isa isa = tensor::Isa::kScalar;
  int max_running = 64;              // sequences in one batch
  int max_waiting = 256;             // queued beyond them; more is kResourceExhausted
  int max_stall_ms = 100;            // how long reading a prompt may keep those waiting who decode
  int max_first_token_ms = 120'000;  // a later first token is refused as kResourceExhausted
  uint64_t kv_bytes = uint64_t{2} << 30;
  int context_length = 0;  // 0: the model's own
  bool share_prompts = true;
  double kept_kv_share = 0.25;   // of kv_bytes, for prompts that nobody reads at the moment
  bool guess_tokens = true;      // prompt lookup
  std::vector<int32_t> end_ids;  // tokens that end an answer
  // Where shared beginnings are kept over restarts; block_bytes is filled in. Empty folder:
  // nowhere.
  models::PrefixStore::Options kept_prompts;
};

/// Runs many requests through one model: each step takes one token of every sequence that decodes
/// and slices of prompts that are read, in one batch. Neither batching, nor sharing prompts, nor
/// guessing ahead changes a bit of any answer (ADR 0005, 0016).
///
/// Memory   keys and values for prompt + max_tokens are set aside when a request is admitted, so
///          nothing that runs can be starved; what does not fit waits. A batch job makes way for an
///          interactive request and goes on later.
/// Threads  submit, cancel, score, predicted_first_token_ns and stats from any thread; the model
///          runs on one thread of its own with a team of `threads`.
class Scheduler final : public Generator {
 public:
  Scheduler(std::shared_ptr<const models::Model> model,
            std::shared_ptr<const tokenizers::Tokenizer> tokenizer, SchedulerOptions options,
            LogSink log);
  ~Scheduler() override;

  Result<RequestId> submit(GenerateRequest request, OnPiece on_piece, OnDone on_done) override;
  int64_t predicted_first_token_ns(const GenerateRequest& request) const override;
  void cancel(RequestId id) override;
  Result<std::vector<double>> score(
      const std::vector<int32_t>& prompt_ids,
      const std::vector<std::vector<int32_t>>& continuations) override;
  /// The same by the model with an adapter (null: without one).
  Result<std::vector<double>> score(const std::vector<int32_t>& prompt_ids,
                                    const std::vector<std::vector<int32_t>>& continuations,
                                    const models::Adapter* adapter);
  /// What an adapter is loaded for.
  const models::ModelConfig& model_config() const { return model_->config(); }
  GeneratorStats stats() const override;
  int context_length() const override { return context_length_; }

 private:
  struct Shared;    // what all threads see, under the lock
  struct ScoreJob;  // of score()
  struct Step;      // the batch of one pass

  // scheduler.cc: the loop and the way in
  Result<void> check(const GenerateRequest& request) const;
  std::shared_ptr<const grammar::Vocabulary> vocabulary();
  void loop();
  bool wait_for_work();
  std::vector<int32_t> forced_tokens(Sequence& sequence, int most) const;
  void drop_cancelled_and_late();
  void run_scores();
  void end_all();

  // scheduler_admission.cc: who gets a place
  void admit();
  bool is_being_read(const Sequence& sequence);
  bool place(Sequence& sequence);
  std::vector<int> known_blocks(const std::string& scope, std::span<const int32_t> ids);
  bool read_kept(const models::PrefixStore::Match& match, std::span<const int32_t> ids,
                 const std::string& scope, std::vector<int>& blocks);
  bool make_way(const Sequence& wanted);

  // scheduler_step.cc: a pass and what becomes of its logits
  void step();
  void add_decoding(Step& step);
  void add_reading(Step& step);
  void take_tokens(Sequence& sequence, int first_row);
  void take_token(Sequence& sequence, std::span<float> logits);
  std::optional<int32_t> choose(Sequence& sequence, std::span<float> logits);
  static int32_t keep_ending(Sequence& sequence, std::span<float> logits,
                             std::span<const uint64_t> allowed, int32_t id);
  void remember(const Sequence& sequence);
  void finish(Sequence& sequence, FinishReason reason, Error error = {});
  void settle();

  // scheduler_score.cc
  void run_score(ScoreJob& job);

  const std::shared_ptr<const models::Model> model_;
  const std::shared_ptr<const tokenizers::Tokenizer> tokenizer_;
  const SchedulerOptions options_;
  const LogSink log_;
  int context_length_ = 0;
  std::once_flag vocabulary_made_;  // when the first answer asks for a grammar
  std::shared_ptr<const grammar::Vocabulary> vocabulary_;

  // Owned by the model's thread.
  ThreadPool pool_;
  tensor::ExecContext ctx_;
  std::unique_ptr<models::Workspace> workspace_;
  models::KvPool kv_;
  models::PrefixCache prompts_;
  std::unique_ptr<models::PrefixStore> kept_prompts_;  // null: not kept
  tensor::Matrix<float> logits_;
  std::list<std::unique_ptr<Sequence>> running_;
  std::vector<std::unique_ptr<Sequence>> ended_;  // their askers are told by settle()
  Throughput prefill_rate_;
  Throughput decode_rate_;

  const std::unique_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace mw::runtime
