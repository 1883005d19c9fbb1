// Who gets a place in the batch: by priority, fair share and arrival, as far as memory goes.
#include <algorithm>

#include "core/clock.h"
#include "runtime/internal/scheduler_shared.h"

namespace mw::runtime {
namespace {

/// Shorter beginnings are read twice: a wait of a step costs more.
constexpr std::ptrdiff_t kWorthWaitingTokens = 64;
/// 128 tokens: 3 MB of the default model from disk, or 60 ms of reading them anew.
constexpr int kWorthReadingBlocks = 8;

}  // namespace

void Scheduler::admit() {
  const auto running_of = [this](const std::string& client) {
    return static_cast<int>(std::count_if(running_.begin(), running_.end(), [&](const auto& each) {
      return each->request.client == client;
    }));
  };
  while (true) {
    std::unique_ptr<Sequence> next;
    {
      const std::lock_guard<std::mutex> guard(shared_->mutex);
      const Sequence* found = shared_->waiting.next(
          steady_ns(), running_of,
          [this](const Sequence& sequence) { return !is_being_read(sequence); });
      if (found == nullptr) return;
      next = shared_->waiting.take(found->id);
    }
    const auto has_place = [&] {
      return static_cast<int>(running_.size()) < options_.max_running && place(*next);
    };
    bool placed = has_place();
    while (!placed && make_way(*next)) placed = has_place();
    if (!placed) {  // the others wait behind it: nobody small overtakes for ever
      const std::lock_guard<std::mutex> guard(shared_->mutex);
      shared_->waiting.push_front(std::move(next));
      return;
    }
    if (next->admitted_ns == 0) {
      next->admitted_ns = steady_ns();
      next->result.queue_ns = next->admitted_ns - next->submitted_ns;
    }
    running_.push_back(std::move(next));
  }
}

/// Another request is reading a beginning that this one shares: it waits for that, and then finds
/// it in the cache, instead of reading the same at the same time.
bool Scheduler::is_being_read(const Sequence& sequence) {
  if (!options_.share_prompts) return false;
  const auto shared_with = [&](const Sequence& other) {
    const auto last =
        std::mismatch(sequence.ids.begin(), sequence.ids.end(), other.ids.begin(), other.ids.end());
    return last.first - sequence.ids.begin();
  };
  std::ptrdiff_t longest = 0;
  for (const auto& each : running_) {
    if (each->reading() && each->scope == sequence.scope) {
      longest = std::max(longest, shared_with(*each));
    }
  }
  if (longest < kWorthWaitingTokens) return false;
  const auto known = prompts_.find(sequence.scope, sequence.ids).size() * tensor::kKvBlock;
  return longest >= static_cast<std::ptrdiff_t>(known) + kWorthWaitingTokens;
}

/// Sets aside keys and values for the whole answer, those of a known beginning among them.
bool Scheduler::place(Sequence& sequence) {
  auto kv = std::make_unique<models::KvSequence>(kv_);
  if (options_.share_prompts) {
    // At least one token is read, so that there are logits; a resumed answer needs none.
    const int most = sequence.resumed ? sequence.to_read : sequence.to_read - 1;
    const auto beginning =
        std::span<const int32_t>(sequence.ids).first(static_cast<std::size_t>(most));
    kv->share(known_blocks(sequence.scope, beginning));
  }
  const int known = kv->length();
  const int blocks = (sequence.room() - known + tensor::kKvBlock - 1) / tensor::kKvBlock;
  if (!prompts_.make_room(blocks) || !kv->reserve(sequence.room())) return false;
  if (!sequence.resumed) sequence.result.cached_prompt_tokens = known;
  sequence.kv = std::move(kv);
  return true;
}

/// Blocks of a known beginning: from memory, and from disk where that knows much more.
std::vector<int> Scheduler::known_blocks(const std::string& scope, std::span<const int32_t> ids) {
  std::vector<int> blocks = prompts_.find(scope, ids);
  if (!kept_prompts_) return blocks;
  const auto match = kept_prompts_->find(scope, ids);
  if (match && match->blocks >= static_cast<int>(blocks.size()) + kWorthReadingBlocks) {
    read_kept(*match, ids, scope, blocks);
  }
  return blocks;
}

/// Extends `blocks` by what the disk knows; false, and nothing changed, where that fails.
bool Scheduler::read_kept(const models::PrefixStore::Match& match, std::span<const int32_t> ids,
                          const std::string& scope, std::vector<int>& blocks) {
  models::KvSequence holder(kv_);  // what is known stays while room is made
  holder.share(blocks);
  const int missing = match.blocks - static_cast<int>(blocks.size());
  if (!prompts_.make_room(missing)) return false;
  std::vector<int> taken;
  std::vector<models::BlockParts> targets;
  for (int i = 0; i < missing; ++i) {
    taken.push_back(*kv_.take());
    targets.push_back(kv_.parts(taken.back()));
  }
  const auto read = kept_prompts_->read(match, static_cast<int>(blocks.size()), targets, pool_);
  if (read) {
    blocks.insert(blocks.end(), taken.begin(), taken.end());
    prompts_.keep(scope, ids, blocks);
  } else {
    log_(LogLevel::kWarning, "prompts", "read anew: " + read.error().message.en);
  }
  for (const int block : taken) kv_.release(block);  // the cache holds those that were read
  return read.has_value();
}

/// Sends the batch job that came last back to wait, for a request of higher priority; it goes on
/// later from what the prompt cache still has of it. False when there is none to send.
bool Scheduler::make_way(const Sequence& wanted) {
  const auto last = std::find_if(running_.rbegin(), running_.rend(), [&](const auto& each) {
    return each->request.priority < wanted.request.priority && !each->resumed;
  });
  if (last == running_.rend()) return false;
  std::unique_ptr<Sequence> away = std::move(*last);
  running_.erase(std::next(last).base());
  remember(*away);
  if (!away->result.ids.empty()) {
    away->resumed = true;
    away->to_read = static_cast<int>(away->ids.size()) - 1;
  }
  away->kv.reset();
  const std::lock_guard<std::mutex> guard(shared_->mutex);
  ++shared_->stats.preempted;
  shared_->waiting.push_front(std::move(away));
  return true;
}

}  // namespace mw::runtime
