// Mean log-probabilities of continuations: how answers of a known set are ranked.
#include <algorithm>

#include "runtime/internal/scheduler_shared.h"

namespace mw::runtime {

Result<std::vector<double>> Scheduler::score(
    const std::vector<int32_t>& prompt_ids,
    const std::vector<std::vector<int32_t>>& continuations) {
  return score(prompt_ids, continuations, nullptr);
}

Result<std::vector<double>> Scheduler::score(const std::vector<int32_t>& prompt_ids,
                                             const std::vector<std::vector<int32_t>>& continuations,
                                             const models::Adapter* adapter) {
  std::size_t longest = 0;
  for (const auto& each : continuations) longest = std::max(longest, each.size());
  if (prompt_ids.empty() ||
      prompt_ids.size() + longest > static_cast<std::size_t>(context_length_)) {
    return Error::make(Code::kInvalidArgument, "scoring: prompt and continuation must have 1 to " +
                                                   std::to_string(context_length_) + " tokens");
  }
  ScoreJob job{prompt_ids, continuations, adapter};
  std::unique_lock<std::mutex> lock(shared_->mutex);
  if (shared_->stopping) {
    return Error::make(Code::kUnavailable, "the model is shutting down", "模型正在关闭");
  }
  shared_->scores.push_back(&job);
  shared_->work.notify_all();
  shared_->work.wait(lock, [&] { return job.done; });
  return std::move(job.result);
}

void Scheduler::run_scores() {
  while (true) {
    ScoreJob* job = nullptr;
    {
      const std::lock_guard<std::mutex> guard(shared_->mutex);
      if (shared_->scores.empty()) return;
      job = shared_->scores.front();
      shared_->scores.pop_front();
    }
    run_score(*job);
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    job->done = true;
    shared_->work.notify_all();
  }
}

void Scheduler::run_score(ScoreJob& job) {
  models::KvSequence kv(kv_);
  std::vector<double> scores;
  const auto& prompt = job.prompt_ids;
  const auto reserve = [&](std::size_t length) {
    const auto missing = static_cast<int>(length) - kv.length();
    prompts_.make_room((missing + tensor::kKvBlock - 1) / tensor::kKvBlock);
    return kv.reserve(static_cast<int>(length));
  };
  if (const auto room = reserve(prompt.size()); !room) {
    job.result = room.error();
    return;
  }
  std::vector<float> first(static_cast<std::size_t>(model_->config().vocabulary));
  for (std::size_t at = 0; at < prompt.size(); at += kStepTokens) {
    const std::size_t count = std::min<std::size_t>(kStepTokens, prompt.size() - at);
    const models::ForwardSegment segment{
        {prompt.data() + at, count}, &kv, models::ForwardSegment::Logits::kLast, job.adapter};
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
      const models::ForwardSegment segment{{continuation.data() + at, count},
                                           &kv,
                                           models::ForwardSegment::Logits::kAll,
                                           job.adapter};
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

}  // namespace mw::runtime
