#include "runtime/internal/prompt_lookup.h"

#include <algorithm>

namespace mw::runtime {
namespace {

uint64_t hash_of(std::span<const int32_t> gram) {
  uint64_t hash = 1469598103934665603ULL;
  for (const int32_t id : gram) hash = (hash ^ static_cast<uint32_t>(id)) * 1099511628211ULL;
  return hash;
}

}  // namespace

void PromptLookup::append(std::span<const int32_t> ids) {
  for (const int32_t id : ids) {
    // The gram that ended before this token is now known to have a successor.
    const auto size = static_cast<int>(ids_.size());
    if (size >= kGram) {
      last_seen_[hash_of(std::span(ids_).last(kGram))] = size;
    }
    ids_.push_back(id);
  }
}

std::vector<int32_t> PromptLookup::guess(int most) {
  if (static_cast<int>(ids_.size()) <= kGram || most <= 0) return {};
  if (rest_ > 0) {
    --rest_;
    return {};
  }
  const auto end = std::span(ids_).last(kGram);
  const auto found = last_seen_.find(hash_of(end));
  if (found == last_seen_.end()) return {};
  const int at = found->second;
  // Two grams may share a hash: look.
  if (!std::equal(end.begin(), end.end(), ids_.begin() + (at - kGram))) return {};
  // Twice what came true lately, so that a run of successes grows to the longest guess.
  const int length = std::min(
      {most, kLongest, 1 + static_cast<int>(2 * accepted_), static_cast<int>(ids_.size()) - at});
  return {ids_.begin() + at, ids_.begin() + at + length};
}

void PromptLookup::learn(int guessed, int accepted) {
  if (guessed == 0) return;
  accepted_ = 0.75 * accepted_ + 0.25 * accepted;
  if (accepted_ < 0.5) {
    rest_ = kRestSteps;
    accepted_ = 1.0;
  }
}

}  // namespace mw::runtime
