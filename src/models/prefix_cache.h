#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/kv_cache.h"

namespace mw::models {

/// Keys and values of prompts that were read before, found by their tokens: a tree whose edges are
/// blocks of 16 tokens. A prompt that begins as a former one takes those blocks as they are instead
/// of computing them; since a position's values are the same bits in any batch (ADR 0005), nothing
/// of its answer changes.
///
/// Rights   a tree for each scope: what a request of one scope has put in is never found from
///          another, not even by its timing. A scope is one set of rights.
/// Memory   blocks of the pool. What no sequence reads is given up, least recently used first, when
///          a sequence needs room (make_room).
/// Threads  the pool's owner.
class PrefixCache {
 public:
  explicit PrefixCache(KvPool& pool) : pool_(pool) {}
  PrefixCache(const PrefixCache&) = delete;
  PrefixCache& operator=(const PrefixCache&) = delete;
  ~PrefixCache();

  /// Blocks of the longest known beginning of `ids`; whole blocks only.
  std::vector<int> find(const std::string& scope, std::span<const int32_t> ids);

  /// Remembers blocks as the beginning `ids` (16 a block); what is known already stays as it is.
  /// Returns the blocks of the longest beginning that just got its second continuation: two
  /// different requests share it, so it is worth keeping on disk. 0 when there is none.
  int keep(const std::string& scope, std::span<const int32_t> ids, std::span<const int> blocks);

  /// Gives blocks up until the pool has `blocks` free ones; false when that many cannot be had.
  bool make_room(int blocks);
  /// The same until the cache holds at most `blocks`, or all that is left is being read.
  void trim(int blocks);

  int blocks() const { return blocks_; }

 private:
  using Tokens = std::vector<int32_t>;
  struct Node {
    Node* parent = nullptr;  // null for a root
    Tokens tokens;           // of the edge from the parent
    int block = -1;
    uint64_t used = 0;  // tick of the last use
    std::map<Tokens, std::unique_ptr<Node>> children;
  };
  void touch(Node& node);
  void forget(Node& leaf);
  template <class Done>
  void give_up_until(const Done& done);

  KvPool& pool_;
  std::map<std::string, Node> roots_;            // by scope
  std::set<std::pair<uint64_t, Node*>> leaves_;  // by last use
  uint64_t tick_ = 0;
  int blocks_ = 0;
};

}  // namespace mw::models
