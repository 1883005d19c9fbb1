#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tokenizers/internal/merge_table.h"

namespace mw::tokenizers {

/// More merges than any vocabulary has (Llama 3: 280,147; Gemma 3: 514,906).
inline constexpr std::size_t kMaxMerges = std::size_t{1} << 23;

inline constexpr int kPositionBits = 7;
/// Symbols of a piece that merge_short takes.
inline constexpr std::size_t kShortPiece = std::size_t{1} << kPositionBits;
// Ranks are below 2^23 (kMaxMerges), so that a rank and a position fit 31 bits.
static_assert(kMaxMerges << kPositionBits <= std::size_t{1} << 30);

// The compiler turns loops over this many into vector instructions, also for plain x86-64.
inline constexpr std::size_t kKeyLanes = 8;
inline constexpr int32_t kNoKey = INT32_MAX;

/// The least of `count` keys: a multiple of kKeyLanes, or at most twice that.
inline int32_t least_key(const int32_t* keys, std::size_t count) {
  if (count <= 2 * kKeyLanes) {
    int32_t least = keys[0];
    for (std::size_t i = 1; i < count; ++i) least = std::min(least, keys[i]);
    return least;
  }
  int32_t least[kKeyLanes];
  for (std::size_t lane = 0; lane < kKeyLanes; ++lane) least[lane] = keys[lane];
  for (std::size_t i = kKeyLanes; i < count; i += kKeyLanes) {
    for (std::size_t lane = 0; lane < kKeyLanes; ++lane) {
      least[lane] = keys[i + lane] < least[lane] ? keys[i + lane] : least[lane];
    }
  }
  for (std::size_t half = kKeyLanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) {
      least[lane] = least[lane + half] < least[lane] ? least[lane + half] : least[lane];
    }
  }
  return least[0];
}

/// Merges up to kShortPiece symbols in place and appends what is left: the adjacent pair of lowest
/// rank first, the leftmost of equal ones, until none can be merged. `first_merge(i)` is what
/// symbols i and i + 1 become.
template <class FirstMerge>
void merge_short(std::span<int32_t> symbols, const MergeTable& merges,
                 const FirstMerge& first_merge, std::vector<int32_t>& ids) {
  // Symbols stay in place and are linked. `keys` holds rank and position of each pair in one
  // number, so that the least key is the next merge; pairs that are gone hold kNoKey.
  const std::size_t count = symbols.size();
  if (count == 0) return;
  int32_t keys[kShortPiece];
  int32_t merged[kShortPiece];  // what the pair that begins here becomes
  uint8_t next[kShortPiece];
  uint8_t previous[kShortPiece];
  const auto set_pair = [&](std::size_t at, const Merge& pair) {
    keys[at] =
        pair.rank == Merge::kNone ? kNoKey : static_cast<int32_t>(pair.rank << kPositionBits | at);
    merged[at] = pair.id;
  };
  for (std::size_t i = 0; i < count; ++i) {
    previous[i] = static_cast<uint8_t>(i - 1);  // never read for the first
    next[i] = static_cast<uint8_t>(i + 1);      // `count` after the last
    if (i + 1 < count) set_pair(i, first_merge(i));
  }
  const std::size_t padded =
      count <= 2 * kKeyLanes ? count : (count + kKeyLanes - 1) / kKeyLanes * kKeyLanes;
  for (std::size_t i = count - 1; i < padded; ++i) keys[i] = kNoKey;
  while (true) {
    const int32_t least = least_key(keys, padded);
    if (least == kNoKey) break;
    const std::size_t best = static_cast<std::size_t>(least) & (kShortPiece - 1);
    const std::size_t gone = next[best];
    const std::size_t after = next[gone];
    symbols[best] = merged[best];
    keys[gone] = kNoKey;
    next[best] = static_cast<uint8_t>(after);
    if (after < count) {
      previous[after] = static_cast<uint8_t>(best);
      set_pair(best, merges.find(symbols[best], symbols[after]));
    } else {
      keys[best] = kNoKey;
    }
    if (best > 0) set_pair(previous[best], merges.find(symbols[previous[best]], symbols[best]));
  }
  for (std::size_t i = 0; i < count; i = next[i]) ids.push_back(symbols[i]);
}

/// The same for any number of symbols, with a heap: O(n log n).
void merge_long(std::span<const int32_t> symbols, const MergeTable& merges,
                std::vector<int32_t>& ids);

/// Remembers which tokens merging their own text yields, so that a piece that is such a token costs
/// one look-up.
///
/// Threads  const members from any thread; the memory is one relaxed atomic a token.
class WholePieces {
 public:
  explicit WholePieces(int32_t tokens)
      : yields_(std::make_unique<std::atomic<uint8_t>[]>(static_cast<std::size_t>(tokens))) {}

  /// Appends `whole` where merging is known to yield it, else what `merge(ids)` appends.
  template <class MergePiece>
  void encode(int32_t whole, const MergePiece& merge, std::vector<int32_t>& ids) const {
    std::atomic<uint8_t>& yields = yields_[static_cast<std::size_t>(whole)];
    const uint8_t known = yields.load(std::memory_order_relaxed);
    if (known == kItself) {
      ids.push_back(whole);
      return;
    }
    const std::size_t before = ids.size();
    merge(ids);
    if (known == kUnasked) {
      const bool itself = ids.size() == before + 1 && ids.back() == whole;
      yields.store(itself ? kItself : kOther, std::memory_order_relaxed);
    }
  }

 private:
  enum Yields : uint8_t { kUnasked = 0, kItself = 1, kOther = 2 };
  std::unique_ptr<std::atomic<uint8_t>[]> yields_;
};

}  // namespace mw::tokenizers
