#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "runtime/internal/pace.h"
#include "runtime/internal/request_queue.h"
#include "runtime/scheduler.h"

namespace mw::runtime {

/// Rows of one pass: decoding sequences and slices of prompts.
inline constexpr int kStepTokens = 512;
/// Rows of logits beyond one a sequence, for guesses.
inline constexpr int kGuessRows = 32;
/// With more sequences than these a batch has better use for its rows than guesses.
inline constexpr int kGuessingSequences = 4;

struct Scheduler::ScoreJob {
  const std::vector<int32_t>& prompt_ids;
  const std::vector<std::vector<int32_t>>& continuations;
  const models::Adapter* adapter = nullptr;
  Result<std::vector<double>> result = std::vector<double>();
  bool done = false;
};

/// What all threads see. `pace` and `load` are written by the model's thread after each step.
struct Scheduler::Shared {
  mutable std::mutex mutex;
  std::condition_variable work;
  RequestQueue waiting;
  std::vector<RequestId> cancelled;
  std::deque<ScoreJob*> scores;
  GeneratorStats stats;
  RequestId next_id = 1;
  bool stopping = false;

  Pace pace;
  struct Load {
    int64_t unread_tokens = 0;  // of prompts that are being read
    bool decoding = false;
    int places = 0;              // free ones
    int64_t steps_to_place = 0;  // until the first answer is full-length, when there is no place
  } load;
};

}  // namespace mw::runtime
