#include "runtime/internal/request_queue.h"

#include <iterator>

#include "core/clock.h"

namespace mw::runtime {
namespace {

constexpr int64_t kPatienceNs = 60 * kNsPerSecond;

Priority effective_priority(const Sequence& sequence, int64_t now_ns) {
  return now_ns - sequence.submitted_ns > kPatienceNs ? Priority::kInteractive
                                                      : sequence.request.priority;
}

}  // namespace

const Sequence* RequestQueue::next(int64_t now_ns,
                                   const std::function<int(const std::string& client)>& running_of,
                                   const std::function<bool(const Sequence&)>& may_start) const {
  const Sequence* best = nullptr;
  int best_running = 0;
  for (const auto& each : waiting_) {
    const int running = running_of(each->request.client);
    const bool before = best == nullptr ||
                        effective_priority(*each, now_ns) > effective_priority(*best, now_ns) ||
                        (effective_priority(*each, now_ns) == effective_priority(*best, now_ns) &&
                         running < best_running);
    if (!before || !may_start(*each)) continue;
    best = each.get();
    best_running = running;
  }
  return best;
}

std::unique_ptr<Sequence> RequestQueue::take(Generator::RequestId id) {
  for (auto each = waiting_.begin(); each != waiting_.end(); ++each) {
    if ((*each)->id != id) continue;
    auto found = std::move(*each);
    waiting_.erase(each);
    return found;
  }
  return nullptr;
}

std::vector<std::unique_ptr<Sequence>> RequestQueue::take_late(int64_t now_ns) {
  std::vector<std::unique_ptr<Sequence>> late;
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    const int64_t deadline_ns = (*each)->request.deadline_ns;
    if (deadline_ns == 0 || deadline_ns > now_ns) {
      ++each;
      continue;
    }
    late.push_back(std::move(*each));
    each = waiting_.erase(each);
  }
  return late;
}

std::vector<std::unique_ptr<Sequence>> RequestQueue::take_all() {
  std::vector<std::unique_ptr<Sequence>> all(std::move_iterator(waiting_.begin()),
                                             std::move_iterator(waiting_.end()));
  waiting_.clear();
  return all;
}

int64_t RequestQueue::prompt_tokens_before(Priority priority) const {
  int64_t tokens = 0;
  for (const auto& each : waiting_) {
    if (each->request.priority >= priority) tokens += each->prompt_tokens();
  }
  return tokens;
}

}  // namespace mw::runtime
