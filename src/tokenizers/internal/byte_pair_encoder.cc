#include "tokenizers/internal/byte_pair_encoder.h"

#include <algorithm>
#include <queue>

namespace mw::tokenizers {
namespace {

constexpr int kPositionBits = 7;
constexpr std::size_t kPositions = std::size_t{1} << kPositionBits;
constexpr std::size_t kShortPiece = kPositions;
constexpr int32_t kNoKey = INT32_MAX;
// Ranks are below 2^23 (kMaxMerges), so that a rank and a position fit 31 bits.
static_assert(kMaxMerges << kPositionBits <= std::size_t{1} << 30);

// The compiler turns loops over this many into vector instructions, also for plain x86-64.
constexpr std::size_t kLanes = 8;

/// The least of `count` keys: a multiple of kLanes, or at most twice that.
int32_t least_key(const int32_t* keys, std::size_t count) {
  if (count <= 2 * kLanes) {
    int32_t least = keys[0];
    for (std::size_t i = 1; i < count; ++i) least = std::min(least, keys[i]);
    return least;
  }
  int32_t least[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) least[lane] = keys[lane];
  for (std::size_t i = kLanes; i < count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      least[lane] = keys[i + lane] < least[lane] ? keys[i + lane] : least[lane];
    }
  }
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) {
      least[lane] = least[lane + half] < least[lane] ? least[lane + half] : least[lane];
    }
  }
  return least[0];
}

}  // namespace

BytePairEncoder::BytePairEncoder(Vocabulary vocabulary, MergeTable merges, bool whole_pieces_win)
    : vocabulary_(std::move(vocabulary)),
      merges_(std::move(merges)),
      whole_pieces_win_(whole_pieces_win),
      byte_merges_(std::size_t{256} * 256),
      direct_(
          std::make_unique<std::atomic<uint8_t>[]>(static_cast<std::size_t>(vocabulary_.size()))) {
  for (int byte = 0; byte < 256; ++byte) {
    const char text = static_cast<char>(byte);
    byte_tokens_[static_cast<std::size_t>(byte)] = vocabulary_.find({&text, 1});
  }
  for (std::size_t left = 0; left < 256; ++left) {
    for (std::size_t right = 0; right < 256; ++right) {
      if (byte_tokens_[left] < 0 || byte_tokens_[right] < 0) continue;
      byte_merges_[256 * left + right] = merges_.find(byte_tokens_[left], byte_tokens_[right]);
    }
  }
}

void BytePairEncoder::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  const int32_t whole = vocabulary_.find(piece);
  if (whole < 0) return merge(piece, ids);
  if (whole_pieces_win_) {
    ids.push_back(whole);
    return;
  }
  std::atomic<uint8_t>& direct = direct_[static_cast<std::size_t>(whole)];
  const uint8_t known = direct.load(std::memory_order_relaxed);
  if (known == kYes) {
    ids.push_back(whole);
    return;
  }
  const std::size_t before = ids.size();
  merge(piece, ids);
  if (known == kUnknown) {
    const bool yields_itself = ids.size() == before + 1 && ids.back() == whole;
    direct.store(yields_itself ? kYes : kNo, std::memory_order_relaxed);
  }
}

void BytePairEncoder::merge(std::string_view piece, std::vector<int32_t>& ids) const {
  if (piece.size() <= kShortPiece) {
    merge_short(piece, ids);
  } else {
    merge_long(piece, ids);
  }
}

void BytePairEncoder::merge_short(std::string_view piece, std::vector<int32_t>& ids) const {
  // Symbols stay in place and are linked. `keys` holds rank and position of each pair in one
  // number, so that the least key is the next merge; pairs that are gone hold kNoKey.
  int32_t keys[kShortPiece];
  int32_t symbols[kShortPiece];
  int32_t merged[kShortPiece];  // what the pair that begins here becomes
  uint8_t next[kShortPiece];
  uint8_t previous[kShortPiece];
  unsigned char bytes[kShortPiece];
  std::size_t count = 0;
  for (const char c : piece) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte_tokens_[byte] < 0) continue;
    bytes[count] = byte;
    symbols[count] = byte_tokens_[byte];
    previous[count] = static_cast<uint8_t>(count - 1);  // never read for the first
    next[count] = static_cast<uint8_t>(count + 1);      // `count` after the last
    ++count;
  }
  if (count == 0) return;
  const auto set_pair = [&](std::size_t at, const Merge& pair) {
    keys[at] =
        pair.rank == Merge::kNone ? kNoKey : static_cast<int32_t>(pair.rank << kPositionBits | at);
    merged[at] = pair.id;
  };
  for (std::size_t i = 0; i + 1 < count; ++i) {
    set_pair(i, byte_merges_[std::size_t{256} * bytes[i] + bytes[i + 1]]);
  }
  const std::size_t padded = count <= 2 * kLanes ? count : (count + kLanes - 1) / kLanes * kLanes;
  for (std::size_t i = count - 1; i < padded; ++i) keys[i] = kNoKey;
  while (true) {
    const int32_t least = least_key(keys, padded);
    if (least == kNoKey) break;
    const std::size_t best = static_cast<std::size_t>(least) & (kPositions - 1);
    const std::size_t gone = next[best];
    const std::size_t after = next[gone];
    symbols[best] = merged[best];
    keys[gone] = kNoKey;
    next[best] = static_cast<uint8_t>(after);
    if (after < count) {
      previous[after] = static_cast<uint8_t>(best);
      set_pair(best, merges_.find(symbols[best], symbols[after]));
    } else {
      keys[best] = kNoKey;
    }
    if (best > 0) set_pair(previous[best], merges_.find(symbols[previous[best]], symbols[best]));
  }
  for (std::size_t i = 0; i < count; i = next[i]) ids.push_back(symbols[i]);
}

void BytePairEncoder::merge_long(std::string_view piece, std::vector<int32_t>& ids) const {
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
  std::vector<Symbol> symbols;
  symbols.reserve(piece.size());
  for (const char c : piece) {
    const int32_t id = byte_tokens_[static_cast<unsigned char>(c)];
    if (id < 0) continue;
    const auto at = static_cast<int32_t>(symbols.size());
    symbols.push_back({id, at - 1, at + 1});
  }
  if (symbols.empty()) return;
  symbols.back().next = -1;
  std::priority_queue<Candidate> queue;
  const auto symbol = [&](int32_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  const auto consider = [&](int32_t left) {
    if (left < 0 || symbol(left).next < 0) return;
    const int32_t left_id = symbol(left).id;
    const int32_t right_id = symbol(symbol(left).next).id;
    const Merge pair = merges_.find(left_id, right_id);
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
