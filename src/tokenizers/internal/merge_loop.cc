#include "tokenizers/internal/merge_loop.h"

#include <queue>

namespace mw::tokenizers {

void merge_long(std::span<const int32_t> first, const MergeTable& merges,
                std::vector<int32_t>& ids) {
  struct Symbol {
    int32_t id;  // -1 once it was merged into its left neighbour
    int32_t previous;
    int32_t next;  // -1 at the end
  };
  struct Candidate {
    uint32_t rank;
    int32_t left;
    int32_t left_id, right_id;  // as they were: a candidate is stale when either has changed
    int32_t id;
    bool operator<(const Candidate& other) const {  // the queue's top is its largest
      return rank != other.rank ? rank > other.rank : left > other.left;
    }
  };
  if (first.empty()) return;
  std::vector<Symbol> symbols;
  symbols.reserve(first.size());
  for (const int32_t id : first) {
    const auto at = static_cast<int32_t>(symbols.size());
    symbols.push_back({id, at - 1, at + 1});
  }
  symbols.back().next = -1;
  std::priority_queue<Candidate> queue;
  const auto symbol = [&](int32_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  const auto consider = [&](int32_t left) {
    if (left < 0 || symbol(left).next < 0) return;
    const int32_t left_id = symbol(left).id;
    const int32_t right_id = symbol(symbol(left).next).id;
    const Merge pair = merges.find(left_id, right_id);
    if (pair.rank != Merge::kNone) queue.push({pair.rank, left, left_id, right_id, pair.id});
  };
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) consider(static_cast<int32_t>(i));
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Symbol& left = symbol(best.left);
    if (left.id != best.left_id || left.next < 0 || symbol(left.next).id != best.right_id) continue;
    Symbol& right = symbol(left.next);
    left.id = best.id;
    right.id = -1;
    left.next = right.next;
    if (left.next >= 0) symbol(left.next).previous = best.left;
    consider(left.previous);
    consider(best.left);
  }
  for (const Symbol& each : symbols) {
    if (each.id >= 0) ids.push_back(each.id);
  }
}

}  // namespace mw::tokenizers
