#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "core/thread_pool.h"
#include "models/model.h"
#include "runtime/generator.h"
#include "runtime/throughput.h"
#include "tokenizers/tokenizer.h"

namespace mw::runtime {

struct SchedulerOptions {
  int threads = 2;
  tensor::Isa isa = tensor::Isa::kScalar;
  int max_running = 64;      // sequences in one batch
  int max_waiting = 256;     // queued beyond them; more is kResourceExhausted
  int prefill_tokens = 256;  // prompt tokens a step while others decode
  uint64_t kv_bytes = uint64_t{2} << 30;
  int context_length = 0;        // 0: the model's own
  std::vector<int32_t> end_ids;  // tokens that end an answer
};

/// Runs many requests through one model: each step takes one token of every sequence that decodes
/// and a slice of a prompt that is waiting, in one batch. Batching changes no bit of any answer.
///
/// Memory   keys and values for prompt + max_tokens are set aside when a request is admitted, so
///          nothing that runs can be starved; what does not fit waits.
/// Threads  submit, cancel, score and stats from any thread; the model runs on one thread of its
///          own with a team of `threads`.
class Scheduler final : public Generator {
 public:
  Scheduler(std::shared_ptr<const models::Model> model,
            std::shared_ptr<const tokenizers::Tokenizer> tokenizer, SchedulerOptions options,
            LogSink log);
  ~Scheduler() override;

  Result<RequestId> submit(GenerateRequest request, OnPiece on_piece, OnDone on_done) override;
  void cancel(RequestId id) override;
  Result<std::vector<double>> score(
      const std::vector<int32_t>& prompt_ids,
      const std::vector<std::vector<int32_t>>& continuations) override;
  GeneratorStats stats() const override;
  int context_length() const override { return context_length_; }

 private:
  struct Sequence;
  struct ScoreJob;

  void loop();
  bool wait_for_work();
  void admit();
  void drop_cancelled();
  void step();
  void take_token(Sequence& sequence, std::span<float> logits);
  void finish(Sequence& sequence, FinishReason reason, Error error = {});
  void run_score(ScoreJob& job);
  void publish_stats();

  const std::shared_ptr<const models::Model> model_;
  const std::shared_ptr<const tokenizers::Tokenizer> tokenizer_;
  const SchedulerOptions options_;
  const LogSink log_;
  int context_length_ = 0;

  // Owned by the model's thread.
  ThreadPool pool_;
  tensor::ExecContext ctx_;
  std::unique_ptr<models::Workspace> workspace_;
  models::KvPool kv_;
  tensor::Matrix<float> logits_;
  std::list<std::unique_ptr<Sequence>> running_;
  Throughput prefill_rate_;
  Throughput decode_rate_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::unique_ptr<Sequence>> waiting_;
  std::vector<RequestId> cancelled_;
  std::deque<ScoreJob*> scores_;
  GeneratorStats stats_;
  RequestId next_id_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mw::runtime
