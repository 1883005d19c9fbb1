#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "models/model_config.h"
#include "tensor/attention.h"

namespace mw::models {

/// What one block holds, wherever its parts lie.
using BlockParts = std::vector<std::span<std::byte>>;

/// Memory for keys and values of all sequences, in blocks of 16 positions that hold every layer.
/// A block has as many holders as sequences and caches that read it; it is free when none is left.
///
/// Blocks lie in groups of 16, of which a head's keys lie side by side, then its values:
/// [group][layer][head][keys, values][block of the group]. A sequence takes blocks in their order,
/// so attention over a head reads 16 blocks in one go: 31 to 40 GB/s where blocks that held all of
/// their layers came to 21, on a Zen 4 whose plain reads reached 31 to 46 (ADR 0156).
///
/// Threads  one owner (the thread that runs the model).
class KvPool {
 public:
  /// At most `max_bytes`; nothing is touched before it is used.
  KvPool(const ModelConfig& config, uint64_t max_bytes);

  int block_count() const { return block_count_; }
  int free_blocks() const { return static_cast<int>(free_.size()); }
  uint64_t block_bytes() const {
    return 2 * head_bytes_ * static_cast<uint64_t>(kv_heads_) * static_cast<uint64_t>(layers_);
  }

  /// A block of the free ones, held once; nothing when none is free.
  std::optional<int> take();
  /// One more holder.
  void hold(int block);
  /// One holder less.
  void release(int block);
  int holders(int block) const { return holders_[static_cast<std::size_t>(block)]; }
  /// The parts of a block, block_bytes() in all: what is written to disk and read back.
  BlockParts parts(int block) const;

 private:
  friend class KvSequence;
  uint8_t* keys(int block, int layer) const;
  uint8_t* values(int block, int layer) const;
  std::ptrdiff_t head_stride() const;

  int layers_ = 0;
  int kv_heads_ = 0;
  tensor::KvFormat format_;
  uint64_t head_bytes_ = 0;  // keys, or values, of one head and layer of one block
  int block_count_ = 0;
  tensor::Buffer memory_;
  std::vector<int> free_;
  std::vector<int> holders_;  // of each block
};

/// The keys and values of one sequence; its blocks go back to the pool with it.
class KvSequence {
 public:
  explicit KvSequence(KvPool& pool);
  KvSequence(const KvSequence&) = delete;
  KvSequence& operator=(const KvSequence&) = delete;
  ~KvSequence();

  /// Positions that hold values.
  int length() const { return length_; }
  /// Starts with blocks that another has written: it holds them too, and only reads them.
  void share(std::span<const int> blocks);
  /// Block of positions [16 index, 16 index + 16).
  int block(int index) const { return blocks_[static_cast<std::size_t>(index)]; }
  /// Makes room for `length` positions; kResourceExhausted when the pool is empty.
  Result<void> reserve(int length);
  /// Marks positions as written. Called by the model.
  void advance(int count) { length_ += count; }
  /// Forgets all positions from `length` on, and gives their blocks back.
  void truncate(int length);
  /// Forgets all positions from `length` on, but keeps the room.
  void rewind(int length);

  tensor::KvBlocks layer(int index) const {
    const auto at = static_cast<std::size_t>(index);
    return {keys_[at], values_[at], pool_.format_, pool_.head_stride()};
  }

 private:
  void append(int block);

  KvPool& pool_;
  int length_ = 0;
  std::vector<int> blocks_;
  std::vector<std::vector<uint8_t*>> keys_;    // [layer][block]
  std::vector<std::vector<uint8_t*>> values_;  // [layer][block]
};

}  // namespace mw::models
