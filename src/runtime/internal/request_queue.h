#pragma once

#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "runtime/internal/sequence.h"

namespace mw::runtime {

/// Requests that wait for a place. Next is: the higher priority first (a batch job that has waited
/// a minute counts as interactive, so that it is not starved); of equals the client with the fewest
/// answers under way; of equals the one that came first.
///
/// Threads  the caller's lock.
class RequestQueue {
 public:
  void push(std::unique_ptr<Sequence> sequence) { waiting_.push_back(std::move(sequence)); }
  /// Back to the head: it had its turn, and there was no room.
  void push_front(std::unique_ptr<Sequence> sequence) { waiting_.push_front(std::move(sequence)); }
  int size() const { return static_cast<int>(waiting_.size()); }
  bool empty() const { return waiting_.empty(); }

  /// The next one that may start, or null. `running_of` tells how many answers of a client are
  /// under way.
  const Sequence* next(int64_t now_ns,
                       const std::function<int(const std::string& client)>& running_of,
                       const std::function<bool(const Sequence&)>& may_start) const;
  std::unique_ptr<Sequence> take(Generator::RequestId id);
  /// Those whose deadline has passed.
  std::vector<std::unique_ptr<Sequence>> take_late(int64_t now_ns);
  std::vector<std::unique_ptr<Sequence>> take_all();
  /// Prompt tokens that go before a request of this priority.
  int64_t prompt_tokens_before(Priority priority) const;

 private:
  std::list<std::unique_ptr<Sequence>> waiting_;  // in the order they came
};

}  // namespace mw::runtime
